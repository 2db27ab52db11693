"""Pages, feeds and figures of the running bot: addresses given out in the simulated Discord, read over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module

import aiohttp
import feedparser
import pytest

from bot.settings import Settings
from bot.web.opening import web_servers
from store.guilds import list_entries, reading_lists, subscriptions
from store.guilds.subscriptions import Options, Scope
from store.search.parser import parse
from store.text.handles import new_token
from tests.discord.server import Server, labels, press, shown, text

BASE = "https://papers.example.org"


@dataclass
class Web:
    session: aiohttp.ClientSession
    site: str
    operations: str

    async def get(self, url: str) -> tuple[int, str]:
        async with self.session.get(url) as response:
            return response.status, await response.text()

    async def titles(self, card: str) -> list[str] | int:
        """The titles of the feed that a card names, or the status of what is there."""
        found = re.findall(rf"`{BASE}(/p/\S+)`", card)
        status, body = await self.get(f"{self.site}{found[1]}")
        return [entry.title for entry in feedparser.parse(body).entries] if status == 200 else status


@pytest.fixture(scope="module")
def imported() -> None:
    """The program does this when it starts, where nobody waits for the event loop."""
    for name in ("bot.web.server", "bot.web.operations"):
        import_module(name)


@pytest.fixture
async def web(imported: None, server: Server) -> AsyncIterator[Web]:
    settings = Settings(_env_file=None, web="127.0.0.1:0", metrics="127.0.0.1:0", web_url=BASE)
    async with web_servers(settings, server.client) as ports, aiohttp.ClientSession() as session:
        server.client.web_url = settings.public_web_url
        site, operations = (f"http://127.0.0.1:{port}" for port in ports)
        yield Web(session, site, operations)


async def test_a_subscription_gives_its_address_takes_it_back_and_gives_another(server: Server, web: Web) -> None:
    await server.confirm(server.papers, query="agents")
    await server.arrive("Web Agents")
    listed = shown(await server.admin.slash(server.papers, "subscriptions"))
    managed = shown(await server.admin.click(listed, label="Manage"))
    given = shown(await server.admin.click(managed, label="Feed"))
    assert given.ephemeral and "what “agents” posts" in text(given)
    first = text(given)
    assert await web.titles(first) == ["Web Agents"]
    taken = shown(await server.admin.click(given, label="Take back"), given)
    assert "leads to nothing now" in text(taken) and await web.titles(first) == 404
    again = shown(await server.admin.click(taken, label="Make a new one"), taken)
    assert await web.titles(text(again)) == ["Web Agents"] and text(again) != first


async def test_only_those_who_manage_the_channel_give_addresses_out(server: Server, web: Web) -> None:
    await server.confirm(server.papers, query="agents")
    await server.arrive("Web Agents")
    (one,) = await server.subscribed(server.papers)
    (ada,) = await server.client.library.view(server.scene.guild.id).namesakes("Ada Bee")
    for what in (f"sub:{one.token}", f"author:{ada.handle}"):
        for verb in ("show", "end"):
            assert "Manage Channels" in await press(server.scene.member, server, f"web:{verb}:{what}", server.papers)
    elsewhere = server.scene.channels["lounge"]
    assert "no longer here" in await press(server.admin, server, f"web:show:sub:{one.token}", elsewhere)
    assert "no longer here" in await press(server.admin, server, f"web:show:sub:{new_token()}", server.papers)
    assert await web.titles(await press(server.admin, server, f"web:show:author:{ada.handle}", elsewhere)) == [
        "Web Agents"
    ]


async def test_an_address_is_never_shown_to_the_channel(server: Server, web: Web) -> None:
    await server.arrive("Web Agents")
    page = shown(await server.admin.slash(server.papers, "author", name="Ada Bee"))
    assert not page.ephemeral
    given = await server.admin.click(page, label="Feed")
    assert given.response and given.response.ephemeral and given.response.id != page.id
    assert await web.titles(text(given.response)) == ["Web Agents"]
    assert BASE not in "".join(map(text, server.papers.history()))


async def test_what_a_person_follows_for_themselves_is_theirs_to_give_out(server: Server, web: Web) -> None:
    member = server.scene.member
    scope = Scope(0, server.scene.direct.id)
    one = await subscriptions.create(
        server.client.library.db, scope, scope.channel_id, member.id, parse("agents"), Options(), datetime.now(UTC)
    )
    await server.arrive("Web Agents")
    given = await press(member, server, f"web:show:sub:{one.token}", server.papers)
    assert isinstance(await web.titles(given), list)
    assert "no longer here" in await press(server.admin, server, f"web:show:sub:{one.token}", server.papers)


async def test_a_persons_own_list_is_theirs_to_give_out_and_the_teams_the_managers(server: Server, web: Web) -> None:
    await server.arrive("Web Agents")
    member, admin = server.scene.member, server.admin
    guild, tokens = server.scene.guild.id, {}
    (paper,) = await server.client.library.view(guild).papers(await server.client.library.view(guild).newest(1))
    async with server.client.library.db.write() as connection:
        for name, teams in (("Mine", False), ("Ours", True)):
            one = await reading_lists.named(connection, guild, member.id, name, datetime.now(UTC), team=teams)
            await list_entries.save(connection, one, paper, member.id, datetime.now(UTC))
            tokens[name] = one.token
    opened = await press(member, server, f"list:more:{tokens['Mine']}", server.papers)
    assert "yours alone" in opened
    given = await press(member, server, f"web:show:list:{tokens['Mine']}", server.papers)
    assert await web.titles(given) == ["Web Agents"]
    assert "Manage Channels" in await press(member, server, f"web:show:list:{tokens['Ours']}", server.papers)
    assert BASE not in await press(admin, server, f"web:show:list:{tokens['Mine']}", server.papers)
    team = await press(admin, server, f"web:show:list:{tokens['Ours']}", server.papers)
    assert await web.titles(team) == ["Web Agents"]


async def test_where_no_pages_are_served_nothing_offers_them(server: Server) -> None:
    await server.confirm(server.papers, query="agents")
    (one,) = await server.subscribed(server.papers)
    listed = shown(await server.admin.slash(server.papers, "subscriptions"))
    assert "Feed" not in labels(shown(await server.admin.click(listed, label="Manage")))
    assert "LECTERN_WEB" in await press(server.admin, server, f"web:show:sub:{one.token}", server.papers)


async def test_figures_count_commands_by_name_and_outcome(server: Server, web: Web) -> None:
    await server.confirm(server.papers, query="agents")
    await server.arrive("Web Agents", "Silk")
    await server.admin.slash(server.papers, "paper", title="Web Agents")
    await server.admin.slash(server.papers, "subscribe", query="-survey")
    status, figures = await web.get(f"{web.operations}/metrics")
    assert status == 200
    for line in (
        'lectern_command_seconds_count{command="paper",outcome="answered"} 1.0',
        'lectern_command_seconds_count{command="subscribe",outcome="refused"} 1.0',
        'lectern_outbox_papers{state="posted"} 1.0',
        'lectern_outbox_papers{state="pending"} 0.0',
        'lectern_outbox_messages{state="posted"} 1.0',
        "lectern_papers 2.0",
        'lectern_service_spent{service="crossref",unit="requests"} 0.0',
        "lectern_gateway_connected 1.0",
        "lectern_event_loop_lag_seconds_count",
    ):
        assert f"\n{line}" in figures, line
    for secret in (server.scene.guild.id, server.admin.id, server.papers.id):
        assert str(secret) not in figures


async def test_health_is_good_while_connected_and_the_store_readable(server: Server, web: Web) -> None:
    status, told = await web.get(f"{web.operations}/healthz")
    assert status == 200
    assert json.loads(told) == {"connected": True, "store_readable": True, "last_good_run": None}
    await server.client.close()
    status, told = await web.get(f"{web.operations}/healthz")
    assert status == 503 and json.loads(told)["connected"] is False
