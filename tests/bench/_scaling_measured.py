"""Measures the parts of `tests.bench.scaling` with the real code, PostgreSQL and the files of two hosts here."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from commands.views import posts as post_cards
from store.guilds import digests, items, leases, outbox, posts, target_guilds
from store.ingest import BATCH, TAKE_RECORDS, Batch
from store.intake_log.operation import apply_next, perform
from store.models import PaperRecord
from store.operations import OPERATIONS
from store.storage.connection import Connection, Cursor, Row, Running
from store.storage.database import Database
from store.storage.postgresql.pool import GuildDatabase
from store.storage.two_halves import TwoHalves
from tests.bench import matching
from tests.bench._process_memory import memory
from tests.bench._scaling_plan import Parts
from tests.bench.matching import NOW, Corpus
from tests.support.postgresql import Cluster

FEW, MANY = 4_000, 40_000
"""Subscriptions with which matching is measured, to tell what each match takes from what each paper does."""
BATCHES = 6
"""How often each is measured; the least disturbed counts, as other work on the machine only adds."""
DAY = 1_500
MADE_ROWS = 300_000
LATER = timedelta(days=1)


class Held(NamedTuple):
    """How long a transaction had the lock of those who write, and in how many round trips."""

    seconds: float
    trips: int


class CountedConnection:
    """Counts statements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.statements = 0

    @property
    def total_changes(self) -> int:
        return self._connection.total_changes

    def execute(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Running[Cursor]:
        self.statements += 1
        return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Iterable[Any]], /) -> Running[Cursor]:
        self.statements += 1
        return self._connection.executemany(sql, parameters)

    def execute_fetchall(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Running[Iterable[Row]]:
        self.statements += 1
        return self._connection.execute_fetchall(sql, parameters)


class WatchedGuilds(GuildDatabase):
    """Notes what each writing transaction took, from when it has the lock until it is committed."""

    def __init__(self, guilds: GuildDatabase) -> None:
        super().__init__(guilds._pool)
        self.writes: list[Held] = []

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        async with super().write() as connection:
            counted = CountedConnection(connection)
            began = time.perf_counter()
            yield counted
        self.writes.append(Held(time.perf_counter() - began, counted.statements + 1))

    def taken(self) -> list[Held]:
        """The transactions since this was asked last."""
        taken, self.writes = self.writes, []
        return taken


async def measured(cluster: Cluster, seed: int = 1) -> Parts:
    """All parts, in some minutes."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        base_mb, guild_kb = other.submit(memory).result()
    corpus = Corpus(seed)
    queries = [corpus.query() for _ in range(MANY)]
    day = await _day(corpus, queries)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = cluster.make("scaling")
        db = await TwoHalves.open_with(folder / "first.db", url, OPERATIONS)
        other_host = await TwoHalves.open_with(folder / "second.db", url, OPERATIONS)
        guilds = db.guilds = WatchedGuilds(db.guilds)
        try:
            paper_s, row_s, stored_s = await _telling(db, guilds, corpus, queries)
            applied = await _following(other_host)
            begin, posted = await _delivering(db, guilds)
            message_cpu_s, rate = await _whole_delivery(db)
            renew = await _renewing(db, guilds)
            row_bytes, post_bytes, subscription_bytes = _sizes(url)
            messages_for = await _messages_for(db)
            look_row_s, look_db_share = await _looking(db, url)
        finally:
            await other_host.close()
            await db.close()
    return Parts(
        told_paper_s=paper_s, told_row_s=row_s, stored_paper_s=stored_s, applied_paper_s=applied,
        begin_s=begin.seconds, begin_trips=begin.trips, posted_s=posted.seconds, posted_trips=posted.trips,
        message_cpu_s=message_cpu_s, messages_per_s=rate, renew_s=renew.seconds, renew_trips=renew.trips,
        look_row_s=look_row_s, look_database_share=look_db_share, row_bytes=row_bytes, post_bytes=post_bytes,
        subscription_bytes=subscription_bytes, process_mb=base_mb, guild_kb=guild_kb, matches_a_day=day, messages_for=messages_for, papers_a_day=DAY,
    )  # fmt: skip


async def _day(corpus: Corpus, queries: Sequence[Any]) -> tuple[float, ...]:
    """How many papers of a day match a subscription: the means of twenty equal parts of all subscriptions, in order."""
    with tempfile.TemporaryDirectory() as folder:
        db = await Database.open(Path(folder) / "store.db")
        try:
            await matching.arrive(db, [corpus.record(-number) for number in range(1, 1001)])
            await matching.subscribe(db, list(queries))
            await matching.arrive(db, [corpus.record(number) for number in range(DAY)])
            async with db.read() as connection:
                rows = await connection.execute_fetchall(
                    "SELECT subscription_id, count(*) FROM ledger WHERE state <> 'excluded' GROUP BY 1"
                )
                counts = sorted([row[1] for row in rows])
        finally:
            await db.close()
    counts = [0] * (len(queries) - len(counts)) + counts
    part = len(counts) // 20
    return tuple(round(statistics.fmean(counts[start : start + part]), 3) for start in range(0, part * 20, part))


async def _take(db: TwoHalves, records: Sequence[PaperRecord]) -> float:
    began = time.perf_counter()
    for start in range(0, len(records), BATCH):
        await perform(db, TAKE_RECORDS, Batch(records=tuple(records[start : start + BATCH]), now=NOW))
    return time.perf_counter() - began


async def _telling(
    db: TwoHalves, guilds: WatchedGuilds, corpus: Corpus, queries: Sequence[Any]
) -> tuple[float, float, float]:
    """Seconds of the writers' lock for each paper and for each match, and seconds to store a paper beside them."""
    stored = await _take(db, [corpus.record(-number) for number in range(1, 2 * BATCH + 1)]) / (2 * BATCH)
    points: list[tuple[int, float]] = []
    for subscribed in (queries[:FEW], queries[FEW:]):
        await matching.subscribe(db, subscribed, first=FEW + 1 if points else 1)
        for number in range(BATCHES):
            guilds.taken()
            before = await _count(db)
            start = 10_000 * (len(points) // BATCHES)
            await _take(db, [corpus.record(start + number * BATCH + n) for n in range(BATCH)])
            points.append((await _count(db) - before, max(held.seconds for held in guilds.taken())))
    (rows_few, held_few), (rows_many, held_many) = (
        min(some, key=lambda point: point[1] / point[0]) for some in (points[:BATCHES], points[BATCHES:])
    )
    row_s = (held_many - held_few) / (rows_many - rows_few)
    print(f"a batch of {BATCH}: {rows_few} rows in {held_few:.3f} s, {rows_many} in {held_many:.3f} s")
    return max(0.0, held_few - row_s * rows_few) / BATCH, row_s, stored


async def _following(db: TwoHalves) -> float:
    """Seconds for each paper of another host's file, which all entries of the log are applied to."""
    began = time.perf_counter()
    while await apply_next(db):
        continue
    spent = time.perf_counter() - began
    async with db.read() as connection:
        ((papers,),) = await connection.execute_fetchall("SELECT count(*) FROM papers")
    return spent / float(papers)


async def _delivering(db: TwoHalves, guilds: WatchedGuilds) -> tuple[Held, Held]:
    """What it takes to begin the messages of a channel, and to note that one is posted: of many, one by one."""
    async with db.read() as connection:
        targets = (await digests.due_targets(connection, NOW + LATER))[:300]
    guilds.taken()
    begun, posted = [], []
    for target_id in targets:
        messages = await digests.begin_due(db, target_id, NOW + LATER, post_cards.split)
        begun += guilds.taken()
        for post in messages:
            async with db.write() as connection:
                await outbox.mark_posted(connection, post.id, 1, NOW + LATER)
            posted += guilds.taken()
    return _undisturbed(begun), _undisturbed(posted)


async def _whole_delivery(db: TwoHalves) -> tuple[float, float]:
    """CPU seconds of a process for a message, with the server that takes it; messages a second of one process."""
    before = await _count(db, "posts")
    cpu, began = time.process_time(), time.perf_counter()
    await matching.deliver(db, 10.0)
    cpu, spent = time.process_time() - cpu, time.perf_counter() - began
    messages = await _count(db, "posts") - before
    return cpu / messages, messages / spent


async def _renewing(db: TwoHalves, guilds: WatchedGuilds) -> Held:
    """What a process does every five seconds, beside the leases of sixty shards and twenty processes."""
    async with db.write() as connection:
        for number in range(60):
            for kind in ("shard", "delivery"):
                await leases.claim(connection, f"{kind}:{number}/60", f"process {number % 20}", 3600)
    guilds.taken()
    for number in range(100):
        async with db.write() as connection:
            await leases.renew_all(connection, f"process {number % 20}", 3600)
            await leases.held(connection)
    return _undisturbed(guilds.taken())


async def _messages_for(db: TwoHalves) -> tuple[int, ...]:
    """In how many messages a digest of so many papers is shown, from none to as many as its cap."""
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT DISTINCT handle FROM ledger LIMIT 10")
        shown = await items.load(connection, 0, [(row[0], "[]") for row in rows])
    return tuple(len(post_cards.split(shown[:count])) for count in range(len(shown) + 1))


def _sizes(url: str) -> tuple[float, float, float]:
    """Bytes in PostgreSQL, with indexes, for each match, message and subscription, once most are posted."""
    with psycopg.connect(url, autocommit=True) as connection:

        def size(table: str, *more: str) -> float:
            rows = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            names = ", ".join(f"pg_total_relation_size('{name}')" for name in (table, *more))
            total = connection.execute(f"SELECT {names}".encode()).fetchone()
            assert rows and total
            return float(sum(total)) / float(rows[0])

        return size("ledger"), size("posts"), size("subscriptions", "subscription_keys")


async def _looking(db: TwoHalves, url: str) -> tuple[float, float]:
    """Seconds that a look at the outbox takes for each row that waits, and the part of it that PostgreSQL works."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO ledger (subscription_id, handle, target_id, state, reasons, due, matched, changed)"
            " SELECT n %% 20000 + 1, 'made' || n, n %% 10000 + 1, 'pending', '[]', '2026-03-02T00:00:00.000000Z',"
            " '2026-03-02T00:00:00.000000Z', '2026-03-02T00:00:00.000000Z' FROM generate_series(1, %s) AS n",
            [MADE_ROWS],
        )
        connection.execute("VACUUM ANALYZE ledger")
    waiting = MADE_ROWS + await _count(db, "ledger", "state = 'pending' AND handle NOT LIKE 'made%'")
    looks, shares = [], []
    for _ in range(7):
        began, cpu = time.perf_counter(), time.process_time()
        async with db.read() as connection:
            begun = await posts.targets_to_try(connection, NOW + LATER)
            due = await digests.due_targets(connection, NOW + LATER)
            await target_guilds.guilds_of(connection, [*begun, *due])
        await digests.next_due(db)
        looks.append(time.perf_counter() - began)
        shares.append(1 - (time.process_time() - cpu) / looks[-1])
    return min(looks) / waiting, statistics.median(shares)


async def _count(db: TwoHalves, table: str = "ledger", condition: str = "true") -> int:
    async with db.read() as connection:
        ((count,),) = await connection.execute_fetchall(f"SELECT count(*) FROM {table} WHERE {condition}")
    return int(count)


def _undisturbed(held: Sequence[Held]) -> Held:
    """The lower quartile: other work on the machine only adds."""
    seconds = sorted(one.seconds for one in held)
    return Held(seconds[len(seconds) // 4], round(statistics.median(one.trips for one in held)))
