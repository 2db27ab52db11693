"""What people asked, kept under a token that fits into a button, so that buttons survive a restart; not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from store.storage.database import Database
from store.text.handles import handle
from store.text.timestamps import stamp

Token = str
KEPT = timedelta(days=90)
"""How long after it was last asked a question can be recalled."""
_SAME = timedelta(days=1)


async def keep(db: Database, question: str, now: datetime | None = None) -> Token:
    """The token of a question; the same question has the same one. `now` is the present unless it is given."""
    token, now = handle("question", question), now or datetime.now(UTC)
    if await _asked_since(db, token, now - _SAME) is None:
        async with db.write() as connection:
            await connection.execute("DELETE FROM questions WHERE asked < ?", [stamp(now - KEPT)])
            await connection.execute(
                "INSERT INTO questions (token, question, asked) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET asked = excluded.asked",
                [token, question, stamp(now)],
            )
    return token


async def recall(db: Database, token: Token, now: datetime | None = None) -> str | None:
    """The question of that token; None where it was last asked too long ago. `now` is as for `keep`."""
    return await _asked_since(db, token, (now or datetime.now(UTC)) - KEPT)


async def _asked_since(db: Database, token: Token, moment: datetime) -> str | None:
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT question FROM questions WHERE token = ? AND asked >= ?", [token, stamp(moment)]
        ) as rows,
    ):
        row = await rows.fetchone()
    return row[0] if row else None
