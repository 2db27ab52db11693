"""Small values by key: `settings` are of the installation, `papers_settings` of the papers in one host's file."""

from __future__ import annotations

from typing import Literal

from store.storage.connection import Connection

Table = Literal["settings", "papers_settings"]


async def get(connection: Connection, table: Table, key: str) -> str | None:
    """The value of a key; None where there is none."""
    rows = await connection.execute_fetchall(f"SELECT value FROM {table} WHERE key = ?", [key])  # noqa: S608
    return next((str(row[0]) for row in rows), None)


async def put(connection: Connection, table: Table, key: str, value: str) -> None:
    """Set the value of a key."""
    await connection.execute(
        f"INSERT INTO {table} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",  # noqa: S608
        [key, value],
    )
