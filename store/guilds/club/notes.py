"""What people noted in sessions, kept with the paper."""

from __future__ import annotations

from datetime import date, datetime

import aiosqlite
from pydantic import AwareDatetime

from store.errors import StoreError
from store.guilds.own_papers import Owner
from store.models import Frozen, Handle
from store.text.timestamps import stamp

LONGEST = 1000
"""Characters of a note."""
MOST = 100
"""Notes on one paper."""


class TooManyNotesError(StoreError):
    """A paper has 100 notes at most."""


class Note(Frozen):
    """What somebody noted on a paper in the session of a day."""

    day: date
    person_id: int
    said: str
    at: AwareDatetime


async def add(
    connection: aiosqlite.Connection, owner: Owner, handle: Handle, day: date, person_id: int, said: str, now: datetime
) -> None:
    """Note something; the same again changes nothing. Raises `TooManyNotesError`."""
    known = await of_paper(connection, owner, handle)
    if any((one.day, one.person_id, one.said) == (day, person_id, said) for one in known):
        return
    if len(known) >= MOST:
        raise TooManyNotesError
    await connection.execute(
        "INSERT INTO club_notes (owner, handle, day, person_id, said, at) VALUES (?, ?, ?, ?, ?, ?)",
        [owner, handle, day.isoformat(), person_id, said, stamp(now)],
    )


async def of_paper(connection: aiosqlite.Connection, owner: Owner, handle: Handle) -> list[Note]:
    """All notes on a paper, in the order in which they were made."""
    async with connection.execute(
        "SELECT day, person_id, said, at FROM club_notes WHERE owner = ? AND handle = ? ORDER BY id", [owner, handle]
    ) as rows:
        return [Note.model_validate(dict(row)) async for row in rows]
