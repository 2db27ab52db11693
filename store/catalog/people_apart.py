"""People of whom the operator said that they are not one: whatever speaks for it, they stay two."""

from __future__ import annotations

import json
from collections.abc import Iterable

from store.models import Handle
from store.storage.connection import Connection

_EITHER_WAY = (
    "(author_id = (SELECT id FROM authors WHERE handle = ?1) AND other_id = (SELECT id FROM authors WHERE handle = ?2)"
    " OR author_id = (SELECT id FROM authors WHERE handle = ?2)"
    " AND other_id = (SELECT id FROM authors WHERE handle = ?1))"
)


async def keep_apart(connection: Connection, one: Handle, other: Handle) -> None:
    """Keep two authors apart from now on."""
    await connection.execute(
        "INSERT OR IGNORE INTO people_kept_apart"
        " SELECT one.id, other.id FROM authors AS one JOIN authors AS other ON other.handle = ?2 WHERE one.handle = ?1",
        [one, other],
    )


async def allow(connection: Connection, one: Handle, other: Handle) -> bool:
    """Take that back; False where it was not said."""
    cursor = await connection.execute(f"DELETE FROM people_kept_apart WHERE {_EITHER_WAY}", [one, other])  # noqa: S608
    return cursor.rowcount > 0


async def pairs(connection: Connection) -> list[tuple[Handle, Handle]]:
    """Who is kept apart from whom."""
    async with connection.execute(
        "SELECT one.handle, other.handle FROM people_kept_apart JOIN authors AS one ON one.id = author_id"
        " JOIN authors AS other ON other.id = other_id ORDER BY one.handle, other.handle"
    ) as rows:
        return [(row[0], row[1]) async for row in rows]


async def among(connection: Connection, people: Iterable[int]) -> set[int]:
    """Those of the authors of these ids who are kept apart from somebody."""
    wanted = json.dumps(list(people))
    async with connection.execute(
        "SELECT value FROM json_each(?) WHERE value IN (SELECT author_id FROM people_kept_apart)"
        " OR value IN (SELECT other_id FROM people_kept_apart)",
        [wanted],
    ) as rows:
        return {row[0] async for row in rows}


async def follow(connection: Connection, gone: int, heir: int) -> None:
    """Let what was said of somebody who turned out to be another hold for the other."""
    for column in ("author_id", "other_id"):
        await connection.execute(
            f"UPDATE OR IGNORE people_kept_apart SET {column} = ? WHERE {column} = ?",  # noqa: S608
            [heir, gone],
        )
