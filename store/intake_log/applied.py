"""What the last entries of the log gave on this host."""

from __future__ import annotations

from store.models import Frozen
from store.storage.connection import Connection

KEPT = 1000
"""Results that are kept for those who wait for them, which takes a second or so."""


class Applied(Frozen):
    """What applying an entry gave: JSON, or why it could not be applied."""

    result: str | None
    failure: str | None


async def save(connection: Connection, entry: int, result: str | None, failure: str | None = None) -> None:
    """Note that an entry is applied, in the transaction that does it."""
    await connection.execute(
        "INSERT INTO intake_applied (entry, result, failure) VALUES (?, ?, ?)", [entry, result, failure]
    )
    await connection.execute("DELETE FROM intake_applied WHERE entry <= ?", [entry - KEPT])


async def outcome(connection: Connection, entry: int) -> Applied | None:
    """What an entry gave; None while it is not applied."""
    rows = await connection.execute_fetchall("SELECT result, failure FROM intake_applied WHERE entry = ?", [entry])
    return next((Applied(result=row["result"], failure=row["failure"]) for row in rows), None)
