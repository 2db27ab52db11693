"""The rows of sessions and of what their polls offer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime

from store.guilds.club.ballot import Outcome
from store.guilds.club.calendar import times
from store.guilds.club.models import Club, Nomination, Session, Times, WhySkipped
from store.guilds.own_papers import Owner
from store.models import Handle
from store.storage.connection import Connection
from store.text.timestamps import stamp

EVENT_BEGUN = 0
"""Stands for an event that may have been made though no answer came; no event has this id."""
TO_CLEAR_UP = "state = 'skipped' AND (event_id IS NOT NULL OR ends_poll)"
"""SQL: sessions of which something is left in Discord that is to go."""
_OPEN = "state IN ('open', 'polling', 'decided')"


async def current(connection: Connection, owner: Owner) -> Session | None:
    """The session that is being prepared or takes place."""
    return next(iter(await _select(connection, f"owner = ? AND {_OPEN}", owner)), None)


async def over(connection: Connection, owner: Owner, most: int = sys.maxsize) -> list[Session]:
    """The sessions that are over, the latest one first; `most` of them, or all."""
    return await _select(connection, f"owner = ? AND NOT {_OPEN} ORDER BY day DESC LIMIT ?", owner, most)


async def last(connection: Connection, owner: Owner) -> Session | None:
    """The latest session that is over."""
    return next(iter(await over(connection, owner, 1)), None)


async def on_day(connection: Connection, owner: Owner, day: str) -> Session | None:
    """The session of a day, in ISO format, of the latest club that had one."""
    found = await _select(connection, "owner = ? AND day = ? ORDER BY id DESC LIMIT 1", owner, day)
    return next(iter(found), None)


async def of_paper(connection: Connection, owner: Owner, handle: Handle) -> list[Session]:
    """The sessions that were or will be about a paper, the latest one first."""
    where = "owner = ? AND handle = ? AND state IN ('decided', 'held') ORDER BY day DESC"
    return await _select(connection, where, owner, handle)


async def to_clear_up(connection: Connection, owner: Owner) -> list[Session]:
    """Sessions that do not take place and may still have an event, or a poll that runs."""
    return await _select(connection, f"owner = ? AND {TO_CLEAR_UP}", owner)


async def begin(connection: Connection, club: Club, day: date) -> Session | None:
    """Prepare the session of a day; None where there was one already."""
    moments = [stamp(moment) for moment in times(club.rhythm, day).model_dump().values()]
    await connection.execute(
        "INSERT OR IGNORE INTO club_sessions (owner, anchor_id, channel_id, day, poll_at, decide_at, remind_at, starts,"
        " ends, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')",
        [club.owner, club.anchor_id, club.channel_id, day.isoformat(), *moments],
    )
    return await current(connection, club.owner)


async def forget(connection: Connection, session: Session) -> None:
    """A session that nothing was done about is not to take place as it was planned."""
    await connection.execute("DELETE FROM club_sessions WHERE id = ? AND state = 'open'", [session.id])


async def open_poll(connection: Connection, session: Session, offered: Sequence[Nomination]) -> None:
    """The poll offers these."""
    await connection.execute("UPDATE club_sessions SET state = 'polling' WHERE id = ?", [session.id])
    await connection.executemany(
        "INSERT INTO club_ballots (session_id, answer, handle, title, person_id, nominated, polls)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (session.id, number, one.handle, one.title, one.person_id, stamp(one.nominated), one.polls)
            for number, one in enumerate(offered, 1)
        ],
    )


async def offered(connection: Connection, session: Session) -> list[Nomination]:
    """What the session's poll offers, by the numbers of its answers."""
    async with connection.execute(
        "SELECT handle, title, person_id, nominated, polls FROM club_ballots WHERE session_id = ? ORDER BY answer",
        [session.id],
    ) as rows:
        return [Nomination.model_validate(dict(row)) async for row in rows]


async def decide(connection: Connection, session: Session, chosen: Outcome, now: datetime) -> None:
    """The session's paper is chosen."""
    paper = chosen.paper
    await connection.execute(
        "UPDATE club_sessions SET state = 'decided', handle = ?, title = ?, nominator_id = ?, nominated = ?, polls = ?,"
        " how = ?, votes = ?, decided = ? WHERE id = ?",
        [
            paper.handle,
            paper.title,
            paper.person_id,
            stamp(paper.nominated),
            paper.polls,
            chosen.how,
            chosen.votes,
            stamp(now),
            session.id,
        ],
    )


async def close(connection: Connection, session: Session, presenter_id: int | None) -> None:
    """The session took place."""
    await connection.execute(
        "UPDATE club_sessions SET state = 'held', presenter_id = ? WHERE id = ?", [presenter_id, session.id]
    )


async def skip(connection: Connection, session: Session, why: WhySkipped) -> None:
    """The session does not take place."""
    await connection.execute(
        "UPDATE club_sessions SET ends_poll = (state = 'polling'), state = 'skipped', why = ? WHERE id = ?",
        [why, session.id],
    )


async def save_event(connection: Connection, session: Session, event_id: int | None) -> None:
    """The session has this event in Discord, or none any more; `EVENT_BEGUN` before it is made."""
    await connection.execute("UPDATE club_sessions SET event_id = ? WHERE id = ?", [event_id, session.id])


async def poll_has_ended(connection: Connection, session: Session) -> None:
    """The session's poll is not to be ended any more."""
    await connection.execute("UPDATE club_sessions SET ends_poll = 0 WHERE id = ?", [session.id])


async def save_thread(connection: Connection, session: Session, thread_id: int) -> None:
    """The session has this thread."""
    await connection.execute("UPDATE club_sessions SET thread_id = ? WHERE id = ?", [thread_id, session.id])


async def _select(connection: Connection, where: str, *values: object) -> list[Session]:
    async with connection.execute(f"SELECT * FROM club_sessions WHERE {where}", values) as rows:  # noqa: S608
        return [_session(dict(row)) async for row in rows]


def _session(row: dict[str, object]) -> Session:
    moments = Times.model_validate({name: row.pop(name) for name in Times.model_fields})
    columns = {"handle": "handle", "title": "title", "nominator_id": "person_id"}
    columns |= {"nominated": "nominated", "polls": "polls"}
    paper = {name: row.pop(column) for column, name in columns.items()}
    found = Nomination.model_validate(paper) if paper["handle"] else None
    return Session.model_validate({**row, "times": moments, "paper": found})
