"""Notes on papers: each is its writer's alone until they share it with the team."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import AwareDatetime

from store.errors import NotFoundError, StoreError
from store.guilds.own_papers import Owner
from store.models import Frozen, Handle
from store.storage.connection import Connection, Row
from store.text.tags_and_notes import clean_note
from store.text.timestamps import stamp

MOST_NOTES = 50
"""Of one person on one paper."""


class TooManyNotesError(StoreError):
    """You have as many notes on that paper as there can be; delete one first."""


class Note(Frozen):
    """What somebody wrote on a paper; `shared` where the team may read it."""

    token: str
    person: int
    handle: Handle
    text: str
    at: AwareDatetime
    shared: bool


async def notes_of(connection: Connection, owner: Owner, person: int, handle: Handle) -> list[Note]:
    """The notes on a paper that a person may read, the first one first: their own, and those that were shared."""
    return list((await notes_on(connection, owner, person, [handle])).get(handle, ()))


async def notes_on(
    connection: Connection, owner: Owner, person: int, handles: Iterable[Handle]
) -> Mapping[Handle, list[Note]]:
    """The same on several papers; those without notes are left out."""
    found: dict[Handle, list[Note]] = defaultdict(list)
    async with connection.execute(
        "SELECT token, person, handle, text, at, shared FROM paper_notes"
        " WHERE owner = ? AND handle IN (SELECT value FROM json_each(?)) AND (person = ? OR shared) ORDER BY at, id",
        [owner, json.dumps(list(handles)), person],
    ) as rows:
        async for row in rows:
            found[row["handle"]].append(_note(row))
    return found


async def count_shared(connection: Connection, owner: Owner, handle: Handle) -> int:
    """How many notes on a paper the team may read."""
    async with connection.execute(
        "SELECT count(*) FROM paper_notes WHERE owner = ? AND handle = ? AND shared", [owner, handle]
    ) as rows:
        ((notes,),) = await rows.fetchall()
    return int(notes)


async def get_own(connection: Connection, owner: Owner, person: int, token: str) -> Note:
    """A note of that person; raises `NotFoundError` where there is none."""
    async with connection.execute(
        "SELECT token, person, handle, text, at, shared FROM paper_notes WHERE owner = ? AND person = ? AND token = ?",
        [owner, person, token],
    ) as rows:
        row = await rows.fetchone()
    if row is None:
        raise NotFoundError
    return _note(row)


async def add(
    connection: Connection,
    owner: Owner,
    person: int,
    handle: Handle,
    text: str,
    now: datetime,
    *,
    shared: bool,
) -> str | None:
    """Write a note and give its token; None where there is nothing in it. Raises `TooManyNotesError`."""
    if not (cleaned := clean_note(text)):
        return None
    own = [one for one in await notes_of(connection, owner, person, handle) if one.person == person]
    if len(own) >= MOST_NOTES:
        raise TooManyNotesError
    token = secrets.token_urlsafe(12)
    await connection.execute(
        "INSERT INTO paper_notes (token, owner, person, handle, text, at, shared) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [token, owner, person, handle, cleaned, stamp(now), shared],
    )
    return token


async def edit(connection: Connection, note: Note, text: str) -> None:
    """Give a note another text; one without any is deleted."""
    if cleaned := clean_note(text):
        await connection.execute("UPDATE paper_notes SET text = ? WHERE token = ?", [cleaned, note.token])
    else:
        await connection.execute("DELETE FROM paper_notes WHERE token = ?", [note.token])


async def share(connection: Connection, note: Note, *, shared: bool) -> None:
    """Let the team read a note, or no longer."""
    await connection.execute("UPDATE paper_notes SET shared = ? WHERE token = ?", [shared, note.token])


async def follow(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: notes on the one are notes on the other."""
    await connection.executemany(
        "UPDATE paper_notes SET handle = ? WHERE handle = ?", [(survivor, gone) for gone, survivor in merged]
    )


def _note(row: Row) -> Note:
    return Note.model_validate({**dict(row), "shared": bool(row["shared"])})
