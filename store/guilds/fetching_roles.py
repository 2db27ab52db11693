"""The role whose members alone may fetch people from services in a guild; everybody may where none was chosen."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime

from store.models import Frozen
from store.storage.database import Database
from store.text.timestamps import stamp


class FetchingRole(Frozen):
    """The role, and who chose it when."""

    role_id: int
    person: int
    at: AwareDatetime


async def of_guild(db: Database, guild_id: int) -> FetchingRole | None:
    """What was chosen; None where everybody may."""
    async with (
        db.read() as connection,
        connection.execute("SELECT role_id, person, at FROM fetching_roles WHERE guild_id = ?", [guild_id]) as rows,
    ):
        row = await rows.fetchone()
    return FetchingRole.model_validate(dict(row)) if row else None


async def choose(db: Database, guild_id: int, role_id: int | None, person: int, now: datetime) -> None:
    """Let only members of this role fetch people, or with None everybody."""
    async with db.write() as connection:
        await connection.execute("DELETE FROM fetching_roles WHERE guild_id = ?", [guild_id])
        if role_id is not None:
            await connection.execute(
                "INSERT INTO fetching_roles (guild_id, role_id, person, at) VALUES (?, ?, ?, ?)",
                [guild_id, role_id, person, stamp(now)],
            )
