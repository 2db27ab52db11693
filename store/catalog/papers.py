"""Papers: reading them back, merged from what each source says."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from store.catalog.merge import merge
from store.catalog.records import RecordColumns, find_by_keys, from_row, load
from store.models import Handle, Identifier, Paper, PaperOutline
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.identifiers import names_of
from store.text.timestamps import stamp

PAGE_SIZE = 500
"""Papers that `in_pages` holds in memory at once."""
_REMEMBERED, _SHORT = 1_000, 10_000
"""Papers that are kept as they were merged, and characters of the records of one; what people look at they look at
again, by the next button. By choice: a thousand with abstracts of 200 words take 11 MB."""


async def load_columns(
    connection: Connection, handles: Iterable[Handle]
) -> dict[Handle, tuple[Handle, tuple[RecordColumns, ...]]]:
    """For each of these handles, also those from before papers were merged, the paper's handle and its records.

    Unknown handles are left out.
    """
    async with connection.execute(
        "SELECT wanted.value, papers.handle, kind, name, retrieved, body FROM json_each(?) AS wanted"
        " JOIN papers ON papers.id = coalesce("
        "  (SELECT id FROM papers WHERE handle = wanted.value),"
        "  (SELECT paper_id FROM merged_handles WHERE handle = wanted.value))"
        " JOIN records ON paper_id = papers.id JOIN sources ON sources.id = source_id",
        [json.dumps(list(dict.fromkeys(handles)))],
    ) as rows:
        found: dict[Handle, tuple[Handle, list[RecordColumns]]] = {}
        async for wanted, handle, *record in rows:
            found.setdefault(wanted, (handle, []))[1].append(RecordColumns(*record))
    return {wanted: (handle, tuple(records)) for wanted, (handle, records) in found.items()}


def merged(handle: Handle, records: tuple[RecordColumns, ...]) -> Paper:
    """The paper that these records describe; as it is of their text alone, one that is kept is never out of date."""
    is_short = sum(len(columns.body) for columns in records) <= _SHORT
    return (_remembered if is_short else _merged)(handle, records)


def _merged(handle: Handle, records: tuple[RecordColumns, ...]) -> Paper:
    return merge(handle, [from_row(*columns) for columns in records])


_remembered = lru_cache(maxsize=_REMEMBERED)(_merged)


async def current_handles(db: Database, handles: Iterable[Handle]) -> dict[Handle, Handle]:
    """Of these handles those from before papers were merged, each with the paper's handle now."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT merged_handles.handle, papers.handle FROM json_each(?) AS wanted"
            " JOIN merged_handles ON merged_handles.handle = wanted.value JOIN papers ON papers.id = paper_id"
            " WHERE NOT EXISTS (SELECT 1 FROM papers WHERE handle = wanted.value)",
            [json.dumps(list(handles))],
        ) as rows,
    ):
        return {row[0]: row[1] async for row in rows}


async def load_by_handles(connection: Connection, handles: Iterable[Handle]) -> dict[Handle, Paper]:
    """The papers by the handles asked for, also those from before they were merged; unknown ones are left out."""
    found = await load_columns(connection, handles)
    return {wanted: merged(handle, records) for wanted, (handle, records) in found.items()}


async def outlines(connection: Connection, handles: Iterable[Handle]) -> dict[Handle, PaperOutline]:
    """Outlines of those of these papers that have a single record: of others, only all records say what they are."""
    async with connection.execute(
        "SELECT handle, published, category, citations, json_extract(body, '$.cross_lists') AS cross_lists"
        " FROM json_each(?) AS wanted JOIN papers ON handle = wanted.value JOIN records ON paper_id = papers.id"
        " GROUP BY papers.id HAVING count(*) = 1",
        [json.dumps(list(handles))],
    ) as rows:
        return {
            row["handle"]: PaperOutline.model_validate({**row, "cross_lists": json.loads(row["cross_lists"] or "[]")})
            async for row in rows
        }


async def by_handles(db: Database, handles: Sequence[Handle]) -> list[Paper]:
    """The papers in the order asked for; those that the store does not hold are left out."""
    async with db.read() as connection:
        found = await load_by_handles(connection, handles)
    return [found[handle] for handle in handles if handle in found]


async def by_handle(db: Database, handle: Handle) -> Paper | None:
    """The paper, also by a handle that it had before it was merged into another."""
    return next(iter(await by_handles(db, [handle])), None)


async def by_identifiers(db: Database, identifiers: Sequence[Identifier]) -> list[Paper]:
    """The papers that go by these outside names, each once, in their order."""
    wanted = [(i.scheme, i.value) for one in identifiers for i in names_of(one)]
    async with db.read() as connection:
        owners = await find_by_keys(connection, wanted)
        return await _by_ids(connection, [owners[key] for key in wanted if key in owners])


async def _by_ids(connection: Connection, paper_ids: Sequence[int]) -> list[Paper]:
    stored = await load(connection, set(paper_ids))
    return [stored[i].paper for i in dict.fromkeys(paper_ids) if i in stored]


async def in_pages(db: Database) -> AsyncIterator[list[Paper]]:
    """All papers, page by page, oldest first. What comes in meanwhile comes last or not at all."""
    last = 0
    while True:
        async with db.read() as connection:
            async with connection.execute(
                "SELECT id FROM papers WHERE id > ? ORDER BY id LIMIT ?", [last, PAGE_SIZE]
            ) as rows:
                paper_ids = [int(row["id"]) async for row in rows]
            page = await _by_ids(connection, paper_ids)
        if not paper_ids:
            return
        last = paper_ids[-1]
        yield page


async def newest(db: Database, limit: int) -> list[tuple[Handle, str | None]]:
    """The newest papers with their dates of publication, at most `limit`."""
    async with (
        db.read() as connection,
        connection.execute("SELECT handle, published FROM papers ORDER BY published DESC, id LIMIT ?", [limit]) as rows,
    ):
        return [(row[0], row[1]) async for row in rows]


async def count_added(connection: Connection, since: datetime, until: datetime) -> int:
    """How many papers came after `since` and up to `until`: they are numbered in the order in which they came."""
    first, last = [await _first_after(connection, stamp(moment)) for moment in (since, until)]
    async with connection.execute("SELECT count(*) FROM papers WHERE id >= ? AND id < ?", [first, last]) as rows:
        ((found,),) = await rows.fetchall()
    return int(found)


async def _first_after(connection: Connection, moment: str) -> int:
    """The number of the first paper that came after a moment, by bisection; else one that no paper has yet."""
    async with connection.execute("SELECT coalesce(max(id), 0) + 1 FROM papers") as rows:
        ((end,),) = await rows.fetchall()
    start = 0
    while start < end:
        middle = (start + end) // 2
        async with connection.execute(
            "SELECT id, added FROM papers WHERE id >= ? ORDER BY id LIMIT 1", [middle]
        ) as rows:
            found = await rows.fetchone()
        if found is None or found[1] > moment:
            end = middle
        else:
            start = found[0] + 1
    return int(start)


async def count(db: Database) -> int:
    """How many papers the store holds."""
    async with db.read() as connection, connection.execute("SELECT count(*) FROM papers") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 0
