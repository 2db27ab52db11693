"""The one way in: the records of a source are resolved, merged, linked and indexed, a batch in one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import aiosqlite

from store import own_intake
from store.catalog import author_ids, authorships, entity_resolution, namesakes, novelty_percentile
from store.catalog.entity_resolution import PaperChange
from store.catalog.removed_papers import RemovedPaper, without_removed
from store.catalog.seen_records import SeenRecords
from store.catalog.withdrawals import withdrawn_records
from store.embeddings import vectors
from store.guilds import announcements, merged_matches, percolator, watch_news
from store.guilds.own_papers import Owner
from store.lookup.index.writer import update_names, update_titles
from store.models import AuthorPage, IntakeReport, PaperRecord, ParsedSource, Problem
from store.search import full_text
from store.storage.database import Database
from store.text.person_names import name_key

BATCH = 160
"""Papers in one transaction. In `tests.bench.importing`, 160 come in a tenth faster than 80, and look-ups beside them
take as long, 20 ms at p99; with 240 these take over 50 ms. An author page is never divided."""

MOST_PROBLEMS = 1000
"""Problems that a report holds."""

Follow = Callable[[Sequence[PaperChange]], Awaitable[None]]
"""Called with what a batch did to papers, in its transaction, for guilds to be told."""

ImportProgress = Callable[[int], None]
"""Called with the number of papers that have been taken in."""


async def take(
    db: Database,
    source: str,
    parsed: ParsedSource,
    *,
    notify: bool = True,
    now: datetime | None = None,
    asked_by: Owner | None = None,
) -> IntakeReport:
    """Take one parsed source in, as `take_all` does."""
    return await take_all(db, source, [parsed], notify=notify, now=now, asked_by=asked_by)


async def take_all(
    db: Database,
    source: str,
    parts: Iterable[ParsedSource] | AsyncIterable[ParsedSource],
    progress: ImportProgress = lambda done: None,
    *,
    notify: bool = True,
    now: datetime | None = None,
    asked_by: Owner | None = None,
) -> IntakeReport:
    """Take in what was parsed of one source, in parts. Each batch and each author page is stored whole or not at all.

    `source` is the name that people are shown. Without `notify`, papers that match subscriptions are recorded in the
    outbox but not posted. `now` is the present unless it is given. What a service gave because a guild asked for it is
    announced to that guild alone, `asked_by`.
    """
    now = now or datetime.now(UTC)
    statuses: Counter[str] = Counter()
    total = 0
    problems: list[Problem] = []
    figures_changed = False
    seen = SeenRecords()
    async for part in _each(parts):
        for page in part.pages:
            async with db.write() as connection:
                follow = partial(announce, connection, now=now, notify=notify, asked_by=asked_by)
                kept, removed = await without_removed(connection, page.papers)
                page = page.model_copy(update={"papers": tuple(kept)})
                changes, new_figures = await _store_page(connection, page, now, follow)
            statuses.update(change.status for change in changes)
            figures_changed |= new_figures
            total += len(kept)
            problems += [_is_removed(one) for one in removed[: MOST_PROBLEMS - len(problems)]]
            progress(total)
        for start in range(0, len(part.papers), BATCH):
            records = part.papers[start : start + BATCH]
            async with db.write() as connection:
                follow = partial(announce, connection, now=now, notify=notify, asked_by=asked_by)
                kept, removed = await without_removed(connection, records)
                changes = await store_papers(connection, kept, {}, seen, now, follow)
            statuses.update(change.status for change in changes)
            total += len(kept)
            problems += [_is_removed(one) for one in removed[: MOST_PROBLEMS - len(problems)]]
            progress(total)
        if part.withdrawals:
            async with db.write() as connection:
                withdrawn = await withdrawn_records(connection, part.withdrawals)
                follow = partial(_withdraw, connection, now=now)
                changes = await store_papers(connection, withdrawn, {}, SeenRecords(), now, follow)
            statuses.update(change.status for change in changes)
            total += len(withdrawn)
        problems += part.problems[: MOST_PROBLEMS - len(problems)]
        await namesakes.divide_waiting(db)
    report = IntakeReport(
        source=source,
        finished=now,
        new=statuses["new"],
        changed=statuses["changed"],
        unchanged=total - statuses["new"] - statuses["changed"],
        problems=tuple(problems),
    )
    if asked_by is None and (figures_changed or report.new or report.changed):
        await _store_report(db, report)
    return report


async def announce(
    connection: aiosqlite.Connection,
    changes: Sequence[PaperChange],
    *,
    now: datetime,
    notify: bool,
    asked_by: Owner | None,
) -> None:
    """Tell guilds of what was stored, their own papers first; the subscriptions of all, or of the guild that asked.

    Who watches a paper is told in any case: it is no new paper, but what became of an old one.
    """
    await own_intake.follow(connection, changes, now, notify=notify)
    updates = percolator.updates_of(changes)
    if asked_by is None:
        updates = await announcements.announced(connection, updates)
    else:
        await announcements.withhold(connection, updates)
    await percolator.match(connection, updates, now, notify=notify, owner=asked_by)
    await watch_news.tell(connection, changes, now)


async def _withdraw(connection: aiosqlite.Connection, changes: Sequence[PaperChange], *, now: datetime) -> None:
    await own_intake.follow(connection, changes, now, notify=False)
    await watch_news.tell(connection, changes, now)


def _is_removed(removed: RemovedPaper) -> Problem:
    return Problem(
        line=None,
        message=f"“{removed.paper.title[:100]}” is left out: whoever runs Lectern removed it (`lectern removed`)",
    )


async def _each(parts: Iterable[ParsedSource] | AsyncIterable[ParsedSource]) -> AsyncIterator[ParsedSource]:
    if isinstance(parts, AsyncIterable):
        async for part in parts:
            yield part
    else:
        for part in parts:
            yield part


async def _store_page(
    connection: aiosqlite.Connection, page: AuthorPage, now: datetime, follow: Follow
) -> tuple[list[PaperChange], bool]:
    """Store an author page with its papers: what that changed, and whether the page's figures are new."""
    stored_before = await entity_resolution.identify(connection, page.papers)
    author_id, author_changes, new_figures = await authorships.store_page(connection, page, stored_before)
    await update_names(connection, author_changes)
    known_people = {name_key(page.name): author_id}
    return await store_papers(connection, page.papers, known_people, SeenRecords(), now, follow), new_figures


