"""Hiding a paper, and who may fetch people, as those who manage a server do it."""

from __future__ import annotations

from pathlib import Path

import discord
from aiohttp import web

from commands.custom_ids import ShowAgain
from tests.discord.conversation import Answer, Conversation, conversation, walk
from tests.discord.server import Server, press
from tests.discord.test_papers import TITLES
from tests.seeds.serving import service

WEBRL = TITLES["WebRL"]


async def test_a_hidden_paper_is_gone_for_everybody_until_it_is_shown_again(ask: Conversation) -> None:
    before = await ask("paper", title="webrl")
    card = await ask.as_admin("hide", paper="webrl")
    assert card.private
    assert "Hidden here: 1 paper" in card.text
    assert f"hidden by <@{ask.scene.admin.id}>" in card.text
    assert WEBRL not in (await ask("paper", title="webrl")).text
    assert not any("WebRL" in choice for choice in await ask.suggested("paper", "title", "webrl"))
    assert "12 papers here" in (await ask("author", name="zehan qi")).text
    again = await ask.press(before, "Summary")
    assert "was hidden on this server by" in again.text
    assert "/hidden" in again.text
    assert "was hidden on this server by" in (await ask("paper", title=WEBRL.upper())).text
    after = await ask.as_admin.press(card, "Show again")
    assert "Nothing is hidden here" in after.text
    assert WEBRL in (await ask("paper", title="webrl")).text


async def test_a_hidden_paper_named_beside_another_is_told_of_and_not_fetched(store_file: Path) -> None:
    async with (
        service(web.Response(text="")) as arxiv,
        conversation(store_file, arxiv_url=arxiv.address) as ask,
    ):
        for number, title in enumerate(("Made Kelp Paper", "Made Moss Paper"), 1):
            await ask(
                "add", entry=f"@misc{{x, title={{{title}}}, eprint={{2501.0000{number}}}, archiveprefix={{arXiv}}}}"
            )
        await ask.as_admin("hide", paper="made kelp paper")
        answer = await ask("paper", title="2501.00001 2501.00002")
        assert answer.titles == ["Made Moss Paper"]
        assert "was hidden on this server by" in answer.text
        assert not arxiv.requests


async def test_all_that_is_hidden_can_be_looked_through_and_shown_again(ask: Conversation) -> None:
    for title in sorted(TITLES.values())[:10]:
        card = await ask.as_admin("hide", paper=title)
    assert "Hidden here: 10 papers" in card.text
    assert len(_show_again(card)) == 8
    second = await ask.as_admin.press(card, "▶")
    first, _ = _show_again(second)
    await ask.scene.admin.click(second.shown, custom_id=first)
    assert "Hidden here: 9 papers" in second.text


def _show_again(card: Answer) -> list[str]:
    ids = [str(component.get("custom_id", "")) for component in walk(card.shown.components)]
    return [one for one in ids if one.startswith("unhide:")]


async def test_it_stays_hidden_after_a_restart(store_file: Path) -> None:
    async with conversation(store_file) as asked:
        await asked.as_admin("hide", paper="webrl")
    async with conversation(store_file) as asked:
        assert "Hidden here: 1 paper" in (await asked.as_admin("hidden")).text


async def test_who_does_not_manage_channels_shows_nothing_again(server: Server) -> None:
    await server.arrive("Web Agents")
    await server.admin.slash(server.papers, "hide", paper="Web Agents")
    view = server.client.library.view(server.scene.guild.id)
    (hidden,) = await view.hidden()
    answer = await press(server.scene.member, server, str(ShowAgain(hidden.handle)), server.papers)
    assert "You need the permission Manage Channels here" in answer
    assert await view.hidden() == [hidden]


async def test_what_is_not_one_paper_for_sure_is_not_hidden(ask: Conversation) -> None:
    assert "may be several papers or none" in (await ask.as_admin("hide", paper="zzzz qqqq")).text
    assert "Nothing is hidden here" in (await ask.as_admin("hidden")).text


async def test_a_role_that_may_fetch_people_is_named_and_everybody_may_again(ask: Conversation) -> None:
    role = ask.scene.guild.create_role("Librarians", permissions=discord.Permissions.none())
    assert f"Only <@&{role.id}>" in (await ask.as_admin("fetching", role=role)).text
    status = (await ask("status")).text
    assert f"Only <@&{role.id}>, and who manages channels, may fetch people from services, as <@" in status
    guild = ask.client.get_guild(ask.scene.guild.id)
    known = guild.get_role(role.id) if guild else None
    assert known
    await known.delete()
    await ask.scene.env.settle()
    assert "⚠ Everybody may fetch people from services: the role that alone might, as <@" in (await ask("status")).text
    assert "Everybody may" in (await ask.as_admin("fetching", role=ask.scene.guild.default_role)).text
    assert "fetch people" not in (await ask("status")).text
