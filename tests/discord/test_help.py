"""`/help` names every command, to click, with examples that work in the store that is there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.simulator.try_command import parse
from commands.help import GROUPS
from commands.registry import COMMANDS
from store import ingest, own_intake
from store.guilds.own_additions import Addition
from store.models import PaperRecord, ParsedSource
from tests.discord.conversation import Conversation, conversation
from tests.support.made import names, record

OTHER_STORE = [
    record("Folding Proteins with Patience", abstract="We fold proteins. It works.", published="2025-03-01"),
    record("Of Mice and Neurons: A Tale", authors=names("Ana Núñez", "Bo Li"), category="q-bio.NC", published="2024"),
]
WITHOUT_EXAMPLE = {
    "/catchup",
    "/watch",
    "/setup",
    "/subscriptions",
    "/unsubscribe",
    "/aliases",
    "/hide",
    "/club",
    "/clubsetup",
    "/hidden",
    "/lists",
    "/zotero",
    "/fetching",
    "/status",
    "/help",
}


async def all_help(ask: Conversation) -> str:
    """The overview, and the card of each topic."""
    overview = await ask("help")
    texts = [overview.text]
    for topic in GROUPS:
        opened = await ask.press(overview, topic.title())
        texts.append(opened.text)
        assert "did not fit" not in opened.text
        overview = await ask.press(opened, "← Back")
    return "\n".join(texts)


async def test_help_names_every_command(ask: Conversation) -> None:
    shown = (await ask("help")).text
    for command in COMMANDS:
        assert command.name in shown


async def test_help_shows_commands_to_click_with_the_ids_that_discord_gave(ask: Conversation, store_file: Path) -> None:
    installed = {command.name: command.id for command in await ask.client.tree.fetch_commands()}
    clickable = {name: int(number) for name, number in re.findall(r"</(\w+):(\d+)>", await all_help(ask))}
    assert clickable.items() <= installed.items()
    hidden = {c.name for c in COMMANDS if c.default_permissions}
    assert set(installed) - set(clickable) == {"Look up papers"} | hidden
    manager = Conversation(ask.client, replace(ask.scene, member=ask.scene.admin), ask.services)
    assert {f"</{name}:{installed[name]}>" for name in hidden} <= set(re.findall(r"</\S+>", await all_help(manager)))
    ask.client.command_ids = {}
    shown = await all_help(ask)
    assert "</" not in shown
    assert "**/paper**" in shown


async def test_ids_are_known_after_a_restart_without_sending_the_commands_again(ask: Conversation) -> None:
    known, ask.client.command_ids = ask.client.command_ids, {}
    assert not await ask.client.tree.sync_when_changed()
    assert ask.client.command_ids == known != {}


async def test_a_member_is_told_which_permission_a_command_needs(ask: Conversation) -> None:
    assert (await all_help(ask)).count("Needs the permission Manage Channels.") == 8
    manager = Conversation(ask.client, replace(ask.scene, member=ask.scene.admin), ask.services)
    assert "Needs the permission" not in await all_help(manager)


@pytest.mark.parametrize("others", [[], OTHER_STORE], ids=["bundled", "others"])
async def test_every_example_of_help_works_in_this_store(
    store_file: Path, tmp_path: Path, others: list[PaperRecord]
) -> None:
    path = tmp_path / "others.db" if others else store_file
    async with conversation(path) as ask:
        await ingest.take(ask.client.library.db, "made.bib", ParsedSource(papers=tuple(others)))
        manager = Conversation(ask.client, replace(ask.scene, member=ask.scene.admin), ask.services)
        refused: list[str] = []

        async def on_answer_error(interaction: object, sentence: str) -> None:
            refused.append(sentence)

        ask.client.event(on_answer_error)
        examples = re.findall(r"`(/\w+ \w+:.+?)`", await all_help(manager))
        tried = {typed.split()[0] for typed in examples}
        assert tried == {f"/{name}" for names in GROUPS.values() for name in names} - WITHOUT_EXAMPLE
        for typed in examples:
            if not typed.startswith("/add"):  # which asks a service
                command, options = parse(ask.client.tree, typed)
                shown = (await manager(command.name, **options)).text
                assert refused == [], typed
                assert not re.search(r"closest|Several|No papers", shown), f"{typed}: {shown}"


async def test_help_for_an_empty_store_has_no_examples_of_papers(tmp_path: Path) -> None:
    async with conversation(tmp_path / "lectern.db") as ask:
        assert re.findall(r"`(/\w+) ", await all_help(ask)) == ["/add"]


async def test_help_shows_a_guilds_own_papers_to_it_alone_and_bounds_what_they_hold(ask: Conversation) -> None:
    nasty = "Ours`: ``` @everyone " + "T" * 900
    for guild, title in ((ask.scene.guild.id, nasty), (999, "TheirRL: Theirs")):
        made = record(title, abstract="We do.", published="2026-10-01", authors=names("Q" * 300, "`Ada`"))
        addition, now = Addition(guild, 7), datetime.now(UTC)
        await own_intake.take(ask.client.library.db, addition, "/add", ParsedSource(papers=(made,)), now)
    shown = await all_help(ask)
    assert "/summary paper:ours'" in shown
    assert "theirrl" not in shown.lower()
    assert "did not fit" not in shown
