"""Papers into the store from files: `lectern import`, the watched folder, a first start."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from seeds.bundled_documents import bundled_documents
from seeds.formats import reader
from store import ingest
from store.catalog import intake_reports
from store.guilds import subscriptions
from store.library import Library
from store.models import IntakeReport, ParsedSource

POSTED_UNASKED = 20
"""Papers of one file that are posted to subscribers without asking. A reading list is, a library is not; by choice."""
STANDARD_INPUT = Path("-")


async def import_bundled_documents(library: Library) -> list[IntakeReport]:
    """Import the bundled seed documents into a store that has had no papers yet."""
    if await intake_reports.latest(library.db, 1):
        return []
    now = datetime.now(UTC)
    return [await ingest.take(library.db, name, reader.read(name, body, now)) for name, body in bundled_documents()]


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and those in folders that are named, by name."""
    for path in paths:
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


ReadPath = Callable[[Path, datetime], AsyncGenerator[ParsedSource, None]]
"""Reads a file in parts; `retrieved` is the time of its last change."""


async def read_here(path: Path, retrieved: datetime) -> AsyncGenerator[ParsedSource, None]:
    """Read a file, or `STANDARD_INPUT`, in this process, in which nobody waits for anything else.

    Raises `OSError` and `reader.UnreadableFileError`.
    """
    if path == STANDARD_INPUT:
        parts = reader.read_stream(_name(path), sys.stdin.buffer, retrieved)
    else:
        parts = reader.read_file(path, retrieved)
    for part in parts:
        yield part


async def import_file(
    library: Library,
    path: Path,
    progress: ingest.ImportProgress,
    notify: bool | None,
    ask: Callable[[int], bool],
    read: ReadPath = read_here,
) -> IntakeReport:
    """Import one file as of its last change, or `STANDARD_INPUT` as of now.

    `notify` is whether its papers are posted to subscribers. Where that is None, there are subscriptions, and the
    papers are more than `POSTED_UNASKED`, `ask` decides: it is given their number, or that of the file's first part of
    1,000. Raises `OSError` and what `read` raises.
    """
    retrieved = datetime.now(UTC) if path == STANDARD_INPUT else _last_change(path)
    async with aclosing(read(path, retrieved)) as parts:
        first = await anext(parts, ParsedSource())
        count = len(first.papers) + sum(len(page.papers) for page in first.pages)
        if notify is None:
            notify = count <= POSTED_UNASKED or not await subscriptions.count(library.db) or ask(count)
        return await ingest.take_all(library.db, _name(path), _chained(first, parts), progress, notify=notify)


async def _chained(first: ParsedSource, rest: AsyncIterator[ParsedSource]) -> AsyncIterator[ParsedSource]:
    yield first
    async for part in rest:
        yield part


def _name(path: Path) -> str:
    return "standard input" if path == STANDARD_INPUT else path.name


def _last_change(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
