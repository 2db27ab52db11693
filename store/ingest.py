"""The one way in: whatever a reader made of a source is recognised, merged, linked and indexed in one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import aiosqlite

from store.catalog import authors, papers
from store.catalog.records import Heard
from store.guilds import outbox, percolator
from store.lookup.index.writer import update_names, update_titles
from store.models import AuthorPage, IntakeReport, PaperRecord, ParsedSource, Problem
from store.search import full_text
from store.storage.database import Database
from store.text.person_names import name_key

BATCH = 1000
"""Papers a transaction. An author page is never divided."""

MOST_PROBLEMS = 1000
"""Problems that a report holds."""

ImportProgress = Callable[[int], None]


async def take(
    db: Database, source: str, reading: ParsedSource, *, notify: bool = True, now: datetime | None = None
) -> IntakeReport:
    """Store a reading, as `take_all` does."""
    return await take_all(db, source, [reading], notify=notify, now=now)


async def take_all(
    db: Database,
    source: str,
    readings: Iterable[ParsedSource],
    progress: ImportProgress = lambda done: None,
    *,
    notify: bool = True,
    now: datetime | None = None,
) -> IntakeReport:
    """Store readings of one source. Each batch, and each author page, is stored as a whole or not at all.

    `source` is the name that people are shown; `progress` is told how many papers are in. Without `notify` what
    matches subscriptions is noted in the ledger, but not posted. `now` is the present unless it is given.
    """
    now = now or datetime.now(UTC)
    counts: Counter[str] = Counter()
    total = 0
    problems: list[Problem] = []
    kept = False
    heard = Heard()
    for reading in readings:
        for page in reading.pages:
            async with db.write() as connection:
                kept |= await _take_page(connection, page, counts, now, notify)
            total += len(page.papers)
            progress(total)
        for start in range(0, len(reading.papers), BATCH):
            records = reading.papers[start : start + BATCH]
            async with db.write() as connection:
                counts.update(await _take_papers(connection, records, {}, now, notify, heard))
            total += len(records)
            progress(total)
        problems += reading.problems[: MOST_PROBLEMS - len(problems)]
    report = IntakeReport(
        source=source,
        finished=now,
        new=counts["new"],
        changed=counts["changed"],
        unchanged=total - counts["new"] - counts["changed"],
        problems=tuple(problems),
    )
    if kept or report.new or report.changed:
        await _remember(db, report)
    return report


async def _take_page(
    connection: aiosqlite.Connection, page: AuthorPage, counts: Counter[str], now: datetime, notify: bool
) -> bool:
    known = await papers.recognised(connection, page.papers)
    author_id, new, kept = await authors.keep_page(connection, page, known)
    await update_names(connection, new)
    persons = {name_key(page.name): author_id}
    counts.update(await _take_papers(connection, page.papers, persons, now, notify))
    return kept


async def _take_papers(
    connection: aiosqlite.Connection,
    records: Sequence[PaperRecord],
    persons: Mapping[str, int],
    now: datetime,
    notify: bool,
    heard: Heard | None = None,
) -> list[str]:
    stored = await papers.add(connection, records, heard)
    await update_names(connection, await authors.link(connection, stored, persons))
    await update_titles(
        connection,
        [(s.paper_id, s.before.title if s.before else None, s.after.title) for s in stored if s.status != "unchanged"]
        + [(paper_id, paper.title, None) for s in stored for paper_id, paper in s.absorbed],
    )
    await full_text.index(connection, stored)
    merged = [(gone.handle, s.after.handle) for s in stored for _, gone in s.absorbed]
    await outbox.merge_papers(connection, merged)
    await percolator.match(connection, stored, now, notify=notify)
    return [s.status for s in stored]


async def _remember(db: Database, report: IntakeReport) -> None:
    async with db.write() as connection:
        await connection.execute(
            "INSERT INTO intakes (source, finished, new, changed, unchanged, problems) VALUES (?, ?, ?, ?, ?, ?)",
            [
                report.source,
                report.finished.isoformat(timespec="seconds"),
                report.new,
                report.changed,
                report.unchanged,
                json.dumps([p.model_dump() for p in report.problems]),
            ],
        )


async def latest(db: Database, limit: int = 5) -> list[IntakeReport]:
    """The last intakes that changed the store, newest first."""
    async with (
        db.read() as connection,
        connection.execute("SELECT * FROM intakes ORDER BY id DESC LIMIT ?", [limit]) as rows,
    ):
        return [
            IntakeReport(
                source=row["source"],
                finished=row["finished"],
                new=row["new"],
                changed=row["changed"],
                unchanged=row["unchanged"],
                problems=tuple(Problem.model_validate(p) for p in json.loads(row["problems"])),
            )
            async for row in rows
        ]
