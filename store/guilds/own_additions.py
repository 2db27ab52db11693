"""Additions: what a member handed over at one time, kept apart from what others said, so that it can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from store.catalog.records import Key, from_row, match_keys, source_key, to_columns
from store.guilds import own_authors
from store.guilds.own_papers import Owner
from store.models import AuthorPage, Handle, PaperRecord
from store.storage.connection import Connection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Addition:
    """Who hands papers over, and for whom they are. `number` is one that the owner has no other addition of."""

    owner: Owner
    person: int
    number: int = 0


async def next_number(connection: Connection, owner: Owner, now: datetime) -> int:
    """A number for an addition: its moment, greater than those of the owner's other additions."""
    async with connection.execute(
        "SELECT max(coalesce((SELECT max(addition) FROM own_records WHERE owner = :owner), 0),"
        " coalesce((SELECT max(addition) FROM own_figures WHERE owner = :owner), 0))",
        {"owner": owner},
    ) as rows:
        ((last,),) = await rows.fetchall()
    return max((now - _EPOCH) // timedelta(microseconds=1), int(last) + 1)


async def save_record(
    connection: Connection, addition: Addition, handle: Handle, record: PaperRecord, *, known: bool
) -> bool:
    """Keep a record, unless it is `known` and the person has said the same before; whether it is kept."""
    source, (retrieved, body) = source_key(record.source), to_columns(record)
    cursor = await connection.execute(
        "INSERT INTO own_records (owner, handle, kind, name, addition, retrieved, body, added_by)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT (?9 AND EXISTS (SELECT 1 FROM own_records WHERE owner = ?1"
        " AND handle = ?2 AND kind = ?3 AND name = ?4 AND body = ?7 AND added_by = ?8))"
        " ON CONFLICT (owner, handle, kind, name, addition) DO UPDATE SET retrieved = excluded.retrieved,"
        " body = excluded.body, added_by = excluded.added_by",
        [addition.owner, handle, *source, addition.number, retrieved, body, addition.person, known],
    )
    return cursor.rowcount > 0


async def save_figures(connection: Connection, addition: Addition, page: AuthorPage) -> bool:
    """Keep the figures of an author page that are new, or that the person has not given before; whether any are."""
    author = own_authors.handle_of(page.name)
    known = {
        (m.source.kind, m.source.name, m.name): m.value
        for m in await own_authors.metric_history(connection, addition.owner, author)
    }
    cursor = await connection.executemany(
        "INSERT INTO own_figures"
        " (owner, author, kind, name, metric, addition, retrieved, value, added_by)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE NOT (?10 AND EXISTS (SELECT 1 FROM own_figures WHERE"
        " owner = ?1 AND author = ?2 AND kind = ?3 AND name = ?4 AND metric = ?5 AND value = ?8 AND added_by = ?9))"
        " ON CONFLICT (owner, author, kind, name, metric, addition) DO UPDATE SET retrieved = excluded.retrieved,"
        " value = excluded.value, added_by = excluded.added_by",
        [
            (
                *(addition.owner, author, m.source.kind, m.source.name, m.name, addition.number),
                *(m.source.retrieved.isoformat(), m.value, addition.person),
                known.get((m.source.kind, m.source.name, m.name)) == m.value,
            )
            for m in page.metrics
        ],
    )
    return cursor.rowcount > 0


async def person_of(connection: Connection, owner: Owner, number: int) -> int | None:
    """Who made an addition; None where nothing of it is left."""
    async with connection.execute(
        "SELECT added_by FROM own_records WHERE owner = ?1 AND addition = ?2"
        " UNION ALL SELECT added_by FROM own_figures WHERE owner = ?1 AND addition = ?2 LIMIT 1",
        [owner, number],
    ) as rows:
        row = await rows.fetchone()
    return row[0] if row else None


async def people_of(connection: Connection, owner: Owner, handle: Handle) -> list[int]:
    """Who added what the owner has of a paper, the first one first."""
    async with connection.execute(
        "SELECT added_by FROM own_records WHERE owner = ? AND handle = ? GROUP BY added_by ORDER BY min(addition)",
        [owner, handle],
    ) as rows:
        return [row[0] async for row in rows]


async def delete_addition(connection: Connection, owner: Owner, number: int) -> list[Handle]:
    """Delete what came with an addition; the papers of which it said something."""
    await connection.execute("DELETE FROM own_figures WHERE owner = ? AND addition = ?", [owner, number])
    return await _deleted(connection, "owner = ? AND addition = ?", [owner, number])


async def delete_paper(connection: Connection, owner: Owner, handle: Handle, person: int | None) -> list[Handle]:
    """Delete what a person added of a paper, or for None all that was added of it; the paper, if that was anything."""
    who, values = ("AND added_by = ?", [person]) if person is not None else ("", [])
    return await _deleted(connection, f"owner = ? AND handle = ? {who}", [owner, handle, *values])


async def _deleted(connection: Connection, condition: str, values: Sequence[object]) -> list[Handle]:
    async with connection.execute(
        f"DELETE FROM own_records WHERE {condition} RETURNING handle",  # noqa: S608
        values,
    ) as rows:
        return sorted({row[0] for row in await rows.fetchall()})


async def delete_rest(connection: Connection, owner: Owner, handle: Handle) -> None:
    """Delete what is kept of a paper beside its records, of which the owner has none any more."""
    for table in ("own_papers", "own_authorships"):
        await connection.execute(f"DELETE FROM {table} WHERE owner = ? AND handle = ?", [owner, handle])  # noqa: S608


async def assign_keys(connection: Connection, owner: Owner, handle: Handle, left: Iterable[PaperRecord]) -> None:
    """Let those keys lead to a paper that the records have which are `left`.

    What led to it by an identifier leads to another paper of the owner's that has the same.
    """
    async with connection.execute(
        "DELETE FROM own_keys WHERE owner = ? AND handle = ? RETURNING scheme, value", [owner, handle]
    ) as rows:
        released: set[Key] = {(row[0], row[1]) for row in await rows.fetchall()}
    keys = [(*key, handle) for record in left for key in match_keys(record)]
    released.difference_update((scheme, value) for scheme, value, _ in keys)
    values = json.dumps([value for scheme, value in released if scheme != "title"])
    async with connection.execute(
        "SELECT handle, kind, name, retrieved, body FROM own_records WHERE owner = ?"
        " AND EXISTS (SELECT 1 FROM json_each(?) AS one WHERE instr(body, one.value)) ORDER BY addition, handle",
        [owner, values],
    ) as rows:
        async for other, *record in rows:
            keys += [(*key, other) for key in match_keys(from_row(*record)) if key in released]
    await connection.executemany(
        "INSERT OR IGNORE INTO own_keys (scheme, value, owner, handle) VALUES (?, ?, ?, ?)",
        [(scheme, value, owner, of) for scheme, value, of in keys],
    )
