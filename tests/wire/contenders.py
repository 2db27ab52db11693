"""What the load test measures in turns: Lectern in so many processes, and a bare client; each in a Discord of its own."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from store import ingest
from store.library import Library
from store.models import ParsedSource
from tests.support.limits_off import UNLIMITED
from tests.support.postgresql import Cluster
from tests.wire.clients import until
from tests.wire.load_users import Phase, User
from tests.wire.made_papers import made_papers
from tests.wire.process import Program
from tests.wire.server import Server

LECTERN = (sys.executable, "-m", "bot", "run")
"""Without the watchdog of the tests, which the bare client has not either."""
BARE = (sys.executable, "-m", "tests.wire.bare_client")
GUILDS_OF_A_SHARD, CHANNELS = 8, 2
READY_S, STOP_S = 60.0, 15.0


@dataclass(frozen=True)
class Configuration:
    """A way to answer: `programs` makes what is to be started, which connects with so many shards in all.

    Before, `prepare` puts so many papers into the stores.
    """

    name: str
    programs: Callable[[Server, Path], Sequence[Program]]
    prepare: Callable[[Path, int], Awaitable[None]]
    shards: int = 1


def lectern(processes: int) -> Configuration:
    """Lectern on one host."""

    def programs(server: Server, folder: Path) -> Sequence[Program]:
        program = Program(server, folder)
        program.command = LECTERN
        program.options = ["--processes", str(processes)] if processes > 1 else []
        program.settings.update({f"LECTERN_{name.upper()}": str(value) for name, value in UNLIMITED.items()})
        return [program]

    return Configuration(f"processes {processes}", programs, _fill, processes)


def hosts(count: int, cluster: Cluster) -> Configuration:
    """Lectern on so many hosts, each with a file of papers of its own, over one PostgreSQL."""
    url = cluster.make(secrets.token_hex(8))

    async def prepare(folder: Path, papers: int) -> None:
        await _fill(folder, papers, url)
        for number in range(count):
            (folder / f"host {number}").mkdir()
            shutil.copy(folder / "lectern.db", folder / f"host {number}")

    def programs(server: Server, folder: Path) -> Sequence[Program]:
        made = [lectern(1).programs(server, folder / f"host {number}")[0] for number in range(count)]
        for number, program in enumerate(made):
            program.options = ["--shards", f"{number}/{count}"]
            program.settings["LECTERN_DATABASE"] = url
        return made

    return Configuration(f"hosts {count}", programs, prepare, count)


async def _fill(folder: Path, papers: int, guilds: str | None = None) -> None:
    library = await Library.open(folder / "lectern.db", guilds=guilds)
    await ingest.take(library.db, "made", ParsedSource(papers=tuple(made_papers(papers))))
    await library.close()


def bare() -> Configuration:
    """The bare client."""

    def programs(server: Server, folder: Path) -> Sequence[Program]:
        program = Program(server, folder)
        program.command = BARE
        return [program]

    async def prepare(folder: Path, papers: int) -> None:
        """It has no store."""

    return Configuration("bare", programs, prepare)


@dataclass
class Contender:
    """A configuration that runs, with its users and what was measured of it."""

    configuration: Configuration
    server: Server
    programs: Sequence[Program]
    users: list[User]
    paced: Phase = field(default_factory=Phase)
    flat_out: Phase = field(default_factory=Phase)

    async def measure(self, phase: Phase, seconds: float, pause: float) -> None:
        """A slice: the users go on for so many seconds, and what they still wait for then is waited for."""
        gc.freeze()  # What earlier slices have left is not looked through again and again.
        cpu, own = self.cpu_s(), time.process_time()
        until = time.monotonic() + seconds
        await asyncio.gather(*(user.use(phase, until, pause) for user in self.users))
        phase.seconds += seconds
        phase.cpu_s += self.cpu_s() - cpu
        phase.server_cpu_s += time.process_time() - own

    def cpu_s(self) -> float:
        """Seconds of processor time that its processes have used."""
        ticks = 0
        for pid in self._pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        """Resident memory of its processes, in MiB; what they share counts for each."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._pids())
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def _pids(self) -> Iterator[int]:
        left = [program.pid for program in self.programs]
        while left:
            yield (pid := left.pop())
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                left += map(int, children.read_text().split())

    async def stop(self) -> None:
        for program in self.programs:
            program.signal(signal.SIGTERM)
            await program.ended(STOP_S)


async def started(
    configuration: Configuration, server: Server, folder: Path, users: int, papers: int, seed: int
) -> Contender:
    """Start it, in a server that is running already, with guilds on each of its shards."""
    await configuration.prepare(folder, papers)
    server.description = None  # Its checks would take the time that is measured; a sample is checked afterwards.
    shards = configuration.shards
    guilds = [
        server.world.add_guild(f"Lab {number}", (number % shards, shards))
        for number in range(GUILDS_OF_A_SHARD * shards)
    ]
    chance = random.Random(seed)
    channels = [[server.world.add_channel(guild, f"c{number}") for number in range(CHANNELS)] for guild in guilds]
    everybody = []
    for number in range(users):
        place = number % len(guilds)
        person = server.world.add_person(f"user{number}", guilds[place])
        everybody.append(User(server, person, chance.choice(channels[place]), random.Random(chance.random()), papers))
    programs = configuration.programs(server, folder)
    for program in programs:
        await program.start()

    def is_ready() -> bool:
        if not all(program.is_running for program in programs):
            raise RuntimeError("\n".join(program.output()[-2000:] for program in programs))
        return len(server.gateway.live()) == shards and bool(server.world.commands[None])

    await until(is_ready, READY_S)
    return Contender(configuration, server, programs, everybody)
