"""Papers that services found by title: each once, and those first whose titles are the most like what was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from store.models import Identifier, PaperRecord
from store.text.normalize import fold
from store.text.person_names import first_author

LEAST_LIKE = 55
"""Per cent of likeness below which a paper is not what was meant: services return the best they have, however bad."""


def likeness(title: str, other: str) -> float:
    """How alike two titles are, in per cent; one that begins like the other, as without its subtitle, is."""
    one, two = fold(title), fold(other)
    if len(one) >= 12 and two.startswith(one):
        return 99.0
    return fuzz.ratio(one, two)


def ranked(title: str, papers: Sequence[PaperRecord]) -> tuple[PaperRecord, ...]:
    """The papers that may be meant, each once: of several records the one with the most to show."""
    groups: list[list[PaperRecord]] = []
    for paper in papers:
        group = next((each for each in groups if any(_same(paper, other) for other in each)), None)
        if group is None:
            groups.append([paper])
        else:
            group.append(paper)
    best = [max(group, key=lambda paper: (bool(paper.abstract), len(paper.authors))) for group in groups]
    alike = [(likeness(title, paper.title), paper) for paper in best]
    alike.sort(key=lambda pair: -pair[0])
    return tuple(paper for score, paper in alike if score >= LEAST_LIKE)


def _same(one: PaperRecord, other: PaperRecord) -> bool:
    """Whether both are surely of one paper. What is not shows as two, which does no harm here."""
    if _own(one) & _own(other):
        return True
    return fold(one.title) == fold(other.title) and first_author(one.authors) == first_author(other.authors)


def _own(paper: PaperRecord) -> set[Identifier]:
    return {identifier for identifier in paper.identifiers if identifier.scheme != "url"}
