"""The clock of the database, by which all processes go: clocks of hosts may differ by minutes."""

from __future__ import annotations

from store.storage.connection import Connection


async def now_ms(connection: Connection) -> int:
    """Milliseconds since 1970. An SQLite file is on one host, whose clock this is."""
    # SQLite knows unixepoch('subsec') since 3.42 only.
    async with connection.execute("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)") as rows:
        ((now,),) = await rows.fetchall()
    return int(now)
