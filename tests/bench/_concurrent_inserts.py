"""Inserting while searches go on: papers per second, latency of searches, and how soon a new paper is found."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from store.lookup import Lookup
from store.lookup.index.writer import update_titles
from store.storage.database import Database
from tests.bench import _synthetic_corpus
from tests.bench._store import Row, handle
from tests.bench._synthetic_corpus import Query

_BATCH = 1_000


async def measure(db: Database, lookup: Lookup, number: int, queries: Sequence[Query], papers: Path) -> dict[str, Any]:
    """Insert so many papers in batches of 1,000, with one search after another meanwhile."""
    _use_every_core()
    async with db.read() as connection:
        ((top,),) = await connection.execute_fetchall("SELECT max(id) FROM papers")
    rows = [
        Row(top + i, f"{r.title} {i}", (), r.year, r.citations)
        for i, r in enumerate(_synthetic_corpus.titles(number, papers, 9), 1)
    ]
    titles = [query for query in queries if query.kind == "title"]
    times: list[float] = []
    done = asyncio.Event()

    async def search_on() -> None:
        while not done.is_set():
            query = titles[len(times) % len(titles)]
            start = time.perf_counter()
            await lookup.titles(query.text, 25)
            times.append(time.perf_counter() - start)
            await asyncio.sleep(0.005)

    beside = asyncio.create_task(search_on())
    left = iter(rows)
    start = time.perf_counter()
    while batch := list(islice(left, _BATCH)):
        await _insert(db, batch)
    taken = time.perf_counter() - start
    done.set()
    await beside
    found = []
    for i in range(20):
        new = top + number + 1 + i
        row = Row(new, f"Zyxwv{new} uvwxy{new}: an entirely new paper", (), 2026, 0)
        await _insert(db, [row])
        start = time.perf_counter()
        hits = await lookup.titles(row.title)
        found.append(time.perf_counter() - start)
        assert hits[0].handle == handle("p", row.id)
    times.sort()
    figures = {
        "papers_per_s": round(number / taken),
        "lookups": len(times),
        "beside_p50_ms": round(1000 * times[len(times) // 2], 2),
        "beside_p99_ms": round(1000 * times[int(len(times) * 0.99)], 2),
        "findable_ms": round(1000 * max(found), 2),
    }
    print("inserting:", ", ".join(f"{name} {value}" for name, value in figures.items()))
    return figures


def _use_every_core() -> None:
    """Allow a core each for searches and inserts."""
    for task in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(task.name), range(os.cpu_count() or 1))


async def _insert(db: Database, rows: Sequence[Row]) -> None:
    async with db.write() as connection:
        await connection.executemany(
            "INSERT INTO papers (id, handle, title, published, citations, added) VALUES (?, ?, ?, ?, ?, '2026-01-01')",
            [(r.id, handle("p", r.id), r.title, str(r.year), r.citations) for r in rows],
        )
        await update_titles(connection, [(r.id, None, r.title) for r in rows])
