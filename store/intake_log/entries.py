"""The log itself, one for all hosts."""

from __future__ import annotations

from datetime import datetime, timedelta

from store.models import Frozen
from store.storage import key_values
from store.storage.connection import Connection
from store.storage.moved import PRUNED_TO
from store.text.timestamps import stamp


class Entry(Frozen):
    """An operation that every host applies, in the order of the ids, unless it has a `failure`."""

    id: int
    operation: str
    arguments: str
    host: str
    told_by: str | None
    failure: str | None


class HostLag(Frozen):
    """How many entries a host has still to apply, and when it last said how far it is."""

    host: str
    behind: int
    seen: datetime


async def append(connection: Connection, operation: str, arguments: str, host: str, now: datetime) -> int:
    """Append an entry; its id. Those who write follow one another, so that ids are committed in their order."""
    rows = await connection.execute_fetchall(
        "INSERT INTO intake_log (operation, arguments, host, appended) VALUES (?, ?, ?, ?) RETURNING id",
        [operation, arguments, host, stamp(now)],
    )
    ((number,),) = rows
    return int(number)


async def next_after(connection: Connection, entry: int) -> Entry | None:
    """The first entry after that one; None where there is none."""
    rows = await connection.execute_fetchall(
        "SELECT id, operation, arguments, host, told_by, failure FROM intake_log WHERE id > ? ORDER BY id LIMIT 1",
        [entry],
    )
    return next((Entry(**dict(zip(Entry.model_fields, row, strict=True))) for row in rows), None)


async def mark_told(connection: Connection, entry: int, host: str, failure: str | None = None) -> bool:
    """Let this host be the one that tells guilds of an entry; False where another has."""
    cursor = await connection.execute(
        "UPDATE intake_log SET told_by = ?, failure = ? WHERE id = ? AND told_by IS NULL", [host, failure, entry]
    )
    return cursor.rowcount > 0


async def note_host(connection: Connection, host: str, entry: int, now: datetime) -> None:
    """Remember how far a host is."""
    await connection.execute(
        "INSERT INTO intake_hosts (host, entry, seen) VALUES (?, ?, ?)"
        " ON CONFLICT (host) DO UPDATE SET entry = excluded.entry, seen = excluded.seen",
        [host, entry, stamp(now)],
    )


async def lags(connection: Connection) -> list[HostLag]:
    """How far each host is behind."""
    rows = await connection.execute_fetchall(
        "SELECT host, (SELECT count(*) FROM intake_log WHERE id > entry) AS behind, seen FROM intake_hosts"
        " ORDER BY host"
    )
    return [HostLag(host=row["host"], behind=row["behind"], seen=row["seen"]) for row in rows]


async def prune(connection: Connection, now: datetime, kept: timedelta) -> None:
    """Forget hosts that were not seen for so long, and older entries that every other one has applied."""
    before = stamp(now - kept)
    await connection.execute("DELETE FROM intake_hosts WHERE seen < ?", [before])
    removed = await connection.execute_fetchall(
        "DELETE FROM intake_log WHERE appended < ? AND id <= (SELECT coalesce(min(entry), 0) FROM intake_hosts)"
        " RETURNING id",
        [before],
    )
    if last := max((row[0] for row in removed), default=0):
        await key_values.put(connection, "settings", PRUNED_TO, str(last))


async def pruned_to(connection: Connection) -> int:
    """The last entry that is no longer kept; 0 where all are."""
    return int(await key_values.get(connection, "settings", PRUNED_TO) or 0)


async def last(connection: Connection) -> int:
    """The last entry of all, also where it is no longer kept; 0 before the first."""
    ((entry,),) = await connection.execute_fetchall("SELECT coalesce(max(id), 0) FROM intake_log")
    return max(int(entry), await pruned_to(connection))


async def behind(connection: Connection, entry: int) -> int:
    """How many entries there are after that one."""
    ((count,),) = await connection.execute_fetchall("SELECT count(*) FROM intake_log WHERE id > ?", [entry])
    return int(count)
