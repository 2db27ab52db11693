"""Checks of a store file and of SQLite itself, for `lectern doctor`; nothing is changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from store.storage.database import Database, migrations, schema_version

OLDEST_SQLITE = (3, 38)
"""STRICT tables came with 3.37, JSON functions in every build with 3.38."""


def lacking() -> list[str]:
    """What this Python's SQLite lacks, in words; empty when it has all that is needed."""
    lacks = [] if sqlite3.sqlite_version_info >= OLDEST_SQLITE else ["version 3.38 or later"]
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE tried USING fts5 (text)")
        except sqlite3.Error:
            lacks.append("full-text search (FTS5)")
    return lacks


async def faults(db: Database, limit: int = 5) -> list[str]:
    """Damage and broken references that SQLite finds, at most `limit` lines; empty when all is well."""
    async with db.read() as connection:
        async with connection.execute(f"PRAGMA integrity_check({limit:d})") as rows:
            found = [str(row[0]) async for row in rows if row[0] != "ok"]
        async with connection.execute("PRAGMA foreign_key_check") as rows:
            lost = await rows.fetchall()
    return (found + [f"{row[0]} refers to a row of {row[2]} that does not exist" for row in lost])[:limit]


async def versions(db: Database) -> tuple[int, int]:
    """The schema version of the file, and the one that this program works with."""
    async with db.read() as connection:
        return await schema_version(connection), len(migrations())
