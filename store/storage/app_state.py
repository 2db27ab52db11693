"""Small values that the program stores for itself, such as the hash of the commands that Discord has."""

from __future__ import annotations

from store.storage.database import Database


async def get(db: Database, key: str) -> str | None:
    """The value of a key; None where there is none."""
    async with db.read() as connection, connection.execute("SELECT value FROM settings WHERE key = ?", [key]) as rows:
        row = await rows.fetchone()
    return None if row is None else str(row["value"])


async def put(db: Database, key: str, value: str) -> None:
    """Set the value of a key."""
    async with db.write() as connection:
        await connection.execute(
            "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )
