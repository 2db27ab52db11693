"""What people of a guild say of authors: that two are one person, and that a paper is another's.

It belongs to one owner, and nothing here reads or changes what another said. What the operator says is everybody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from store.errors import StoreError
from store.guilds.own_papers import EVERYBODY, Owner
from store.models import Frozen, Handle
from store.storage.connection import Connection
from store.text.timestamps import stamp

MOST = 500
"""Corrections of one owner, all of which are read with every page of an author."""


class TooManyCorrectionsError(StoreError):
    """So much was said of authors here that no more can be kept; undo what is no longer needed."""


class Correction(Frozen):
    """What somebody said, for whom it holds, and when."""

    owner: Owner
    said_by: int
    said: datetime

    @property
    def for_everybody(self) -> bool:
        """Whether the operator said it."""
        return self.owner == EVERYBODY


class Joined(Correction):
    """Two people are one; `first` is the smaller handle."""

    first: Handle
    second: Handle


class Moved(Correction):
    """A paper is not by the person whose name is on it, but by `whose`; None where that is nobody who is known."""

    paper: Handle
    person: Handle
    name: str
    """The `name_key` of the person."""
    whose: Handle | None


async def joined(connection: Connection, owner: Owner) -> list[Joined]:
    """Who was said to be one, by the operator and then by the owner, each the newest first."""
    async with connection.execute(
        "SELECT owner, first, second, said_by, said FROM joined_people WHERE owner IN (?1, ?2)"
        " ORDER BY owner <> ?2, said DESC, first, second",
        [owner, EVERYBODY],
    ) as rows:
        return [Joined.model_validate(dict(row)) async for row in rows]


async def moved(connection: Connection, owner: Owner) -> list[Moved]:
    """Which papers were said to be another's; the order as for `joined`."""
    async with connection.execute(
        "SELECT owner, paper, person, name, whose, said_by, said FROM moved_authorships WHERE owner IN (?1, ?2)"
        " ORDER BY owner <> ?2, said DESC, paper, person",
        [owner, EVERYBODY],
    ) as rows:
        return [Moved.model_validate(dict(row)) async for row in rows]


async def owners(connection: Connection) -> list[Owner]:
    """Who said anything."""
    async with connection.execute(
        "SELECT owner FROM joined_people UNION SELECT owner FROM moved_authorships ORDER BY owner"
    ) as rows:
        return [row[0] async for row in rows]


async def join(connection: Connection, owner: Owner, one: Handle, other: Handle, by: int) -> None:
    """Let two people be one for the owner. Raises `TooManyCorrectionsError`."""
    await _make_room(connection, owner)
    await connection.execute(
        "INSERT OR IGNORE INTO joined_people (owner, first, second, said_by, said) VALUES (?, ?, ?, ?, ?)",
        [owner, *sorted((one, other)), by, stamp(datetime.now(UTC))],
    )


async def part(connection: Connection, owner: Owner, one: Handle, other: Handle) -> bool:
    """Take back that two people are one; False where the owner has not said so."""
    cursor = await connection.execute(
        "DELETE FROM joined_people WHERE owner = ? AND first = ? AND second = ?", [owner, *sorted((one, other))]
    )
    return cursor.rowcount > 0


async def move(
    connection: Connection,
    owner: Owner,
    paper: Handle,
    people: Iterable[tuple[Handle, str]],
    whose: Handle | None,
    by: int,
) -> None:
    """Let a paper be by `whose` instead of by these people, who are given with their `name_key`.

    Raises `TooManyCorrectionsError`.
    """
    await _make_room(connection, owner)
    await connection.executemany(
        "INSERT INTO moved_authorships (owner, paper, person, name, whose, said_by, said)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, paper, person) DO UPDATE SET name = excluded.name,"
        " whose = excluded.whose, said_by = excluded.said_by, said = excluded.said",
        [(owner, paper, person, name, whose, by, stamp(datetime.now(UTC))) for person, name in people],
    )


async def put_back(connection: Connection, owner: Owner, paper: Handle, person: Handle) -> bool:
    """Take back that a paper is not by the person; False where the owner has not said so."""
    cursor = await connection.execute(
        "DELETE FROM moved_authorships WHERE owner = ? AND paper = ? AND person = ?", [owner, paper, person]
    )
    return cursor.rowcount > 0


async def _make_room(connection: Connection, owner: Owner) -> None:
    async with connection.execute(
        "SELECT (SELECT count(*) FROM joined_people WHERE owner = ?1)"
        " + (SELECT count(*) FROM moved_authorships WHERE owner = ?1)",
        [owner],
    ) as rows:
        ((count,),) = await rows.fetchall()
    if count >= MOST:
        raise TooManyCorrectionsError
