"""What the tests of readers share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from store.models import PaperRecord, ParsedSource, Source, SourceKind

RECORDINGS = Path(__file__).parents[3] / "shared" / "fixtures"
"""Recordings of services that are kept beside the project; tests that need them are skipped where there are none."""

RETRIEVED = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def source(kind: SourceKind, name: str = "a file") -> Source:
    return Source(kind=kind, name=name, retrieved=RETRIEVED)


def only(reading: ParsedSource) -> PaperRecord:
    """The one paper of a reading without problems."""
    assert reading.problems == ()
    (paper,) = reading.papers
    return paper


def names(paper: PaperRecord) -> list[str]:
    return [author.name for author in paper.authors]


def ids(paper: PaperRecord) -> list[str]:
    return [f"{identifier.scheme}:{identifier.value}" for identifier in paper.identifiers]
