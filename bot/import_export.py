"""Papers in and out of the store, in files: what `lectern import`, `export` and a first start do."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from seeds.bundled_documents import bundled_documents
from seeds.formats import reader
from store import ingest
from store.catalog import papers
from store.catalog.citation_styles import CitationStyle, cite
from store.guilds import subscriptions
from store.library import Library
from store.models import IntakeReport, ParsedSource

FEW = 20
"""Papers that subscribers get from a file without being asked about."""
STANDARD_INPUT = Path("-")
FORMATS: dict[str, CitationStyle | None] = {"jsonl": None, "bibtex": "bibtex", "ris": "ris"}
"""Formats of an export, with the citation style that makes them; JSON Lines holds every field and source."""


async def furnish(library: Library) -> list[IntakeReport]:
    """Read the bundled seed documents into a store that has had no papers yet."""
    if await ingest.latest(library.db, 1):
        return []
    now = datetime.now(UTC)
    return [await ingest.take(library.db, name, reader.read(name, body, now)) for name, body in bundled_documents()]


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and those in folders that are named, by name."""
    for path in paths:
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


async def read_in(
    library: Library, path: Path, progress: ingest.ImportProgress, notify: bool | None, ask: Callable[[int], bool]
) -> IntakeReport:
    """Read one file as of its last change, or `STANDARD_INPUT` as of now, into the store.

    Its papers are posted to subscribers if `notify`; where that is None and they are more than `FEW` and somebody has
    subscribed, `ask` is told their number, or that of the first thousand. Raises `OSError` and
    `reader.UnreadableFileError`.
    """
    if path == STANDARD_INPUT:
        name = "standard input"
        readings = reader.read_stream(name, sys.stdin.buffer, datetime.now(UTC))
    else:
        name, readings = path.name, reader.read_file(path, _changed(path))
    first = next(readings, ParsedSource())
    papers = len(first.papers) + sum(len(page.papers) for page in first.pages)
    if notify is None:
        notify = papers <= FEW or not await subscriptions.count(library.db) or ask(papers)
    return await ingest.take_all(library.db, name, chain([first], readings), progress, notify=notify)


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


async def lines(library: Library, style: str) -> AsyncIterator[str]:
    """Every paper in one of `FORMATS`, one text each."""
    citation_style = FORMATS[style]
    async for page in papers.in_pages(library.db):
        for paper in page:
            yield cite(paper, citation_style) + "\n" if citation_style else paper.model_dump_json()
