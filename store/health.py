"""What can be said about a store file without changing what it holds."""

from __future__ import annotations

from store.database import Database, migrations, schema_version


async def faults(db: Database, limit: int = 5) -> list[str]:
    """What SQLite finds damaged or unconnected, at most `limit` lines; empty when all is well."""
    async with db.read() as connection:
        async with connection.execute(f"PRAGMA integrity_check({limit:d})") as rows:
            found = [str(row[0]) async for row in rows if row[0] != "ok"]
        async with connection.execute("PRAGMA foreign_key_check") as rows:
            lost = await rows.fetchmany(limit)
    return (found + [f"{row[0]} refers to a {row[2]} that is not there" for row in lost])[:limit]


async def versions(db: Database) -> tuple[int, int]:
    """The schema version of the file, and the one that this program works with."""
    async with db.read() as connection:
        return await schema_version(connection), len(migrations())
