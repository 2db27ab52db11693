"""Papers that those who manage a guild hid there: found, shown and posted to nobody in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from pydantic import AwareDatetime

from store.errors import StoreError
from store.guilds import removed_matches
from store.guilds.own_papers import Owner
from store.models import Frozen, Handle, Paper
from store.storage.connection import Connection
from store.text.timestamps import stamp

MOST = 500
"""Papers that one owner hides at most, all of which every search leaves out."""


class TooManyHiddenError(StoreError):
    """So many papers are hidden here that no more can be; show some again that need not be."""


class HiddenPaper(Frozen):
    """A paper that somebody hid; `title` as it was then."""

    handle: Handle
    title: str
    person: int
    at: AwareDatetime


async def hide(connection: Connection, owner: Owner, paper: Paper, person: int, now: datetime) -> None:
    """Hide a paper; what waits to be posted of it is dropped. Raises `TooManyHiddenError`."""
    if len(await handles(connection, owner)) >= MOST:
        raise TooManyHiddenError
    await connection.execute(
        "INSERT OR IGNORE INTO hidden_papers (owner, handle, title, person, at) VALUES (?, ?, ?, ?, ?)",
        [owner, paper.handle, paper.title, person, stamp(now)],
    )
    await removed_matches.drop_hidden(connection, [paper.handle], now)


async def show_again(connection: Connection, owner: Owner, handle: Handle, now: datetime) -> bool:
    """Undo hiding: what was dropped for it waits again. False where the paper is not hidden."""
    cursor = await connection.execute("DELETE FROM hidden_papers WHERE owner = ? AND handle = ?", [owner, handle])
    if cursor.rowcount > 0:
        await removed_matches.expect_hidden_again(connection, owner, handle, now)
    return cursor.rowcount > 0


async def of_owner(connection: Connection, owner: Owner) -> list[HiddenPaper]:
    """What is hidden, the last one first."""
    async with connection.execute(
        "SELECT handle, title, person, at FROM hidden_papers WHERE owner = ? ORDER BY at DESC, handle", [owner]
    ) as rows:
        return [HiddenPaper.model_validate(dict(row)) async for row in rows]


async def handles(connection: Connection, owner: Owner) -> frozenset[Handle]:
    """The handles of what is hidden."""
    rows = await connection.execute_fetchall("SELECT handle FROM hidden_papers WHERE owner = ?", [owner])
    return frozenset(row[0] for row in rows)


def handles_on(connection: sqlite3.Connection, owner: Owner) -> frozenset[Handle]:
    """The same on the connection of a look-up."""
    return frozenset(row[0] for row in connection.execute("SELECT handle FROM hidden_papers WHERE owner = ?", [owner]))


async def follow(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: where one was hidden, the other is."""
    await connection.executemany(
        "INSERT OR IGNORE INTO hidden_papers (owner, handle, title, person, at)"
        " SELECT owner, ?, title, person, at FROM hidden_papers WHERE handle = ?",
        [(survivor, gone) for gone, survivor in merged],
    )
