"""Chaos among hosts: is any post lost or doubled, and do their files differ? `python -m tests.wire.host_chaos --seed 1`

As `tests.wire.process_chaos`, with two hosts, each with a file of papers of its own, over one PostgreSQL, and the run
itself as a third one, through which papers come in. Beside the faults there, PostgreSQL is killed and comes back, and
the network between a host and PostgreSQL, or between a host and Discord, is cut for a while. `--guilds` and
`--subscriptions` are of others, to whom nothing happens; all are divided among `--shards`. In the end the files of all
hosts have to hold the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from yarl import URL

from store.errors import GuildStoreUnavailableError
from store.guilds import subscriptions
from store.guilds.subscriptions import Options, Scope
from store.intake_log import operation
from store.library import Library
from store.search.parser import parse
from store.storage.database import Database
from store.storage.guild_tables import GUILD_TABLES
from store.storage.two_halves import TwoHalves
from tests.support.dump import dump
from tests.support.postgresql import ABSENT, Cluster, programs
from tests.wire.chaos import conclude, is_post
from tests.wire.faults import Seeded
from tests.wire.limits import Limits
from tests.wire.process_chaos import ProcessChaos
from tests.wire.server import Server
from tests.wire.tcp_proxy import Proxy

HOSTS = 2
GONE_S = 6.0
"""Seconds for which PostgreSQL, or the way to it, is gone at most."""
READY_S = 120.0


class HostChaos(ProcessChaos):
    """Two hosts, each behind ways of its own to PostgreSQL and to Discord."""

    def __init__(
        self, library: Library, server: Server, folder: Path, chance: random.Random, cluster: Cluster, shards: int
    ) -> None:
        super().__init__(library, server, folder, chance)
        self.cluster = cluster
        self.to_postgresql = [Proxy(cluster.port) for _ in self.programs]
        self.to_discord = [Proxy(URL(server.api_base).port or 0) for _ in self.programs]
        self.shards = [range(n * shards // HOSTS, (n + 1) * shards // HOSTS) for n in range(HOSTS)]
        for number, program in enumerate(self.programs):
            own = folder / f"host {number}"
            own.mkdir()
            program.folder, program.db = own, own / "lectern.db"
            program.options = ["--shards", f"{self.shards[number][0]}-{self.shards[number][-1]}/{shards}"]

    @asynccontextmanager
    async def connected(self, database: str) -> AsyncIterator[None]:
        """The ways to PostgreSQL and to Discord are there as long as the block lasts."""
        async with AsyncExitStack() as stack:
            for program, proxy in zip(self.programs, self.to_postgresql, strict=True):
                await stack.enter_async_context(proxy.listening())
                program.settings["LECTERN_DATABASE"] = f"postgresql://lectern@127.0.0.1:{proxy.port}/{database}"
            for program, proxy in zip(self.programs, self.to_discord, strict=True):
                await stack.enter_async_context(proxy.listening())
                program.settings["LECTERN_DISCORD_API"] = str(URL(self.server.api_base).with_port(proxy.port))
                program.settings["LECTERN_DISCORD_GATEWAY"] = str(URL(self.server.gateway_url).with_port(proxy.port))
            yield

    async def fault(self) -> None:
        """As for processes, or PostgreSQL or a way to it is gone."""
        kind = self.chance.choice(("process", "process", "postgresql", "network", "to discord"))
        if kind == "process":
            await super().fault()
            return
        await self.start_missing()
        await self.happen(self.chance.randint(1, 3))
        await asyncio.sleep(self.chance.uniform(0.0, 3.0))
        self.killed[kind] += 1
        gone = self.chance.uniform(0.1, GONE_S)
        if kind == "postgresql":
            await asyncio.to_thread(self.cluster.kill)
            await asyncio.sleep(gone)
            await asyncio.to_thread(self.cluster.start)
        elif kind == "network":
            await cut(self.chance.choice(self.to_postgresql), gone)
        else:
            number = self.chance.randrange(HOSTS)
            with self.askers.absent(self.shards[number]):
                await cut(self.to_discord[number], gone)

    async def keep_running(self) -> None:
        """One that was started while PostgreSQL was gone has ended, and is started again as systemd does."""
        await self.start_missing()

    async def waiting(self) -> int:
        """As there; PostgreSQL may need a moment after it came back."""
        async with asyncio.timeout(READY_S):
            while True:
                with contextlib.suppress(GuildStoreUnavailableError):
                    return await super().waiting()
                await asyncio.sleep(0.2)


async def cut(proxy: Proxy, seconds: float) -> None:
    """Cut the connections through a proxy for so long, then let new ones through."""
    proxy.cut()
    await asyncio.sleep(seconds)
    proxy.mend()


async def report_unposted(library: Library) -> None:
    """Print what is not posted, and why."""
    async with library.db.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT ledger.handle, ledger.state, note, posts.state, tries, unsure, next_try, why, after_id"
            " FROM ledger LEFT JOIN posts ON posts.id = post_id WHERE ledger.state <> 'posted'"
        )
    for row in rows:
        print("not posted:", *row)


async def checksum(path: Path) -> str:
    """Of all that a host's file says of papers and people."""
    db = await Database.open(path)
    try:
        rows = await dump(db, without=tuple(GUILD_TABLES))
    finally:
        await db.close()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


