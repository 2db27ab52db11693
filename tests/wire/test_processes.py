"""Several real processes of `lectern run` over one store: each answers its guilds, and what one did that died goes on.

Leases hold for 3 s here, in place of 20.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from store import ingest
from store.guilds import leases, subscriptions
from store.library import Library
from store.models import ParsedSource
from store.search.parser import parse
from tests.wire import payloads
from tests.wire.clients import until
from tests.wire.conftest import Scene
from tests.wire.made_papers import made_papers, title
from tests.wire.process import Program
from tests.wire.world import Channel, Person

TAKEN_OVER_S = 20.0
"""Seconds within which another process goes on: the lease, a look, and the start of what it does on a busy machine."""
SHARDS = 2


class Hosts:
    """A guild with a channel on each of two shards, a store, and processes that are started on it."""

    def __init__(self, scene: Scene, folder: Path, library: Library) -> None:
        self.scene, self.folder, self.library = scene, folder, library
        scene.gateway.shards = SHARDS
        self.places: list[tuple[Channel, Person]] = []
        self.programs: list[Program] = []
        for shard in range(SHARDS):
            guild = scene.world.add_guild(f"of shard {shard}", (shard, SHARDS))
            channel = scene.world.add_channel(guild, "papers")
            self.places.append((channel, scene.world.add_person(f"p{shard}", guild)))

    async def start(self, *options: str) -> Program:
        """A process of its own, with these options."""
        program = Program(self.scene, self.folder)
        program.log = self.folder / f"{len(self.programs)}.log"
        program.options, program.settings = list(options), {"LEASE_S": "3"}
        self.programs.append(program)
        await program.start()
        return program

    def connected(self) -> list[int]:
        """The shards of the connections that there are."""
        return [live.session.shard for live in self.scene.gateway.live() if live.session]

    async def all_connected(self) -> None:
        """Wait until each shard has one connection, and its guilds are known there."""
        await until(lambda: self.connected() == list(range(SHARDS)), 25)

    async def ask(self) -> None:
        """Somebody in the guild of each shard asks for a paper, which is answered once."""
        asked = [self.scene.interactions.slash(who, channel, "paper", title=title(1)) for channel, who in self.places]
        before = self.callbacks()
        for interaction in asked:
            assert title(1) in "\n".join(payloads.texts(await interaction.answer()))
        assert self.callbacks() - before == len(asked)

    def callbacks(self) -> int:
        return sum(call.route.endswith("/callback") for call in self.scene.calls)

    async def follow(self) -> None:
        """The channels subscribe what the papers of `made_papers` have."""
        for channel, who in self.places:
            assert channel.guild
            scope = subscriptions.Scope(channel.guild.id, channel.id)
            now, options = datetime.now(UTC), subscriptions.Options()
            await subscriptions.create(self.library.db, scope, channel.id, who.id, parse("cat:cs.CL"), options, now)

    async def paper(self, number: int) -> str:
        """A new paper comes in; its title. Each fourth is of cs.CL."""
        made = made_papers(number + 1)[number:]
        await ingest.take(self.library.db, "made", ParsedSource(papers=tuple(made)))
        return title(number)

    def posts(self, channel: Channel, wanted: str) -> int:
        """How many messages of a channel have that paper."""
        return sum(wanted in "".join(payloads.texts(message)) for message in channel.messages.values())

    async def posted(self, wanted: str, channels: Sequence[Channel]) -> None:
        await until(lambda: all(self.posts(channel, wanted) for channel in channels), TAKEN_OVER_S)

    async def holders(self) -> dict[str, str]:
        """Who holds what now, but for turns to identify."""
        async with self.library.db.read() as connection:
            held = await leases.held(connection)
        return {name: holder for name, holder in held.items() if not name.startswith("identify:")}

    async def holds(self, name: str, program: Program) -> None:
        """Wait until a process holds that."""
        async with asyncio.timeout(TAKEN_OVER_S):
            while f" {program.pid} " not in (await self.holders()).get(name, ""):  # noqa: ASYNC110 - the other's state
                await asyncio.sleep(0.1)


@pytest_asyncio.fixture
async def hosts(scene: Scene, tmp_path: Path) -> AsyncIterator[Hosts]:
    """What still runs at the end is ended."""
    library = await Library.open(tmp_path / "lectern.db")
    await ingest.take(library.db, "made", ParsedSource(papers=tuple(made_papers(3))), notify=False)
    hosts = Hosts(scene, tmp_path, library)
    yield hosts
    for program in hosts.programs:
        if program.is_running:
            program.signal(signal.SIGCONT)
            await program.stop()
    await library.close()


def child_of(program: Program, shards: str) -> int:
    """The id of the process that a supervisor has started for these shards (Linux)."""
    for child in Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text("ascii").split():
        if shards in Path(f"/proc/{child}/cmdline").read_text("utf-8").split("\0"):
            return int(child)
    raise AssertionError(program.output())


async def test_processes_of_one_host_share_its_guilds_and_are_started_again(hosts: Hosts) -> None:
    program = await hosts.start("--processes", "2")
    await hosts.all_connected()
    assert hosts.scene.count("PUT", "/applications/{application_id}/commands") == 1
    await hosts.ask()
    await hosts.follow()
    first = await hosts.paper(4)
    await hosts.posted(first, [channel for channel, _ in hosts.places])
    os.kill(child_of(program, "1-1/2"), signal.SIGKILL)
    await until(lambda: hosts.connected() == [0])
    await hosts.all_connected()
    await hosts.ask()
    second = await hosts.paper(8)
    await hosts.posted(second, [channel for channel, _ in hosts.places])
    assert [hosts.posts(channel, one) for channel, _ in hosts.places for one in (first, second)] == [1] * 4
    began = time.monotonic()
    assert await program.stop() == 0
    assert time.monotonic() - began < 5
    assert await hosts.holders() == {}, "all is given back"
    assert "Traceback" not in program.output()


async def test_processes_end_with_the_one_that_started_them(hosts: Hosts) -> None:
    program = await hosts.start("--processes", "2")
    await hosts.all_connected()
    program.signal(signal.SIGKILL)
    await program.ended()
    await until(lambda: hosts.connected() == [], 10)
    async with asyncio.timeout(5):
        while await hosts.holders():  # noqa: ASYNC110 - the others' state
            await asyncio.sleep(0.1)


async def test_a_paper_that_one_process_took_in_is_found_by_the_other(hosts: Hosts) -> None:
    await hosts.start("--processes", "2")
    await hosts.all_connected()
    (first, ann), (second, bob) = hosts.places
    await hosts.library.lookup.ready()
    await ingest.take(hosts.library.db, "made", ParsedSource(papers=tuple(made_papers(6)[5:])))
    for channel, who in ((first, ann), (second, bob)):
        answer = await hosts.scene.interactions.slash(who, channel, "paper", title=title(5)).answer()
        assert title(5) in "\n".join(payloads.texts(answer))


async def test_the_deliveries_of_a_process_that_stands_still_are_taken_over_and_nothing_is_posted_twice(
    hosts: Hosts,
) -> None:
    here, there = await hosts.start("--shards", "0/2"), await hosts.start("--shards", "1/2")
    await hosts.all_connected()
    await hosts.holds("delivery:0/2", here)
    await hosts.holds("delivery:1/2", there)
    await hosts.follow()
    there.signal(signal.SIGSTOP)
    wanted = await hosts.paper(4)
    await hosts.posted(wanted, [channel for channel, _ in hosts.places])
    await hosts.holds("delivery:1/2", here)
    there.signal(signal.SIGCONT)
    await hosts.holds("delivery:1/2", there)
    another = await hosts.paper(8)
    await hosts.posted(another, [channel for channel, _ in hosts.places])
    assert [hosts.posts(channel, one) for channel, _ in hosts.places for one in (wanted, another)] == [1] * 4


async def test_processes_take_even_shares_and_the_shards_of_one_that_died(hosts: Hosts) -> None:
    first = await hosts.start("--shards", "auto")
    await hosts.all_connected()
    second = await hosts.start("--shards", "auto")
    await hosts.holds("shard:1/2", second)
    await hosts.all_connected()
    await hosts.holds("delivery:1/2", second)
    await hosts.ask()
    first.signal(signal.SIGKILL)
    await first.ended()
    await hosts.holds("shard:0/2", second)
    await hosts.all_connected()
    await hosts.holds("delivery:0/2", second)
    await hosts.holds("worker:scoring", second)
    await hosts.ask()
    third = await hosts.start("--shards", "auto")
    await hosts.holds("shard:1/2", third)
    await hosts.all_connected()
    await hosts.ask()
    assert await second.stop() == 0
    assert set(await hosts.holders()) == {
        name for name, holder in (await hosts.holders()).items() if f" {third.pid} " in holder
    }
    await hosts.holds("shard:0/2", third)
    await hosts.all_connected()
    await hosts.ask()
    assert await third.stop() == 0
    assert await hosts.holders() == {}


@pytest.mark.parametrize("options", [("--processes", "2"), ("--shards", "auto")])
async def test_a_wrong_token_ends_all_with_a_sentence(hosts: Hosts, options: tuple[str, str]) -> None:
    hosts.scene.world.token = "another"
    program = await hosts.start(*options)
    hosts.scene.world.token = "changed"
    assert await program.ended() == 1
    assert "token" in program.output().strip().splitlines()[-1]
