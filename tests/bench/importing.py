"""The whole way in, beside sqlite-utils: `python -m tests.bench.importing [--rows N]`.

Lectern recognises, merges, links, indexes and matches each paper; sqlite-utils (extra `bench`) writes the same fields
into one table with a full-text index over title and abstract.
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
from itertools import accumulate
from pathlib import Path

from store import ingest
from store.library import Library
from store.models import Authorship, Identifier, PaperRecord, ParsedSource, Source

WORDS = 40_000
BATCH = 1000


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


async def lectern(path: Path, rows: int) -> float:
    """Seconds of storing, without those of making the records."""
    library = await Library.open(path)
    spent = 0.0
    batch: list[PaperRecord] = []
    for record in made(rows):
        batch.append(record)
        if len(batch) == BATCH:
            started = time.perf_counter()
            await ingest.take(library.db, "made", ParsedSource(papers=tuple(batch)))
            spent += time.perf_counter() - started
            batch.clear()
    await library.close()
    return spent


def sqlite_utils(path: Path, rows: int) -> float | None:
    """The same by sqlite-utils; None where it is not installed."""
    try:
        from sqlite_utils import Database
    except ImportError:
        return None
    table = Database(path).table("papers")
    spent = 0.0
    batch: list[dict[str, object]] = []
    for record in made(rows):
        batch.append({**record.model_dump(mode="json", exclude={"source"}), "id": record.identifiers[0].value})
        if len(batch) == BATCH:
            started = time.perf_counter()
            table.insert_all(batch, pk="id", replace=True)
            spent += time.perf_counter() - started
            batch.clear()
    started = time.perf_counter()
    table.enable_fts(["title", "abstract"])
    return spent + time.perf_counter() - started


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    rows = max(BATCH, parser.parse_args().rows // BATCH * BATCH)
    with tempfile.TemporaryDirectory() as folder:
        ours = asyncio.run(lectern(Path(folder) / "lectern.db", rows))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        theirs = sqlite_utils(Path(folder) / "peer.db", rows)
    print(f"{rows:,} papers: {ours:.1f} s, {rows / ours:,.0f} a second; at most {peak:.0f} MB")
    if theirs:
        print(f"sqlite-utils: {theirs:.1f} s, {rows / theirs:,.0f} a second")
    figures = {"rows_per_s": round(rows / ours), "sqlite_utils_rows_per_s": theirs and round(rows / theirs)}
    print(json.dumps({**figures, "peak_mb": round(peak)}))


if __name__ == "__main__":
    main()