async def fill(library: Library, server: Server, url: str, guilds: int, subscribed: int, shards: int) -> None:
    """Guilds and subscriptions of others, whose words no paper of the run has."""
    ids = []
    for number in range(guilds):
        guild = server.world.add_guild(f"Other {number}", (number % shards, shards))
        ids.append((guild.id, server.world.add_channel(guild, "papers").id))
    if not (subscribed and ids):
        return
    (guild_id, channel_id), now = ids[0], datetime.now(UTC)
    query = parse('"nobody writes this" cat:math.HO')
    made = await subscriptions.create(library.db, Scope(guild_id, channel_id), channel_id, 1, query, Options(), now)
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("CREATE TEMPORARY TABLE places (number BIGINT, guild BIGINT, channel BIGINT)")
        async with connection.cursor() as cursor, cursor.copy("COPY places FROM STDIN") as copy:
            for number in range(1, subscribed):
                await copy.write_row((number, *ids[number % len(ids)]))
        await connection.execute(
            "INSERT INTO subscriptions (token, guild_id, channel_id, target_id, creator_id, anchor_id, query, needs,"
            " cadence, at, weekday, zone, cap, created) SELECT 'other-' || lpad(number::text, 10, '0'), guild, channel,"
            " channel, creator_id, 0, query, needs, cadence, at, weekday, zone, cap, created FROM places, subscriptions WHERE id = %s",
            [made.id],
        )
        await connection.execute(
            "INSERT INTO subscription_keys (key, subscription_id) SELECT key, subscriptions.id FROM subscriptions,"
            " subscription_keys WHERE token LIKE 'other-%%' AND subscription_id = %s",
            [made.id],
        )


async def run(
    faults: int, seed: int, folder: Path, cluster: Cluster, *, rate: float, others: tuple[int, int], shards: int
) -> dict[str, float]:
    """The whole run; returns the figures. Raises `AssertionError` where outbox and channels disagree."""
    began = time.monotonic()
    chance = random.Random(seed)
    of_server = Seeded(seed, rate, lambda call: is_post(call) or call.route.startswith("/channels/"))
    name = f"chaos {seed} {time.time_ns()}"
    url = cluster.make(name.replace(" ", "_"))
    library = await Library.open(folder / "third.db", guilds=url)
    assert isinstance(library.db, TwoHalves)
    try:
        async with Server(faults=of_server, limits=Limits(bucket=5, bucket_s=1.0)) as server:
            server.gateway.shards = server.gateway.identifies_per_5s = shards  # as Discord lets large bots
            chaos = HostChaos(library, server, folder, chance, cluster, shards)
            await chaos.begin()
            await fill(library, server, url, *others, shards)
            print(f"{others[0]} other guilds, {others[1]} other subscriptions, {shards} shards", flush=True)
            async with chaos.connected(name.replace(" ", "_")):
                await chaos.go_through(faults)
            await library.db.refresh_mirror()
            while await operation.apply_next(library.db):
                pass
            await report_unposted(library)
            figures = await chaos.judge(faults, time.monotonic() - began)
    finally:
        await library.close()
    sums = [await checksum(path) for path in (folder / "third.db", *(program.db for program in chaos.programs))]
    print("\n".join(sums))
    return {**figures, "different_files": len(set(sums)) - 1}


def main() -> None:
    """Print what happened, and the figures as one JSON object in the last line; exit status 1 where one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guilds", type=int, default=0)
    parser.add_argument("--subscriptions", type=int, default=0)
    parser.add_argument("--shards", type=int, default=2)
    asked = parser.parse_args()
    found = programs()
    if found is None:
        raise SystemExit(ABSENT)
    cluster = Cluster(found)
    cluster.start()
    others = asked.guilds, asked.subscriptions
    try:
        with tempfile.TemporaryDirectory() as folder:
            running = run(
                asked.faults, asked.seed, Path(folder), cluster, rate=0.25, others=others, shards=asked.shards
            )
            figures = asyncio.run(running)
    finally:
        cluster.remove()
    conclude(figures)


if __name__ == "__main__":
    main()
