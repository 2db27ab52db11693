"""How long an author's page takes: `python -m tests.bench.author_pages --papers FILE [--made N]`.

The card is made as for `/author`, from the store to the message, for authors of 1 to 1,000 papers with abstracts. `--made`
puts so many more papers beside theirs, titles made of the words of FILE (the format of `tests.bench.lookup`).
Each page is asked for twice: the second time its picture is drawn already. `drawn` is the time of the first, figures
without that word are of the second. `loop_block_ms` is the longest that the event loop was kept busy by one callback, in
CPU time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from commands import author_pages
from commands.addresses import AuthorPage
from commands.context import Interaction
from store import ingest
from store.library import Library
from store.models import Authorship, Handle, PaperRecord, ParsedSource, Source
from store.storage.database import Database
from tests.bench import _synthetic_corpus
from tests.bench._store import corpus, fill
from tests.support.event_loop import watched

SIZES = {1: 40, 5: 40, 20: 40, 150: 20, 300: 10, 1000: 5}
"""Papers of an author, and how many such authors there are."""
COAUTHORS = 40
ROUNDS = 3
SHORTEST_TOLD_S = 0.001


def papers_of(name: str, number: int, draw: random.Random, titles: list[str]) -> Iterator[PaperRecord]:
    """An author's papers: real titles, abstracts of some 150 words from others, two of forty co-authors on each."""
    source = Source(kind="dump", name="made", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
    for place in range(number):
        others = [f"{name} Colleague{draw.randrange(COAUTHORS)}" for _ in range(2)]
        yield PaperRecord(
            source=source,
            title=f"{draw.choice(titles)} {name} {place}",
            abstract=". ".join(draw.choices(titles, k=18)),
            authors=tuple(
                Authorship(name=one, position=place) for place, one in enumerate(dict.fromkeys([name, *others]), 1)
            ),
            published=f"{2000 + place * 26 // number}-{1 + draw.randrange(12):02}",
            category=draw.choice(("cs.CL", "cs.AI", "cs.LG")),
            citations=draw.randrange(500),
        )


async def prepared(path: Path, papers: Path, made: int) -> list[tuple[int, str]]:
    """Make the store; returns the authors with their numbers of papers."""
    if made:
        db = await Database.open(path)
        await fill(db, _synthetic_corpus.titles(made, papers))
        await db.close()
    draw = random.Random(1)
    titles = [row.title for row, _ in zip(corpus(papers), range(20_000), strict=False)]
    authors = [(size, f"Author{size} Number{n}") for size, count in SIZES.items() for n in range(count)]
    library = await Library.open(path)
    for size, name in authors:
        records = tuple(papers_of(name, size, draw, titles))
        await ingest.take(library.db, "made", ParsedSource(papers=records), notify=False)
    await library.close()
    return authors


Times = dict[int, list[float]]
"""Seconds of pages, by the author's number of papers."""


async def measured(path: Path, authors: list[tuple[int, str]]) -> tuple[Times, Times, float]:
    """Times of pages without and with drawing their pictures, and the longest block of the event loop in ms."""
    library = await Library.open(path)
    interaction = cast(
        Interaction,
        SimpleNamespace(
            guild_id=1,
            channel_id=2,
            user=SimpleNamespace(id=3),
            client=SimpleNamespace(library=library, drawing=asyncio.Lock()),
        ),
    )
    handles: list[tuple[int, Handle]] = []
    for size, name in authors:
        (found, *_) = await library.view(1).find_authors(name, 1)
        handles.append((size, found.handle))
    taken: Times = defaultdict(list)
    drawn: Times = defaultdict(list)
    blocks: list[str] = []
    with watched(blocks.append, SHORTEST_TOLD_S):
        for _ in range(ROUNDS):
            for size, handle in handles:
                for times in (drawn, taken):
                    started = time.perf_counter()
                    await asyncio.create_task(author_pages.profile(interaction, AuthorPage(handle)))
                    times[size].append(time.perf_counter() - started)
    await library.close()
    longest: list[Any] = [int(re.findall(r"for (\d+) ms", block)[0]) for block in blocks]
    return taken, drawn, max(longest, default=0)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--store", type=Path, help="keep the store there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.store or Path(folder) / "lectern.db"
        authors = asyncio.run(prepared(path, arguments.papers, arguments.made))
        taken, drawn, block = asyncio.run(measured(path, authors))
    print(f"{'papers':>8}{'p50 ms':>9}{'p99 ms':>9}{'drawn p50':>11}")
    for size, seconds in taken.items():
        p50, p99 = np.percentile(seconds, (50, 99)) * 1000
        print(f"{size:8,}{p50:9.1f}{p99:9.1f}{1000 * np.median(drawn[size]):11.1f}")
    p50, p99 = np.percentile([one for seconds in taken.values() for one in seconds], (50, 99)) * 1000
    print(json.dumps({"p50_ms": round(p50, 1), "p99_ms": round(p99, 1), "loop_block_ms": block}))


if __name__ == "__main__":
    main()
