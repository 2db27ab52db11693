"""Made versions of real papers, as sources give them: a preprint and its publication, and papers that only look alike."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from store.models import Authorship, Identifier, PaperRecord, Source
from store.text.normalize import fold
from tests.bench._store import Row, corpus
from tests.bench._synthetic_corpus import typo

VENUES = (("ACL", "Annual Meeting of the Association for Computational Linguistics"), ("EMNLP", "EMNLP 2019"))
CHANGES = ("accents", "typo", "case", "dash", "year", "cut", "initials", "family first")
"""What differs, in the order in which it is done."""
OTHER_WORKS = ("{}: Erratum", "Reply to “{}”", "{}, Part 2", "A Comment on {}")
"""Titles of other works on a paper, by its authors or by others."""


def versions(path: Path, number: int, seed: int = 1) -> Iterator[tuple[PaperRecord, str]]:
    """Records and the work that each is of: two of each of so many papers, and one of another work for every third."""
    draw = random.Random(seed)
    rows = [row for row in corpus(path) if row.authors and row.year and len(row.title.split()) > 3]
    for place, row in enumerate(islice(iter(draw.sample(rows, len(rows))), number)):
        yield (
            _record(row, f"{place:06}a", row.title, row.authors, arxiv=f"{place % 12 + 2001:04}.{place:05}"),
            str(place),
        )
        yield _published(row, f"{place:06}b", draw), str(place)
        if place % 3 == 0:
            title = draw.choice(OTHER_WORKS).format(row.title)
            yield _record(row, f"{place:06}c", title, row.authors), f"{place} other"


def _published(row: Row, name: str, draw: random.Random) -> PaperRecord:
    """The paper as a publisher has it: one to three things differ."""
    title, authors, year = row.title, list(row.authors), row.year or 0
    changes = draw.sample(CHANGES, draw.randint(1, 3))
    for change in sorted(changes, key=CHANGES.index):
        match change:
            case "accents":
                title, authors = title if ":" in title else fold(title).capitalize(), [fold(a).title() for a in authors]
            case "typo":
                title = _mistyped(title, draw)
            case "case":
                title = title.upper()
            case "dash":
                title = title.replace(": ", " - ")
            case "year":
                year += draw.choice((-1, 1))
            case "cut":
                authors = authors[:3]
            case "initials":
                authors = [" ".join([f"{w[0]}." for w in a.split()[:-1]] + a.split()[-1:]) for a in authors]
            case "family first":
                authors = [f"{a.split()[-1]} {' '.join(a.split()[:-1])}".strip() for a in authors]
    cut = len(authors) < len(row.authors)
    doi = f"10.18653/v1/{name}" if draw.random() < 0.7 else ""
    venue = draw.choice(VENUES)[draw.randrange(2)]
    return _record(row, name, title, authors, doi=doi, venue=venue, year=year, complete=not cut)


def _mistyped(title: str, draw: random.Random) -> str:
    """With a typing error, but not in a number: with another number it is another work's."""
    while (found := typo(draw, title)) == title or re.findall(r"\d+", found) != re.findall(r"\d+", title):
        pass
    return found


def _record(
    row: Row,
    name: str,
    title: str,
    authors: Sequence[str],
    *,
    arxiv: str = "",
    doi: str = "",
    venue: str | None = None,
    year: int = 0,
    complete: bool = True,
) -> PaperRecord:
    ids = [Identifier(scheme="arxiv", value=arxiv)] * bool(arxiv) + [Identifier(scheme="doi", value=doi)] * bool(doi)
    return PaperRecord(
        source=Source(kind="dump", name=name, retrieved=datetime(2026, 1, 1, tzinfo=UTC)),
        title=title,
        authors=tuple(Authorship(name=one, position=place) for place, one in enumerate(dict.fromkeys(authors), 1)),
        authors_complete=complete,
        published=str(year or row.year),
        venue=venue,
        identifiers=tuple(ids),
    )
