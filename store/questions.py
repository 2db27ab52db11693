"""What people asked, kept under a token that fits into a button, so that buttons survive a restart."""

from __future__ import annotations

from store.database import Database
from store.handles import handle

Token = str


async def keep(db: Database, question: str) -> Token:
    """The token of a question; the same question has the same one."""
    token = handle("question", question)
    async with db.read() as connection, connection.execute("SELECT 1 FROM questions WHERE token = ?", [token]) as rows:
        if await rows.fetchone():
            return token
    async with db.write() as connection:
        await connection.execute("INSERT INTO questions VALUES (?, ?) ON CONFLICT DO NOTHING", [token, question])
    return token


async def recall(db: Database, token: Token) -> str | None:
    """The question of that token."""
    async with (
        db.read() as connection,
        connection.execute("SELECT question FROM questions WHERE token = ?", [token]) as rows,
    ):
        row = await rows.fetchone()
    return row[0] if row else None
