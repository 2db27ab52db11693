"""A day's papers against many subscriptions that follow papers, in a store as the bot has it."""

from __future__ import annotations

import asyncio
import gc
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store import ingest
from store.closeness.followed import followed_paper
from store.closeness.paper_scores import PaperScores
from store.guilds import follows, subscriptions
from store.guilds.following import following, to_text
from store.guilds.subscriptions import Options, Scope
from store.models import Paper, PaperRecord, ParsedSource, Source
from store.similarity.window import SIZE
from store.storage.database import Database

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOURCE = Source(kind="dump", name="bench", retrieved=NOW)
TICK_S = 0.001
A_DAY = 1_500


async def measure(papers: Sequence[Paper], followers: int) -> str:
    """How long the scores of a day take for followers of three papers each, what they need, and what they block."""
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        db = await Database.open(Path(folder) / "lectern.db")
        try:
            await _take(db, papers[:SIZE])
            await _follow(db, papers, followers, draw)
            await _take(db, papers[SIZE : SIZE + A_DAY])
            scores = PaperScores(db)
            gc.freeze()  # As the program does; what the bench has made would be looked through again and again.
            before = _memory()
            watching = asyncio.create_task(_longest_block())
            first = await _timed(scores, until=1)
            rest = await _timed(scores, until=A_DAY)
            watching.cancel()
            longest, matched = await watching, await _matched(db)
        finally:
            await db.close()
    return (
        f"{followers:,} subscriptions: the first 200 papers, with all profiles and thresholds, in {first:.1f} s of CPU "
        f"time, the others of {A_DAY:,} in {rest:.1f} s; {matched:,} matches; {_memory() - before:.0f} MB; the event "
        f"loop was kept busy for {1000 * longest:.0f} ms at most"
    )


async def _take(db: Database, papers: Sequence[Paper]) -> None:
    """Papers of as many days as they would be of arXiv."""
    records = [
        PaperRecord(
            source=SOURCE,
            title=one.title,
            abstract=one.abstract,
            published=(NOW - timedelta(days=place // A_DAY)).date().isoformat(),
        )
        for place, one in enumerate(papers)
    ]
    await ingest.take(db, "bench", ParsedSource(papers=tuple(records)), now=NOW)


async def _follow(db: Database, papers: Sequence[Paper], followers: int, draw: random.Random) -> None:
    made = await subscriptions.create(db, Scope(1, 1), 1, 1, following(["x"], 3, []), Options(), NOW)
    async with db.write() as connection:
        for number in range(2, followers + 1):
            await connection.execute(
                "INSERT INTO subscriptions (id, token, guild_id, channel_id, target_id, creator_id, anchor_id, query,"
                " cadence, at, weekday, zone, cap, created) VALUES (?, ?, ?, ?, ?, 1, 0, ?, 'now', '08:30', 0, 'UTC', 10, ?)",
                [number, f"{number:016}", number, number, number, to_text(made.query), NOW.isoformat()],
            )
            await follows.add(connection, number, map(followed_paper, draw.choices(papers, k=3)), [])


async def _timed(scores: PaperScores, until: int) -> float:
    started, done = time.process_time(), 0
    while done < until and (some := await scores.score_waiting(NOW)):
        done += some
    return time.process_time() - started


async def _longest_block() -> float:
    """Until it is cancelled; then the longest time for which nothing else ran."""
    longest = 0.0
    try:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(TICK_S)
            longest = max(longest, time.perf_counter() - started - TICK_S)
    except asyncio.CancelledError:
        return longest


async def _matched(db: Database) -> int:
    async with db.read() as connection, connection.execute("SELECT count(*) FROM ledger") as rows:
        ((number,),) = await rows.fetchall()
    return int(number)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
