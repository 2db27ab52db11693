"""How long questions take in a large store: `python -m tests.bench.searching --papers FILE [--made 3000000]`.

Papers are made as for `tests.bench.novelty`, with abstracts of some 80 words; FILE gives the titles that they are made
of. Asked are searches of one to four words of a title, in all three orders; papers related to one; descriptions as long
as an abstract; claims of some ten words. Times are CPU time of the whole process for one question at a time;
`loop_block_ms` is the longest that one callback kept the event loop busy. With `--with-vectors` all is asked again with
vectors drawn at random, without the time of a model. `--store` keeps the store at a path, or uses the one that is there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from store import answering, ranked_search
from store.embeddings import vectors
from store.embeddings.embedder import Vectors
from store.embeddings.semantic_index import SemanticIndex
from store.library import Library
from store.models import Paper
from store.related_papers import related_papers
from store.search.parser import parse
from store.storage.database import Database
from store.text.handles import handle
from store.text.normalize import fold
from tests.bench.novelty import fill, made
from tests.support.event_loop import watched

ASKED = 200
DIMENSIONS = 384
SHORTEST_TOLD_S = 0.002


class RandomVectors:
    """An embedder that takes no time, so that what is measured is the search."""

    name = "random"

    async def embed(self, texts: Sequence[str]) -> Vectors | None:
        """Vectors that say nothing."""
        rows = np.random.default_rng(len(texts)).standard_normal((len(texts), DIMENSIONS)).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


async def timed(ask: Callable[[], Awaitable[object]]) -> float:
    """CPU time in milliseconds."""
    started = time.process_time()
    await ask()
    return 1000 * (time.process_time() - started)


async def measured(library: Library, papers: Sequence[Paper]) -> dict[str, object]:
    """The times of all kinds of questions about these papers."""
    view = library.view()
    draw = random.Random(3)
    queries = [
        " ".join(draw.sample(words, min(len(words), 1 + number % 4))) for number, words in enumerate(_words(papers))
    ]
    claims = [" ".join(words[:10]) for words in _words(papers)]
    kinds: dict[str, list[Callable[[], Awaitable[object]]]] = {
        "relevance": [partial(ranked_search.by_relevance, view, parse(query)) for query in queries],
        "date": [partial(view.search, parse(query), 5) for query in queries],
        "citations": [partial(view.search, parse(query), 5, 0, "citations") for query in queries],
        "related": [partial(related_papers, view, paper) for paper in papers],
        "described": [partial(ranked_search.by_description, view, paper.abstract or "") for paper in papers],
        "ask": [partial(answering.ask, view, claim) for claim in claims],
    }
    figures: dict[str, object] = {}
    for kind, questions in kinds.items():
        blocks: list[str] = []
        with watched(blocks.append, SHORTEST_TOLD_S):
            times = [await timed(ask) for ask in questions]
        p50, p99 = (round(float(value), 1) for value in np.percentile(times, (50, 99)))
        block = max((int(re.findall(r"for (\d+) ms", one)[0]) for one in blocks), default=0)
        print(f"{kind:12} p50 {p50:7} ms  p99 {p99:7} ms  event loop kept busy at most {block} ms", flush=True)
        figures[kind] = {"p50_ms": p50, "p99_ms": p99, "loop_block_ms": block}
    return figures


def _words(papers: Sequence[Paper]) -> list[list[str]]:
    return [[word for word in fold(paper.title).split() if len(word) > 2] for paper in papers]


async def embedded(library: Library, number: int) -> SemanticIndex:
    """An index of random vectors of all papers, as the bot has it in memory; the store keeps some of them."""
    semantic = SemanticIndex(RandomVectors())
    async with library.db.write() as connection:
        await vectors.use_model(connection, RandomVectors.name)
    step = 20_000
    draw = np.random.default_rng(5)
    for start in range(1, number + 1, step):
        ids = range(start, min(number + 1, start + step))
        rows = draw.integers(-127, 128, (len(ids), DIMENSIONS), dtype=np.int8)
        async with library.db.write() as connection:
            await connection.executemany(
                "INSERT INTO paper_vectors (paper_id, vector) VALUES (?, ?)"
                " ON CONFLICT (paper_id) DO UPDATE SET vector = excluded.vector",
                [(paper_id, row.tobytes()) for paper_id, row in zip(ids, rows, strict=True)],
            )
    await semantic.load(library.db)
    return semantic


async def figures(path: Path, titles: Path, number: int, *, with_vectors: bool) -> dict[str, object]:
    """Make the store where it is not there, and ask."""
    if not await asyncio.to_thread(path.exists):
        db = await Database.open(path)
        await fill(db, made(number, titles))
        await db.close()
    library = await Library.open(path)
    try:
        asked = [one.model_copy(update={"handle": handle("asked")}) for one in islice(made(ASKED, titles), ASKED)]
        without = await measured(library, asked)
        found: dict[str, object] = {"without_model": without}
        if with_vectors:
            semantic = await embedded(library, number)
            found["with_vectors"] = await measured(replace(library, semantic=semantic), asked)
    finally:
        await library.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    disk = round((await asyncio.to_thread(path.stat)).st_size / 1e9, 1)
    print(f"{disk} GB on disk, {memory} MB of memory at most")
    return found | {"rss_mb": memory, "disk_gb": disk}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--made", type=int, default=100_000)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--with-vectors", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.store or Path(folder) / "searching.db"
        work = figures(path, arguments.papers, arguments.made, with_vectors=arguments.with_vectors)
        print(json.dumps(asyncio.run(work)))


if __name__ == "__main__":
    main()
