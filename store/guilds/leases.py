"""Leases: which process does what. Each is held by one process, for some seconds unless it renews it.

Time is that of the database. A holder reckons by its own monotonic clock, from before it asked, so that it stops before
anybody else can begin, whatever its time of day is (`bot.division`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from store.storage.connection import Connection
from store.storage.database_clock import now_ms


class Held(NamedTuple):
    """Who holds a lease, and for how many seconds unless it is renewed."""

    holder: str
    seconds: float


async def claim(connection: Connection, name: str, holder: str, seconds: float) -> bool:
    """Take a lease that is free, has run out, or is the holder's already; whether it is the holder's now."""
    now = await now_ms(connection)
    cursor = await connection.execute(
        "INSERT INTO leases (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE"
        " SET holder = excluded.holder, until = excluded.until"
        " WHERE leases.holder = excluded.holder OR leases.until <= ?",
        [name, holder, now + round(seconds * 1000), now],
    )
    return cursor.rowcount > 0


async def forget_old(connection: Connection) -> None:
    """Delete the leases that have run out: they are as free as those that nobody ever had."""
    await connection.execute("DELETE FROM leases WHERE until <= ?", [await now_ms(connection)])


async def renew_all(connection: Connection, holder: str, seconds: float) -> None:
    """Renew all that the holder has, also what has run out and nobody took."""
    until = await now_ms(connection) + round(seconds * 1000)
    await connection.execute("UPDATE leases SET until = ? WHERE holder = ?", [until, holder])


async def release(connection: Connection, name: str, holder: str) -> None:
    """Give a lease back, if it is the holder's."""
    await connection.execute("DELETE FROM leases WHERE name = ? AND holder = ?", [name, holder])


async def release_all(connection: Connection, holder: str) -> None:
    """Give back all that the holder has."""
    await connection.execute("DELETE FROM leases WHERE holder = ?", [holder])


async def held(connection: Connection) -> Mapping[str, str]:
    """The holders of all leases that have not run out."""
    now = await now_ms(connection)
    async with connection.execute("SELECT name, holder FROM leases WHERE until > ?", [now]) as rows:
        return {name: holder async for name, holder in rows}


async def held_by(connection: Connection, name: str) -> Held | None:
    """Who holds a lease; None where it is free or has run out."""
    now = await now_ms(connection)
    async with connection.execute("SELECT holder, until FROM leases WHERE name = ? AND until > ?", [name, now]) as rows:
        found = [Held(holder, (until - now) / 1000) async for holder, until in rows]
    return next(iter(found), None)
