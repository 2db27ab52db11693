"""Whom a guild calls its team."""

from __future__ import annotations

import json
from collections.abc import Iterable

from store.errors import StoreError
from store.guilds.own_papers import Owner
from store.models import Handle
from store.storage.connection import Connection

MOST = 25
"""People of a team: as many as a list of Discord offers to open, and as a picture of who works with whom can show."""


class TeamIsFullError(StoreError):
    """A team has 25 people at most; take somebody out first."""


async def handles(connection: Connection, owner: Owner) -> list[Handle]:
    """The members, in a fixed order."""
    rows = await connection.execute_fetchall("SELECT author FROM team_members WHERE owner = ? ORDER BY author", [owner])
    return [row[0] for row in rows]


async def add(connection: Connection, owner: Owner, author: Handle) -> None:
    """Make somebody a member, who may be one already. Raises `TeamIsFullError`."""
    known = await handles(connection, owner)
    if author not in known and len(known) >= MOST:
        raise TeamIsFullError
    await connection.execute("INSERT OR IGNORE INTO team_members (owner, author) VALUES (?, ?)", [owner, author])


async def remove(connection: Connection, owner: Owner, authors: Iterable[Handle]) -> None:
    """Take these handles out of the team."""
    await connection.execute(
        "DELETE FROM team_members WHERE owner = ? AND author IN (SELECT value FROM json_each(?))",
        [owner, json.dumps(list(authors))],
    )