async def store_papers(
    connection: aiosqlite.Connection,
    records: Sequence[PaperRecord],
    known_people: Mapping[str, int],
    seen: SeenRecords,
    now: datetime,
    follow: Follow,
) -> list[PaperChange]:
    """Store records in the catalogue; its indexes and the outbox follow. `known_people` is for `authorships.update`."""
    changes: list[PaperChange] = []
    done = 0
    while done < len(records):
        changed, resolved = await entity_resolution.resolve(connection, records[done:], seen)
        done += resolved
        await index(connection, changed, known_people)
        merged = [(paper.handle, c.after.handle) for c in changed for _, paper in c.merged]
        await merged_matches.merge_papers(connection, merged, now)
        await follow(changed)
        changes += changed
    await author_ids.divide_identified(connection, records)
    return changes


async def index(
    connection: aiosqlite.Connection, changed: Sequence[PaperChange], known_people: Mapping[str, int]
) -> None:
    """Authors and indexes follow changed papers; `known_people` is for `authorships.update`."""
    await update_names(connection, await authorships.update(connection, changed, known_people))
    await update_titles(
        connection,
        [(c.paper_id, c.before.title if c.before else None, c.after.title) for c in changed if c.status != "unchanged"]
        + [(paper_id, paper.title, None) for c in changed for paper_id, paper in c.merged],
    )
    await full_text.index(connection, changed)
    await vectors.follow(connection, changed)
    await novelty_percentile.follow(connection, changed)


async def _store_report(db: Database, report: IntakeReport) -> None:
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
    """The reports of the last imports that changed the store, newest first."""
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
