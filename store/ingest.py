"""The one way in: the records of a source are resolved, merged, linked and indexed, a batch in one transaction."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from pydantic import AwareDatetime, TypeAdapter

from store import own_intake
from store.catalog import (
    author_ids,
    authorships,
    entity_resolution,
    intake_reports,
    novelty_percentile,
    seen_records,
)
from store.catalog.entity_resolution import PaperChange
from store.catalog.removed_papers import RemovedPaper, without_removed
from store.catalog.seen_records import SeenRecords
from store.catalog.withdrawals import withdrawn_records
from store.dividing import divide_waiting
from store.embeddings import vectors
from store.guilds import announcements, merged_matches, percolator, watch_news
from store.guilds.own_papers import Owner
from store.intake_log.operation import Operation, perform
from store.lookup.index.writer import update_names, update_titles
from store.models import AuthorPage, Frozen, IntakeReport, PaperRecord, ParsedSource, Problem, Withdrawal
from store.search import full_text
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.person_names import name_key

BATCH = 160
"""Papers in one transaction. In `tests.bench.importing`, 160 come in a tenth faster than 80, and look-ups beside them
take as long, 20 ms at p99; with 240 these take over 50 ms. An author page is never divided."""

MOST_PROBLEMS = 1000
"""Problems that a report holds."""

Follow = Callable[[Sequence[PaperChange]], Awaitable[None]]
"""Called with what a batch did to papers, in its transaction, for guilds to be told."""


class Batch(Frozen):
    """What is taken in within one transaction: an author page, records or withdrawals; the rest is as in `take_all`.

    `import_id` is a number that batches of records have in common, where an import may have several.
    """

    import_id: int | None = None
    page: AuthorPage | None = None
    records: tuple[PaperRecord, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    now: AwareDatetime
    notify: bool = True
    asked_by: Owner | None = None


class ImportEnd(Frozen):
    """An import is over: what it has seen of its file can be forgotten."""

    import_id: int
    now: AwareDatetime


class BatchOutcome(Frozen):
    """How many papers became what, of how many records, and the titles of those that are left out."""

    statuses: dict[str, int]
    total: int
    removed: tuple[str, ...] = ()
    new_figures: bool = False


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
    has_one_batch = isinstance(parts, Sequence) and len(parts) == 1 and len(parts[0].papers) <= BATCH
    import_id = None if has_one_batch else secrets.randbits(62)
    told = {"now": now, "notify": notify, "asked_by": asked_by}
    async for part in _each(parts):
        batches = [
            *((TAKE_PAGE, Batch(page=page, **told)) for page in part.pages),
            *((TAKE_RECORDS, Batch(import_id=import_id, records=some, **told)) for some in _in_batches(part.papers)),
            *([(WITHDRAW, Batch(withdrawals=part.withdrawals, **told))] if part.withdrawals else []),
        ]
        for operation, batch in batches:
            outcome = await perform(db, operation, batch)
            statuses.update(outcome.statuses)
            figures_changed |= outcome.new_figures
            total += outcome.total
            problems += [_is_removed(title) for title in outcome.removed[: MOST_PROBLEMS - len(problems)]]
            progress(total)
        problems += part.problems[: MOST_PROBLEMS - len(problems)]
        await divide_waiting(db)
    if import_id is not None:
        await perform(db, END_IMPORT, ImportEnd(import_id=import_id, now=now))
    report = IntakeReport(
        source=source,
        finished=now,
        new=statuses["new"],
        changed=statuses["changed"],
        unchanged=total - statuses["new"] - statuses["changed"],
        problems=tuple(problems),
    )
    if asked_by is None and (figures_changed or report.new or report.changed):
        await perform(db, REPORT, report)
    return report


def _in_batches(records: Sequence[PaperRecord]) -> list[tuple[PaperRecord, ...]]:
    return [tuple(records[start : start + BATCH]) for start in range(0, len(records), BATCH)]


async def _take_page(connection: Connection, batch: Batch) -> BatchOutcome:
    """Store an author page with its papers."""
    assert batch.page is not None
    kept, removed = await without_removed(connection, batch.page.papers)
    stored_before = await entity_resolution.identify(connection, kept)
    page = batch.page.model_copy(update={"papers": tuple(kept)})
    author_id, author_changes, new_figures = await authorships.store_page(connection, page, stored_before)
    await update_names(connection, author_changes)
    known_people = {name_key(page.name): author_id}
    follow = _told(connection, batch)
    changes = await store_papers(connection, kept, known_people, SeenRecords(), batch.now, follow)
    return _outcome(changes, len(kept), removed, new_figures=new_figures)


async def _take_records(connection: Connection, batch: Batch) -> BatchOutcome:
    """Store some records."""
    kept, removed = await without_removed(connection, batch.records)
    seen = SeenRecords(batch.import_id)
    changes = await store_papers(connection, kept, {}, seen, batch.now, _told(connection, batch))
    await seen.save(connection, batch.now)
    return _outcome(changes, len(kept), removed)


async def _take_withdrawals(connection: Connection, batch: Batch) -> BatchOutcome:
    withdrawn = await withdrawn_records(connection, batch.withdrawals)
    follow = partial(_withdraw, connection, now=batch.now)
    changes = await store_papers(connection, withdrawn, {}, SeenRecords(), batch.now, follow)
    return _outcome(changes, len(withdrawn), [])


def _told(connection: Connection, batch: Batch) -> Follow:
    return partial(announce, connection, now=batch.now, notify=batch.notify, asked_by=batch.asked_by)


def _outcome(
    changes: Sequence[PaperChange], total: int, removed: Sequence[RemovedPaper], *, new_figures: bool = False
) -> BatchOutcome:
    return BatchOutcome(
        statuses=Counter(change.status for change in changes),
        total=total,
        removed=tuple(one.paper.title for one in removed[:MOST_PROBLEMS]),
        new_figures=new_figures,
    )


async def announce(
    connection: Connection,
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


async def _withdraw(connection: Connection, changes: Sequence[PaperChange], *, now: datetime) -> None:
    await own_intake.follow(connection, changes, now, notify=False)
    await watch_news.tell(connection, changes, now)


def _is_removed(title: str) -> Problem:
    return Problem(
        line=None,
        message=f"“{title[:100]}” is left out: whoever runs Lectern removed it (`lectern removed`)",
    )


async def _each(parts: Iterable[ParsedSource] | AsyncIterable[ParsedSource]) -> AsyncIterator[ParsedSource]:
    if isinstance(parts, AsyncIterable):
        async for part in parts:
            yield part
    else:
        for part in parts:
            yield part


async def store_papers(
    connection: Connection,
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
        changed, resolved = await entity_resolution.resolve(connection, records[done:], seen, now)
        done += resolved
        await index(connection, changed, known_people)
        merged = [(paper.handle, c.after.handle) for c in changed for _, paper in c.merged]
        await merged_matches.merge_papers(connection, merged, now)
        await follow(changed)
        changes += changed
    await author_ids.divide_identified(connection, records)
    return changes


async def index(connection: Connection, changed: Sequence[PaperChange], known_people: Mapping[str, int]) -> None:
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


async def _end_import(connection: Connection, ended: ImportEnd) -> None:
    await seen_records.forget(connection, ended.import_id, ended.now)


_BATCH_OUTCOME = TypeAdapter(BatchOutcome)
TAKE_PAGE = Operation("take page", Batch, _BATCH_OUTCOME, _take_page)
TAKE_RECORDS = Operation("take records", Batch, _BATCH_OUTCOME, _take_records)
WITHDRAW = Operation("withdraw", Batch, _BATCH_OUTCOME, _take_withdrawals)
END_IMPORT = Operation("end import", ImportEnd, TypeAdapter(None), _end_import)
REPORT = Operation("report", IntakeReport, TypeAdapter(None), intake_reports.save)
