"""Several hosts, each with a file of papers of its own, over one PostgreSQL: real processes of `lectern run`."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from store import ingest
from store.library import Library
from store.models import ParsedSource
from tests.support.postgresql import Cluster
from tests.wire import payloads
from tests.wire.clients import until
from tests.wire.conftest import Scene
from tests.wire.made_papers import made_papers
from tests.wire.process import Program
from tests.wire.test_processes import SHARDS, Hosts


class SeveralHosts(Hosts):
    """As `Hosts`; each process has a folder of its own, and so has the test, as a host that answers nobody."""

    def __init__(self, scene: Scene, folder: Path, library: Library, url: str) -> None:
        super().__init__(scene, folder, library)
        self.url = url

    async def start(self, *options: str) -> Program:
        """A host of its own."""
        folder = self.folder / f"host {len(self.programs)}"
        folder.mkdir()
        program = Program(self.scene, folder)
        program.options = list(options)
        program.settings = {"LEASE_S": "3", "LECTERN_DATABASE": self.url}
        self.programs.append(program)
        await program.start()
        return program

    async def each_host(self) -> None:
        """One for each shard, all connected."""
        for shard in range(SHARDS):
            program = await self.start("--shards", f"{shard}/{SHARDS}")
            await self.holds(f"delivery:{shard}/{SHARDS}", program)
        await self.all_connected()


@pytest_asyncio.fixture
async def hosts(scene: Scene, tmp_path: Path, postgresql: Cluster) -> AsyncIterator[SeveralHosts]:
    """What still runs at the end is ended."""
    url = postgresql.make(secrets.token_hex(8))
    library = await Library.open(tmp_path / "of the test.db", guilds=url)
    await ingest.take(library.db, "made", ParsedSource(papers=tuple(made_papers(3))), notify=False)
    hosts = SeveralHosts(scene, tmp_path, library, url)
    yield hosts
    for program in hosts.programs:
        if program.is_running:
            await program.stop()
    await library.close()


async def test_hosts_have_the_same_papers_and_post_each_once(hosts: SeveralHosts) -> None:
    await hosts.each_host()
    await hosts.ask()
    await hosts.follow()
    first = await hosts.paper(4)
    channels = [channel for channel, _ in hosts.places]
    await hosts.posted(first, channels)
    hosts.programs[0].signal(signal.SIGKILL)
    await hosts.programs[0].ended()
    second = await hosts.paper(8)
    await hosts.posted(second, channels)
    assert [hosts.posts(channel, one) for channel in channels for one in (first, second)] == [1] * 4
    channel, who = hosts.places[1]
    for wanted in (first, second):
        answer = await hosts.scene.interactions.slash(who, channel, "paper", title=wanted).answer()
        assert wanted in "\n".join(payloads.texts(answer)), "it has the papers that came in elsewhere"


async def test_questions_are_answered_while_postgresql_is_gone_and_posting_goes_on_afterwards(
    hosts: SeveralHosts, postgresql: Cluster
) -> None:
    await hosts.each_host()
    await hosts.follow()
    await hosts.ask()
    postgresql.kill()
    try:
        await hosts.ask()
        channel, who = hosts.places[0]
        answer = await hosts.scene.interactions.slash(who, channel, "subscriptions").answer()
        assert "cannot be reached" in "\n".join(payloads.texts(answer))
    finally:
        postgresql.start()
    wanted = await hosts.paper(4)
    began = time.monotonic()
    await hosts.posted(wanted, [channel for channel, _ in hosts.places])
    assert time.monotonic() - began < 30
    assert [hosts.posts(channel, wanted) for channel, _ in hosts.places] == [1, 1]
    await until(lambda: all("PostgreSQL is there again" in program.output() for program in hosts.programs))
