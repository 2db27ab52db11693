"""What a command does with a query: `python -m tests.bench.resolve --papers FILE --queries FILE [--sample N]`.

It opens one paper or author page, asks which of several is meant, or says that nothing fits. One paper in five, chosen
by a hash of its id, is kept out of the store, so that for its queries only the last is right. Queries are those of
`tests.bench.lookup`, with some by author, title words and year; `--sample` is how many of each class (0: all).

The figures are shares of all queries and add up to 1: opened the right or a wrong one; asked with or without the
right one among the choices; said that nothing fits, rightly if the right one is not in the store. A choice under the
heading that nothing fits counts as saying so.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, get_args

from store.library import Library
from store.lookup.resolve import Closest, Nothing, Resolution, Sure
from store.models import Hit
from store.storage.database import Database
from store.text.normalize import fold
from tests.bench._author_title_queries import author_title_queries
from tests.bench._store import Row, corpus, fill, handle
from tests.bench._synthetic_corpus import Query
from tests.bench.lookup import read_queries, sampled

Outcome = Literal["opened_right", "opened_wrong", "asked_with_it", "asked_without", "nothing_right", "nothing_wrong"]
OUTCOMES: Sequence[Outcome] = get_args(Outcome)

_HELD_OUT = 5
"""One paper in so many is kept out."""


def is_held_out(row: Row) -> bool:
    return blake2b(str(row.id).encode(), digest_size=2).digest()[0] % _HELD_OUT == 0


def outcome(query: Query, resolution: Resolution, present: bool) -> Outcome:
    """What became of a query; `present` if its answer is in the store."""

    def is_right(hit: Hit) -> bool:
        by_id = query.kind != "author" and query.id is not None and hit.handle == handle("p", query.id)
        return by_id or fold(hit.text) == query.answer

    match resolution:
        case Sure(hit=hit):
            return "opened_right" if is_right(hit) else "opened_wrong"
        case Nothing() | Closest(probable=False):
            return "nothing_wrong" if present else "nothing_right"
        case _:
            return "asked_with_it" if any(map(is_right, resolution.hits)) else "asked_without"


async def measure(papers: Path, queries: Path, sample: int) -> dict[str, Counter[Outcome]]:
    """Outcomes by class."""
    rows = list(corpus(papers))
    kept = [row for row in rows if not is_held_out(row)]
    answers = {"author": {fold(name) for row in kept for name in row.authors}, "title": {fold(r.title) for r in kept}}
    asked = sampled([*read_queries(queries), *author_title_queries(rows)], sample)
    counts: dict[str, Counter[Outcome]] = defaultdict(Counter)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lectern.db"
        db = await Database.open(path)
        await fill(db, kept)
        await db.close()
        library = await Library.open(path)
        for query in asked:
            author = query.kind == "author"
            resolution = await (library.view().resolve_author if author else library.view().resolve_paper)(query.text)
            present = query.answer in answers["author" if author else "title"]
            counts[query.group][outcome(query, resolution, present)] += 1
        await library.close()
    return dict(counts)


def table(counts: dict[str, Counter[Outcome]]) -> None:
    print(f"{'class':18}{'n':>5}" + "".join(f"{name:>15}" for name in OUTCOMES))
    for group, of_class in sorted(counts.items()):
        total = of_class.total()
        print(f"{group:18}{total:5}" + "".join(f"{of_class[name] / total:15.3f}" for name in OUTCOMES))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=0)
    arguments = parser.parse_args()
    counts = asyncio.run(measure(arguments.papers, arguments.queries, arguments.sample))
    table(counts)
    whole = sum(counts.values(), Counter[Outcome]())
    print(json.dumps({name: round(whole[name] / whole.total(), 4) for name in OUTCOMES}))


if __name__ == "__main__":
    main()
