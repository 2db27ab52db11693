"""What was typed into a form is answered whatever happened since it was opened."""

from __future__ import annotations

from pathlib import Path

import simcord

from bot.client import Lectern
from bot.composition import make_client
from bot.settings import Settings
from commands.registry import BUTTONS, COMMANDS
from store.guilds import subscriptions
from store.guilds.subscriptions import Options, Scope
from store.search.query import parse
from tests.discord.conversation import Answer, Conversation, conversation, seeded
from tests.support.made import DAY

ENTRY = "@article{a, title={A Paper on Made Looms}, author={Byron, Ada}}"
CHANGES = {"query": "looms", "cadence": ["daily"], "at": "7", "zone": "europe/berlin", "cap": "5"}


def reply(result: simcord.InteractionResult) -> Answer:
    assert result.response
    return Answer(result, result.response)


async def restart(ask: Conversation) -> Conversation:
    """Another process on the same store."""
    client = make_client(Settings(_env_file=None), ask.client.library, ask.services)
    await ask.scene.env.restart_bot(client)
    return Conversation(client, ask.scene, ask.services)


async def test_papers_in_a_form_are_added_after_a_restart(store_file: Path) -> None:
    async with conversation(store_file) as ask:
        lounge, member = ask.scene.channels["lounge"], ask.scene.member
        form = await member.slash(lounge, "add")
        await restart(ask)
        added = await member.submit_modal(form, {"entries": ENTRY})
        assert reply(added).titles == ["A Paper on Made Looms"]


async def test_two_people_have_the_same_form_open(ask: Conversation) -> None:
    lounge = ask.scene.channels["lounge"]
    forms = [(person, await person.slash(lounge, "add")) for person in (ask.scene.member, ask.scene.admin)]
    for number, (person, form) in enumerate(forms):
        added = await person.submit_modal(form, {"entries": ENTRY.replace("Made", f"Made{number}")})
        assert reply(added).titles == [f"A Paper on Made{number} Looms"]


async def test_a_mistake_in_a_form_is_explained_to_the_person(ask: Conversation) -> None:
    form = await ask.scene.member.slash(ask.scene.channels["lounge"], "add")
    answer = reply(await ask.scene.member.submit_modal(form, {"entries": "no paper"}))
    assert answer.private and "Give me BibTeX" in answer.text


async def test_a_form_of_another_version_is_answered(ask: Conversation) -> None:
    form = await ask.scene.member.slash(ask.scene.channels["lounge"], "add")
    before = ask.client
    after = Lectern(before.library, before.fetch, before.read, before.limits, COMMANDS, BUTTONS)
    await ask.scene.env.restart_bot(after)
    answer = reply(await ask.scene.member.submit_modal(form, {"entries": ENTRY}))
    assert answer.private and "no longer know this form" in answer.text


async def test_a_form_opened_before_a_restart_edits_the_subscription_as_it_is_now(tmp_path: Path) -> None:
    path = tmp_path / "lectern.db"
    await (await seeded(path)).close()
    async with conversation(path) as ask:
        papers, admin, db = ask.scene.channels["papers"], ask.scene.admin, ask.client.library.db
        scope = Scope(ask.scene.guild.id, papers.id)
        one = await subscriptions.create(db, scope, papers.id, admin.id, parse("agents"), Options(), DAY)
        managed = reply(await admin.click(reply(await admin.slash(papers, "subscriptions")).shown, label="Manage"))
        forms = [await admin.click(managed.shown, label="Edit") for _ in range(2)]
        await subscriptions.edit(db, scope, one.token, parse("agents"), Options(role_id=7), DAY)
        await restart(ask)
        changed = await admin.submit_modal(forms[0], CHANGES)
        assert "daily at 07:00 (Europe/Berlin)" in reply(changed).text
        (now,) = await subscriptions.in_channel(db, scope)
        assert (now.query.canonical(), now.options.cap, now.options.role_id) == ("looms", 5, 7)
        await subscriptions.delete(db, scope, [one.token], DAY)
        gone = reply(await admin.submit_modal(forms[1], CHANGES))
        assert gone.private and "no longer here" in gone.text
