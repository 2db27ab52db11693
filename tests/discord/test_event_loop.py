"""Nothing that one person asks for makes the others wait: the watchdog of `conftest` looks at each of these tests."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.workers.folder import import_changed_files
from seeds.reading.parsers import Parsers
from store.guilds import subscriptions
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import MAX_PER_CHANNEL, Options, Scope
from store.search.parser import parse
from tests.discord.server import Server, shown, text
from tests.support.event_loop import watched

LONG_ABSTRACT = " ".join(
    f"We show in step {n} that method {n % 7} is better than {n % 5} by {n} %." for n in range(800)
)
pytestmark = pytest.mark.limits


def busy(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_the_watchdog_names_what_takes_cpu_time_and_nothing_else() -> None:
    slow: list[str] = []
    loop = asyncio.get_running_loop()
    with watched(slow.append, budget_s=0.02):
        loop.call_soon(busy, 0.04)
        loop.call_soon(busy, 0.001)
        loop.call_soon(time.sleep, 0.04)
        await asyncio.to_thread(busy, 0.04)
        await asyncio.sleep(0.01)
    assert len(slow) == 1
    assert slow[0].startswith("busy kept the event loop busy for 4")


async def test_as_many_subscriptions_as_a_channel_may_have(server: Server) -> None:
    scope = Scope(server.scene.guild.id, server.papers.id)
    for number in range(MAX_PER_CHANNEL):
        options = Options(schedule=Schedule(cadence="daily", zone="Europe/Berlin"))
        query = parse(f'agents|tools|{number} -survey author:"Ada Bee" cat:cs.CL since:2024')
        await subscriptions.create(
            server.client.library.db, scope, scope[1], 1, query, options, datetime.now(UTC), number + 1
        )
    listed = shown(await server.admin.slash(server.papers, "subscriptions"))
    assert f"{MAX_PER_CHANNEL} subscriptions here" in text(listed)
    assert "Which subscription" in text(shown(await server.admin.slash(server.papers, "unsubscribe")))
    await server.arrive("Agents", category="cs.CL", published="2024-05")
    why = shown(await server.admin.slash(server.papers, "why", paper="Agents"))
    assert "To be posted" in text(why)
    assert await server.admin.autocomplete(server.papers, "subscribe", "zone", "ber")


async def test_a_file_in_the_watched_folder(server: Server, parsers: Parsers, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    words = LONG_ABSTRACT.split()
    entries = (
        f"@article{{k{n}, title={{{' '.join(words[n : n + 9])} {n}}}, author={{Ada B{n} and Bob C}}, year=2026,"
        f" abstract={{{' '.join(words[n : n + 200])}}}}}"
        for n in range(500)
    )
    (folder / "library.bib").write_text("\n".join(entries), "utf-8")
    # A task of its own, as the watchdog does not look at what the tests themselves do.
    reading = asyncio.create_task(
        import_changed_files(server.client.library, folder, time.time() + 60, parsers.read_path)
    )
    assert await reading


async def test_abstracts_as_long_as_they_may_be(server: Server) -> None:
    assert 45_000 < len(LONG_ABSTRACT) < 50_000
    await server.confirm(server.papers, query="agents")
    await server.arrive(*(f"Agents of {name}" for name in ("Ada", "Bea", "Cleo", "Dora")), abstract=LONG_ABSTRACT)
    assert any("Agents of Ada" in text(post) for post in server.papers.history())
    member = server.scene.member
    shown_paper = shown(await member.slash(server.papers, "paper", title="Agents of Ada"))
    for label in ("Summary", "Abstract", "Related", "Cite", "Authors"):
        assert "Agents of" in text(shown(await member.click(shown_paper, label=label)))
    for length in ("one line", "four parts", "whole abstract"):
        assert "Agents" in text(
            shown(await member.slash(server.papers, "summary", paper="Agents of Ada", length=length))
        )
    assert "Agents of" in text(shown(await member.slash(server.papers, "search", query="method better -survey")))
    assert "Agents of" in text(shown(await member.slash(server.papers, "ask", question="Is the method better?")))
    page = shown(await member.slash(server.papers, "author", name="Ada Bee"))
    assert "Agents of" in text(page)
    assert "Agents of" in text(shown(await member.click(page, label="In one line each")))
    assert "In the store" in text(shown(await server.admin.slash(server.papers, "subscribe", query="method -x")))
