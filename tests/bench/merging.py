"""Which records are one paper, beside people's judgement: `python -m tests.bench.merging --records FILE --expected FILE`.

Both are BibTeX as CoLRev has it: `colrev_origin` says which records an entry is made of. Precision and recall are over
pairs of records. The peers unite by equal titles, and by titles that rapidfuzz finds alike in the same year.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from rapidfuzz import fuzz

from seeds.formats import reader
from store import ingest
from store.catalog import papers
from store.library import Library
from store.models import PaperRecord, ParsedSource
from store.text.normalize import fold

ALIKE = 90
Pairs = set[tuple[str, str]]


def entries(path: Path) -> Iterator[tuple[list[str], str]]:
    """The origins of each entry of a file, and its text."""
    for entry in re.split(r"^(?=@)", path.read_text("utf-8"), flags=re.MULTILINE):
        if origin := re.search(r"colrev_origin\s*=\s*\{([^}]*)\}", entry):
            yield [part.strip() for part in origin[1].split(";") if part.strip()], entry


def records(path: Path) -> Iterator[PaperRecord]:
    """What Lectern reads of each entry, with its first origin as its source."""
    for origins, entry in entries(path):
        reading = reader.read("records.bib", entry.encode(), datetime(2026, 1, 1, tzinfo=UTC))
        for record in reading.papers[:1]:
            yield record.model_copy(update={"source": record.source.model_copy(update={"name": origins[0]})})


def pairs(groups: Iterable[Iterable[str]]) -> Pairs:
    """Every two of a group, in order."""
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def expected(path: Path, known: Sequence[str]) -> Pairs:
    """The pairs of known records of which an entry is made."""
    return pairs([origin for origin in origins if origin in known] for origins, _ in entries(path))


async def lectern(found: Sequence[PaperRecord]) -> Pairs:
    """The pairs that the store makes one paper of, each record coming in by itself."""
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder) / "lectern.db")
        for record in found:
            await ingest.take(library.db, record.source.name, ParsedSource(papers=(record,)))
        merged = [paper async for page in papers.in_pages(library.db) for paper in page]
        await library.close()
    return pairs([source.name for source in paper.sources] for paper in merged)


def by_title(found: Sequence[PaperRecord]) -> Pairs:
    """The pairs of equal titles."""
    groups = defaultdict(list)
    for record in found:
        groups[fold(record.title)].append(record.source.name)
    return pairs(groups.values())


def by_rapidfuzz(found: Sequence[PaperRecord]) -> Pairs:
    """The pairs of one year whose titles are alike."""
    return {
        (min(one.source.name, other.source.name), max(one.source.name, other.source.name))
        for one, other in combinations(found, 2)
        if (one.published or "")[:4] == (other.published or "")[:4]
        and fuzz.ratio(fold(one.title), fold(other.title)) >= ALIKE
    }


def measured(said: Pairs, right: Pairs) -> dict[str, float | None]:
    """Precision and recall; None where there is nothing to divide by."""
    both = len(said & right)
    return {
        "precision": round(both / len(said), 3) if said else None,
        "recall": round(both / len(right), 3) if right else None,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, required=True)
    parser.add_argument("--expected", type=Path, required=True)
    arguments = parser.parse_args()
    found = list(records(arguments.records))
    right = expected(arguments.expected, [record.source.name for record in found])
    peers: dict[str, Callable[[Sequence[PaperRecord]], Pairs]] = {"title": by_title, "rapidfuzz": by_rapidfuzz}
    figures = {"lectern": measured(asyncio.run(lectern(found)), right)}
    figures |= {name: measured(peer(found), right) for name, peer in peers.items()}
    print(f"{len(found):,} records, {len(right):,} pairs of one paper\n{'':12}{'precision':>10}{'recall':>10}")
    for name, of_one in figures.items():
        print(f"{name:12}" + "".join(f"{'none' if value is None else value:>10}" for value in of_one.values()))
    ours = figures.pop("lectern")
    print(json.dumps({**ours, "peers": figures}))


if __name__ == "__main__":
    main()
