"""How many papers and messages of the outbox are in which state, of all servers together."""

from __future__ import annotations

from store.storage.connection import Connection


async def matches(connection: Connection) -> dict[str, int]:
    """Papers of subscriptions by state; those without any are left out."""
    async with connection.execute("SELECT state, count(*) FROM ledger GROUP BY state") as rows:
        return {row[0]: row[1] async for row in rows}


async def messages(connection: Connection) -> dict[str, int]:
    """Messages by state, likewise."""
    async with connection.execute("SELECT state, count(*) FROM posts GROUP BY state") as rows:
        return {row[0]: row[1] async for row in rows}
