"""Small values that the program stores for itself, such as the hash of the commands that Discord has."""

from __future__ import annotations

from store.storage import key_values
from store.storage.database import Database


async def get(db: Database, key: str) -> str | None:
    """The value of a key; None where there is none."""
    async with db.read() as connection:
        return await key_values.get(connection, "settings", key)


async def put(db: Database, key: str, value: str) -> None:
    """Set the value of a key."""
    async with db.write() as connection:
        await key_values.put(connection, "settings", key, value)
