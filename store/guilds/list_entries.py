"""What is in reading lists: papers with their state and tags, by handle.

Every function takes a list as `store.guilds.reading_lists` gives it to whoever may see or change it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from pydantic import AwareDatetime

from store.errors import NotFoundError, StoreError
from store.guilds.own_papers import Owner
from store.guilds.reading_lists import ReadingList, ReadingState
from store.models import Frozen, Handle, Paper
from store.storage.connection import Connection, Row
from store.text.tags_and_notes import clean_tags
from store.text.timestamps import stamp

MOST_ENTRIES = 2000
"""Papers in a list, as many as `/export` writes into a file."""


class ListFullError(StoreError):
    """That list has as many papers as there can be in one; take some out, or begin another."""


class Entry(Frozen):
    """A paper in a list; title and date as they were when it was saved."""

    handle: Handle
    title: str
    published: str
    state: ReadingState
    tags: tuple[str, ...]
    saved_by: int
    saved: AwareDatetime
    changed: AwareDatetime


class Saved(Frozen):
    """That a paper is in a list of the team, and who put it there."""

    list_name: str
    person: int
    at: AwareDatetime


async def save(
    connection: Connection,
    chosen: ReadingList,
    paper: Paper,
    person: int,
    now: datetime,
    tags: Iterable[str] = (),
    state: ReadingState = "unread",
) -> bool:
    """Put a paper into a list, or add the tags to those that it has there. Raises `ListFullError`.

    False where it was there already; then its state stays.
    """
    before = await entry(connection, chosen, paper.handle)
    if before:
        await set_tags(connection, chosen, paper.handle, [*before.tags, *tags], now)
        return False
    kept = Entry(
        handle=paper.handle,
        title=paper.title,
        published=paper.published or "",
        state=state,
        tags=tuple(clean_tags(tags)),
        saved_by=person,
        saved=now,
        changed=now,
    )
    await _insert(connection, chosen, kept)
    return True


async def _insert(connection: Connection, chosen: ReadingList, kept: Entry) -> None:
    async with connection.execute(
        "SELECT count(*) FROM list_entries WHERE list_id = ? AND removed IS NULL", [chosen.id]
    ) as rows:
        ((papers,),) = await rows.fetchall()
    if papers >= MOST_ENTRIES:
        raise ListFullError
    await connection.execute(
        "INSERT INTO list_entries (list_id, handle, title, published, state, tags, saved_by, saved, changed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (list_id, handle) DO UPDATE SET title = excluded.title,"
        " published = excluded.published, state = excluded.state, tags = excluded.tags, saved_by = excluded.saved_by,"
        " saved = excluded.saved, changed = excluded.changed, removed = NULL",
        [
            chosen.id, kept.handle, kept.title, kept.published, kept.state, json.dumps(kept.tags), kept.saved_by,
            stamp(kept.saved), stamp(kept.changed),
        ],
    )  # fmt: skip


async def entries(connection: Connection, chosen: ReadingList) -> list[Entry]:
    """The papers of a list, the last saved first."""
    async with connection.execute(
        "SELECT * FROM list_entries WHERE list_id = ? AND removed IS NULL ORDER BY saved DESC, handle", [chosen.id]
    ) as rows:
        return [_entry(row) async for row in rows]


async def entry(connection: Connection, chosen: ReadingList, handle: Handle) -> Entry | None:
    """A paper's entry in a list."""
    async with connection.execute(
        "SELECT * FROM list_entries WHERE list_id = ? AND handle = ? AND removed IS NULL", [chosen.id, handle]
    ) as rows:
        row = await rows.fetchone()
    return _entry(row) if row else None


async def title_of(connection: Connection, chosen: ReadingList, handle: Handle) -> str | None:
    """The title of a paper that is or was in a list, as it was when it was saved."""
    async with connection.execute(
        "SELECT title FROM list_entries WHERE list_id = ? AND handle = ?", [chosen.id, handle]
    ) as rows:
        row = await rows.fetchone()
    return row["title"] if row else None


async def set_state(
    connection: Connection, chosen: ReadingList, handle: Handle, state: ReadingState, now: datetime
) -> None:
    """How far reading a paper is."""
    await _update(connection, chosen, handle, "state = :value, changed = :now", state, now)


async def set_tags(
    connection: Connection, chosen: ReadingList, handle: Handle, tags: Iterable[str], now: datetime
) -> None:
    """Give an entry these tags in place of those that it has."""
    await _update(connection, chosen, handle, "tags = :value, changed = :now", json.dumps(clean_tags(tags)), now)


async def remove(connection: Connection, chosen: ReadingList, handle: Handle, now: datetime) -> None:
    """Take a paper out of a list."""
    await _update(connection, chosen, handle, "removed = :now, changed = :now", None, now)


async def put_back(connection: Connection, chosen: ReadingList, handle: Handle, now: datetime) -> bool:
    """Undo `remove`. False where there is nothing to undo."""
    cursor = await connection.execute(
        "UPDATE list_entries SET removed = NULL, changed = ? WHERE list_id = ? AND handle = ? AND removed IS NOT NULL",
        [stamp(now), chosen.id, handle],
    )
    return cursor.rowcount > 0


async def move(connection: Connection, source: ReadingList, target: ReadingList, handle: Handle, now: datetime) -> None:
    """Put an entry into another list with its state and tags, and take it out of this one. Raises `ListFullError`."""
    moved = await entry(connection, source, handle)
    if moved is None:
        raise NotFoundError
    if there := await entry(connection, target, handle):
        await set_tags(connection, target, handle, [*there.tags, *moved.tags], now)
    else:
        await _insert(connection, target, moved.model_copy(update={"changed": now}))
    await remove(connection, source, handle, now)


async def saved_by(connection: Connection, owner: Owner, handle: Handle) -> list[Saved]:
    """The team's lists that have a paper, and who put it there, the first one first; no list of a person."""
    async with connection.execute(
        "SELECT name AS list_name, saved_by AS person, saved AS at FROM list_entries"
        " JOIN reading_lists ON reading_lists.id = list_id"
        " WHERE owner = ? AND person = 0 AND handle = ? AND removed IS NULL ORDER BY saved, name_key",
        [owner, handle],
    ) as rows:
        return [Saved.model_validate(dict(row)) async for row in rows]


async def follow(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: a list that has the one has the other in its place.

    Where it has both, the entry of the paper that stays keeps its state, and has the tags of both.
    """
    for gone, survivor in merged:
        pair = {"gone": gone, "survivor": survivor}
        await connection.execute(
            "UPDATE list_entries SET handle = :survivor WHERE handle = :gone AND NOT EXISTS (SELECT 1 FROM list_entries"
            " AS other WHERE other.list_id = list_entries.list_id AND other.handle = :survivor)",
            pair,
        )
        await connection.execute(
            "UPDATE list_entries AS kept SET tags = (SELECT json_group_array(DISTINCT value) FROM"
            "  (SELECT value FROM json_each(kept.tags) UNION ALL SELECT value FROM json_each(other.tags))),"
            " removed = CASE WHEN kept.removed IS NULL OR other.removed IS NULL THEN NULL ELSE kept.removed END"
            " FROM list_entries AS other WHERE kept.handle = :survivor AND other.handle = :gone"
            "  AND other.list_id = kept.list_id",
            pair,
        )
        await connection.execute("DELETE FROM list_entries WHERE handle = :gone", pair)


async def _update(
    connection: Connection, chosen: ReadingList, handle: Handle, change: str, value: str | None, now: datetime
) -> None:
    cursor = await connection.execute(
        f"UPDATE list_entries SET {change} WHERE list_id = :list AND handle = :handle AND removed IS NULL",  # noqa: S608
        {"list": chosen.id, "handle": handle, "value": value, "now": stamp(now)},
    )
    if cursor.rowcount == 0:
        raise NotFoundError


def _entry(row: Row) -> Entry:
    known = {name: row[name] for name in Entry.model_fields}
    return Entry.model_validate({**known, "tags": json.loads(row["tags"])})
