"""Queries too long for a button, stored under a token that fits into one, so that buttons work after a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from store.models import Handle
from store.storage.database import Database
from store.text.handles import handle
from store.text.timestamps import stamp

KEPT = timedelta(days=90)
"""How long after its last use a query can be recalled."""
_TOUCHED_EVERY = timedelta(days=1)
"""How often the time of last use is written at most, so that paging through results writes nothing."""


async def keep(db: Database, query: str, now: datetime | None = None) -> Handle:
    """Store a query; returns its token, the same for the same query. `now` is the present unless it is given."""
    token, now = handle("question", query), now or datetime.now(UTC)
    if await _used_since(db, token, now - _TOUCHED_EVERY) is None:
        async with db.write() as connection:
            await connection.execute("DELETE FROM questions WHERE asked < ?", [stamp(now - KEPT)])
            await connection.execute(
                "INSERT INTO questions (token, question, asked) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET asked = excluded.asked",
                [token, query, stamp(now)],
            )
    return token


async def recall(db: Database, token: Handle, now: datetime | None = None) -> str | None:
    """The query of that token; None where it was last used too long ago. `now` is as for `keep`."""
    return await _used_since(db, token, (now or datetime.now(UTC)) - KEPT)


async def _used_since(db: Database, token: Handle, moment: datetime) -> str | None:
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT question FROM questions WHERE token = ? AND asked >= ?", [token, stamp(moment)]
        ) as rows,
    ):
        row = await rows.fetchone()
    return row[0] if row else None
