"""Which records are one paper, beside people's judgement.

`python -m tests.bench.merging --records FILE --expected FILE` reads BibTeX as CoLRev has it: `colrev_origin` says which
records an entry is made of, and every two records are judged. `--pairs FILE` reads JSON lines of `left`, `right` and
`same`, as DeepMatcher and Ditto have them: all records are taken into one store, and the pairs given are judged.
`--made FILE` makes a preprint, a publication and works that look alike of `--number` papers of FILE, which has the format
of `tests.bench.lookup`.
Precision and recall are over pairs. The peers unite by equal titles, and by titles of one year that rapidfuzz finds alike.
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
from html import unescape
from itertools import combinations
from pathlib import Path

from rapidfuzz import fuzz

from seeds.formats import reader
from store import ingest
from store.catalog import papers
from store.library import Library
from store.models import Authorship, PaperRecord, ParsedSource, Source
from store.text.normalize import fold
from tests.bench._versions import versions

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


def labelled(path: Path) -> tuple[list[PaperRecord], Pairs, Pairs]:
    """The records of a file of pairs, each once and with a number as its source; the pairs judged; those of one paper."""
    names: dict[str, str] = {}
    judged: Pairs = set()
    same: Pairs = set()
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        left, right = (names.setdefault(json.dumps(row[side]), f"{len(names):06}") for side in ("left", "right"))
        pair = (min(left, right), max(left, right))
        judged.add(pair)
        if row["same"]:
            same.add(pair)
    found = []
    for text, name in names.items():
        fields = json.loads(text)
        source = Source(kind="dump", name=name, retrieved=datetime(2026, 1, 1, tzinfo=UTC))
        authors = tuple(Authorship(name=_name(author), position=n) for n, author in enumerate(fields["authors"], 1))
        record = PaperRecord(
            source=source, title=unescape(fields["title"]), authors=authors, venue=fields["venue"] or None
        )
        found.append(record.model_copy(update={"published": fields["year"] and str(fields["year"])}))
    return found, judged, same


def _name(tokens: str) -> str:
    """A name whose letters with accents the set has as entities, each a token of its own: `n &#248; rv &#229; g`."""
    return unescape(re.sub(r" ?(&#\d+;) ?", r"\1", tokens))


def made(path: Path, number: int) -> tuple[list[PaperRecord], Pairs, Pairs]:
    """The made records, every pair of them within one paper's, and those of one work."""
    found, works = zip(*versions(path, number), strict=True)
    by_work: dict[str, list[str]] = defaultdict(list)
    by_paper: dict[str, list[str]] = defaultdict(list)
    for record, work in zip(found, works, strict=True):
        by_work[work].append(record.source.name)
        by_paper[record.source.name[:-1]].append(record.source.name)
    return list(found), pairs(by_paper.values()), pairs(by_work.values())


def pairs(groups: Iterable[Iterable[str]]) -> Pairs:
    """Every two of a group, in order."""
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def expected(path: Path, known: Sequence[str]) -> Pairs:
    """The pairs of known records of which an entry is made."""
    return pairs([origin for origin in origins if origin in known] for origins, _ in entries(path))


async def lectern(found: Sequence[PaperRecord]) -> Pairs:
    """The pairs that the store makes one paper of."""
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder) / "lectern.db")
        await ingest.take(library.db, "records", ParsedSource(papers=tuple(found)))
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
    years = defaultdict(list)
    for record in found:
        years[(record.published or "")[:4]].append((record.source.name, fold(record.title)))
    return {
        (min(one, other), max(one, other))
        for titles in years.values()
        for (one, title), (other, other_title) in combinations(titles, 2)
        if fuzz.ratio(title, other_title) >= ALIKE
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
    parser.add_argument("--records", type=Path)
    parser.add_argument("--expected", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--made", type=Path)
    parser.add_argument("--number", type=int, default=2000)
    arguments = parser.parse_args()
    if arguments.pairs:
        found, judged, right = labelled(arguments.pairs)
    elif arguments.made:
        found, judged, right = made(arguments.made, arguments.number)
    elif arguments.records and arguments.expected:
        found = list(records(arguments.records))
        judged = pairs([[record.source.name for record in found]])
        right = expected(arguments.expected, [record.source.name for record in found])
    else:
        parser.error("give --records and --expected, --pairs, or --made")
    peers: dict[str, Callable[[Sequence[PaperRecord]], Pairs]] = {"title": by_title, "rapidfuzz": by_rapidfuzz}
    figures = {"lectern": measured(asyncio.run(lectern(found)) & judged, right)}
    figures |= {name: measured(peer(found) & judged, right) for name, peer in peers.items()}
    print(f"{len(found):,} records, {len(right):,} pairs of one paper\n{'':12}{'precision':>10}{'recall':>10}")
    for name, of_one in figures.items():
        print(f"{name:12}" + "".join(f"{'none' if value is None else value:>10}" for value in of_one.values()))
    ours = figures.pop("lectern")
    print(json.dumps({**ours, "peers": figures}))


if __name__ == "__main__":
    main()
