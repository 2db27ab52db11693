"""The whole way in, beside sqlite-utils: `python -m tests.bench.importing [--rows N]`.

Lectern recognises, merges, links, indexes and matches each paper; sqlite-utils (extra `bench`) writes the same fields
into one table with a full-text index over title and abstract. The two write in turns, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate, count, islice
from pathlib import Path
from typing import Any

import numpy as np

from store import ingest
from store.library import Library
from store.models import Authorship, Identifier, PaperRecord, ParsedSource, Source

WORDS = 40_000
BATCH = 1000
TURN = 5000
"""Papers that the two write in turns."""
PAUSE_S = 0.02
"""Between look-ups: fifty a second, as of ten people who type."""


def made(rows: int, seed: int = 1) -> Iterator[PaperRecord]:
    """Papers with titles of 9, abstracts of 120 and author lists of 4, drawn from a Zipf distribution of words."""
    draw = random.Random(seed)
    words = [f"{draw.choice('bcdfgklmnprst')}{draw.choice('aeiou')}{number:x}" for number in range(WORDS)]
    weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    source = Source(kind="dump", name="made", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
    for number in range(rows):
        text = draw.choices(words, cum_weights=weights, k=129)
        names = {f"{draw.choice(words[:2000])} {draw.choice(words[:20_000])}".title() for _ in range(4)}
        yield PaperRecord(
            source=source,
            title=f"{' '.join(text[:9])} {number}",
            abstract=" ".join(text[9:]),
            authors=tuple(Authorship(name=name, position=place) for place, name in enumerate(sorted(names), 1)),
            published=f"{2000 + number % 26}",
            identifiers=(Identifier(scheme="arxiv", value=f"{number % 2600:04}.{number:07}"),),
        )


async def measured(folder: Path, rows: int) -> tuple[float, float | None, list[float]]:
    """Seconds of storing by Lectern and by sqlite-utils, in turns, and those of each look-up beside Lectern's.

    Making the records is not counted. The second is None where sqlite-utils is not installed.
    """
    library = await Library.open(folder / "lectern.db")
    table = _table(folder / "peer.db")
    ours = theirs = 0.0
    waits: list[float] = []
    records = made(rows)
    for turn in count():
        part = list(islice(records, TURN))
        if not part:
            break
        # In every second turn somebody asks, and those are not timed: look-ups take from the same two cores.
        asked = turn % 2 == 1
        asking = asyncio.create_task(_ask(library, part[0].title, waits)) if asked else None
        started = time.perf_counter()
        for start in range(0, len(part), BATCH):
            await ingest.take(library.db, "made", ParsedSource(papers=tuple(part[start : start + BATCH])))
        ours += 0 if asked else time.perf_counter() - started
        if asking:
            asking.cancel()
            await asyncio.wait([asking])
        if table is not None:
            written = [{**r.model_dump(mode="json", exclude={"source"}), "id": r.identifiers[0].value} for r in part]
            started = time.perf_counter()
            for start in range(0, len(written), BATCH):
                table.insert_all(written[start : start + BATCH], pk="id", replace=True)
            theirs += time.perf_counter() - started
    await library.close()
    started = time.perf_counter()
    if table is not None:
        table.enable_fts(["title", "abstract"])
    # Lectern was timed in every second turn, from the first one on.
    timed = (rows // TURN + 1) // 2 * TURN
    return ours * rows / timed, theirs + time.perf_counter() - started if table is not None else None, waits


async def _ask(library: Library, title: str, waits: list[float]) -> None:
    """Look titles up, with a typing error and half-typed, one after the other, until cancelled."""
    words = title.split()
    for number in count():
        query = " ".join(words[number % 3 : number % 3 + 4])[1:]
        started = time.perf_counter()
        await library.lookup.titles(query, 5)
        waits.append(time.perf_counter() - started)
        await asyncio.sleep(PAUSE_S)


def _table(path: Path) -> Any:
    try:
        from sqlite_utils import Database
    except ImportError:
        return None
    return Database(path).table("papers")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    rows = max(2 * TURN, parser.parse_args().rows // TURN * TURN)
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs, waits = asyncio.run(measured(Path(folder), rows))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    p50, p99 = np.percentile(waits, (50, 99)) * 1000
    print(f"{rows:,} papers: {ours:.1f} s, {rows / ours:,.0f} a second; both together at most {peak:.0f} MB")
    if theirs:
        print(f"sqlite-utils: {theirs:.1f} s, {rows / theirs:,.0f} a second; Lectern {theirs / ours:.2f} of it")
    print(f"{len(waits):,} look-ups beside it: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    figures = {
        "rows_per_s": round(rows / ours),
        "sqlite_utils_rows_per_s": theirs and round(rows / theirs),
        "ratio": theirs and round(theirs / ours, 2),
        "peak_mb": round(peak),
        "lookup_p99_ms": round(p99, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
