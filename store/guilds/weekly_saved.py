"""Each week, what the team saved to its lists: those that most lists have and most notes are on first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from store.guilds import scheduled_messages
from store.guilds.own_papers import Owner
from store.guilds.schedule import Schedule
from store.guilds.scheduled_messages import NewMessage
from store.models import Frozen, Handle
from store.storage.connection import Connection
from store.text.timestamps import moment_of, stamp

KIND = "weekly_saved"
SHOWN = 5
"""Papers of a message; /lists has the others."""
WEEK = timedelta(days=7)
AT = time(9, 0)
"""On Mondays, when the week's meetings are planned."""
_USEFUL_FOR = timedelta(days=2)
"""How late it may come: after that the next one is near."""


class SavedPaper(Frozen):
    """A paper that was saved; in how many lists that the team may read it is, and how many notes it shares on it."""

    handle: Handle
    title: str
    lists: int
    notes: int


class WeekOfSaving(Frozen):
    """What was saved in the week before `until`; `total` counts all, `papers` are the first of them."""

    until: date
    total: int
    papers: tuple[SavedPaper, ...]


def schedule_of(zone: str) -> Schedule:
    """When a channel is told."""
    return Schedule(cadence="weekly", at=AT, weekday=0, zone=zone)


async def turn_on(
    connection: Connection,
    owner: Owner,
    target_id: int,
    person_id: int,
    zone: str,
    anchor_id: int,
    now: datetime,
) -> datetime:
    """Tell a channel from the next Monday on, and give that moment."""
    due = schedule_of(zone).due(now)
    await connection.execute(
        "INSERT INTO weekly_saved (target_id, owner, person, zone, anchor_id, due) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (target_id) DO UPDATE SET person = excluded.person, zone = excluded.zone, due = excluded.due",
        [target_id, owner, person_id, zone, anchor_id, stamp(due)],
    )
    return due


async def turn_off(connection: Connection, owner: Owner, target_id: int) -> None:
    """Tell a channel no more."""
    await connection.execute("DELETE FROM weekly_saved WHERE owner = ? AND target_id = ?", [owner, target_id])


async def is_on(connection: Connection, owner: Owner, target_id: int) -> bool:
    """Whether a channel is told."""
    async with connection.execute(
        "SELECT 1 FROM weekly_saved WHERE owner = ? AND target_id = ?", [owner, target_id]
    ) as rows:
        return await rows.fetchone() is not None


async def next_due(connection: Connection) -> datetime | None:
    """When the next channel is to be told."""
    async with connection.execute("SELECT min(due) FROM weekly_saved") as rows:
        ((due,),) = await rows.fetchall()
    return moment_of(due) if due else None


async def schedule_due(connection: Connection, now: datetime) -> int:
    """Schedule the messages that are due, in the caller's transaction; returns how many. An empty week has none."""
    async with connection.execute("SELECT * FROM weekly_saved WHERE due <= ?", [stamp(now)]) as rows:
        due = list(await rows.fetchall())
    scheduled = 0
    for row in due:
        moment, schedule = moment_of(row["due"]), schedule_of(row["zone"])
        while (later := schedule.due(moment)) <= now:  # The last of several that were missed.
            moment = later
        week = await _saved(connection, row["owner"], moment, moment.astimezone(ZoneInfo(row["zone"])).date())
        message = NewMessage(
            key=f"{KIND}:{row['target_id']}:{week.until.isoformat()}",
            owner=row["owner"],
            kind=KIND,
            content=week.model_dump_json(),
            reason="Whoever manages this channel asked for this each week, with a button of /lists.",
            due=moment,
            expires=moment + _USEFUL_FOR,
            target_id=row["target_id"],
            anchor_id=row["anchor_id"],
        )
        scheduled += bool(week.papers) and await scheduled_messages.schedule(connection, message)
        await connection.execute(
            "UPDATE weekly_saved SET due = ? WHERE target_id = ?", [stamp(later), row["target_id"]]
        )
    return scheduled


async def _saved(connection: Connection, owner: Owner, until: datetime, day: date) -> WeekOfSaving:
    async with connection.execute(
        "SELECT handle, max(title) AS title, count(*) AS lists,"
        " (SELECT count(*) FROM paper_notes AS note WHERE note.owner = ?1"
        "  AND note.handle = list_entries.handle AND note.shared) AS notes FROM list_entries"
        " JOIN reading_lists ON reading_lists.id = list_id WHERE owner = ?1 AND (person = 0 OR shared)"
        " AND removed IS NULL AND saved >= ?2 AND saved < ?3"
        " GROUP BY handle ORDER BY lists DESC, notes DESC, max(saved) DESC, handle",
        [owner, stamp(until - WEEK), stamp(until)],
    ) as rows:
        found: Sequence[SavedPaper] = [SavedPaper.model_validate(dict(row)) async for row in rows]
    return WeekOfSaving(until=day, total=len(found), papers=tuple(found[:SHOWN]))
