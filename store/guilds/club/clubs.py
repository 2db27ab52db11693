"""The rows of clubs, and of the papers that are nominated for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from store.errors import StoreError
from store.guilds import hidden_papers, own_papers
from store.guilds.club.models import Club, Nomination, Rhythm
from store.guilds.club.sessions import TO_CLEAR_UP
from store.guilds.own_papers import Owner
from store.models import Handle
from store.storage.connection import Connection
from store.text.timestamps import stamp

MOST_NOMINATED = 25
"""Papers that wait to be chosen at most: as many as a list of Discord offers; enough for half a year."""


class TooManyNominatedError(StoreError):
    """So many papers wait to be chosen that no more can be nominated."""


async def of_owner(connection: Connection, owner: Owner) -> Club | None:
    """The club of a guild."""
    async with connection.execute("SELECT * FROM clubs WHERE owner = ?", [owner]) as rows:
        row = await rows.fetchone()
    if row is None:
        return None
    values = dict(row)
    rhythm = Rhythm.model_validate({name: values.pop(name) for name in Rhythm.model_fields})
    return Club.model_validate({**values, "rhythm": rhythm})


async def owners(connection: Connection) -> list[Owner]:
    """The guilds that have a club, and those where something of a session is to be cleared up."""
    rows = await connection.execute_fetchall(
        f"SELECT owner FROM clubs UNION SELECT owner FROM club_sessions WHERE {TO_CLEAR_UP}"  # noqa: S608
    )
    return [row[0] for row in rows]


async def save(connection: Connection, club: Club) -> None:
    """Set a club up, or anew."""
    rhythm = club.rhythm
    await connection.execute(
        "INSERT INTO clubs (owner, anchor_id, channel_id, creator_id, first_day, every_weeks, at, zone,"
        " minutes, poll_days, place, place_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner)"
        " DO UPDATE SET anchor_id = excluded.anchor_id, channel_id = excluded.channel_id,"
        " creator_id = excluded.creator_id, first_day = excluded.first_day, every_weeks = excluded.every_weeks,"
        " at = excluded.at, zone = excluded.zone, minutes = excluded.minutes, poll_days = excluded.poll_days,"
        " place = excluded.place, place_id = excluded.place_id",
        [
            club.owner,
            club.anchor_id,
            club.channel_id,
            club.creator_id,
            rhythm.first_day.isoformat(),
            rhythm.every_weeks,
            rhythm.at.isoformat("minutes"),
            rhythm.zone,
            rhythm.minutes,
            rhythm.poll_days,
            club.place,
            club.place_id,
        ],
    )


async def end(connection: Connection, owner: Owner) -> None:
    """There is no club any more; what was nominated, read and noted is kept."""
    await connection.execute("DELETE FROM clubs WHERE owner = ?", [owner])


async def nominated(connection: Connection, owner: Owner) -> list[Nomination]:
    """What is nominated and can still be read here, the first one first, with the titles of today."""
    async with connection.execute(
        "SELECT handle, title, person_id, nominated, polls FROM club_nominations WHERE owner = ?"
        " ORDER BY nominated, handle",
        [owner],
    ) as rows:
        found = [Nomination.model_validate(dict(row)) async for row in rows]
    known = await own_papers.load_by_handles(connection, owner, [one.handle for one in found])
    hidden = await hidden_papers.handles(connection, owner)
    return [
        one.model_copy(update={"title": paper.title})
        for one in found
        if (paper := known.get(one.handle)) and paper.handle not in hidden
    ]


async def nominate(
    connection: Connection, owner: Owner, handle: Handle, title: str, person_id: int, now: datetime
) -> bool:
    """Nominate a paper; False where it is nominated already. Raises `TooManyNominatedError`."""
    rows = list(await connection.execute_fetchall("SELECT handle FROM club_nominations WHERE owner = ?", [owner]))
    if handle in [row[0] for row in rows]:
        return False
    if len(rows) >= MOST_NOMINATED:
        raise TooManyNominatedError
    await put_back(connection, owner, Nomination(handle=handle, title=title, person_id=person_id, nominated=now))
    return True


async def put_back(connection: Connection, owner: Owner, paper: Nomination) -> None:
    """A nomination counts again, as when it was made."""
    await connection.execute(
        "INSERT OR IGNORE INTO club_nominations (owner, handle, title, person_id, nominated, polls)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [owner, paper.handle, paper.title, paper.person_id, stamp(paper.nominated), paper.polls],
    )


async def withdraw(connection: Connection, owner: Owner, handle: Handle) -> None:
    """A paper is not nominated any more."""
    await connection.execute("DELETE FROM club_nominations WHERE owner = ? AND handle = ?", [owner, handle])


async def count_poll(connection: Connection, owner: Owner, offered: Sequence[Nomination]) -> None:
    """These were in one more poll."""
    await connection.executemany(
        "UPDATE club_nominations SET polls = polls + 1 WHERE owner = ? AND handle = ?",
        [(owner, one.handle) for one in offered],
    )


async def follow(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: what is said of the one is said of the other."""
    for gone, survivor in merged:
        await connection.execute(
            "UPDATE club_nominations SET handle = :survivor WHERE handle = :gone AND NOT EXISTS (SELECT 1 FROM"
            " club_nominations AS other WHERE other.owner = club_nominations.owner AND other.handle = :survivor)",
            {"survivor": survivor, "gone": gone},
        )
        await connection.execute("DELETE FROM club_nominations WHERE handle = ?", [gone])
        for table in ("club_sessions", "club_ballots"):
            await connection.execute(f"UPDATE {table} SET handle = ? WHERE handle = ?", [survivor, gone])  # noqa: S608
