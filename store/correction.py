"""Correcting a paper for everybody, and taking that back: authors, indexes and guilds' views follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import aiosqlite

from store import ingest, own_intake
from store.catalog import corrections, records
from store.catalog.entity_resolution import PaperChange
from store.models import CorrectedField, Handle
from store.storage.database import Database


async def correct(
    db: Database, handle: Handle, values: Mapping[CorrectedField, object], now: datetime | None = None
) -> PaperChange | None:
    """Let these be the values of the paper that goes by this handle, whatever its sources say; None stands for none.

    Nothing that sources said is lost, and nobody is told of it as of news. Returns None where there is no such paper.
    """
    now = now or datetime.now(UTC)
    async with db.write() as connection:
        stored = await records.load_by_handle(connection, handle)
        if stored is None:
            return None
        change = await corrections.correct(connection, stored, values, now)
        await _follow(connection, change, now)
    return change


async def undo(db: Database, handle: Handle, now: datetime | None = None) -> PaperChange | None:
    """Take back all that was corrected in the paper that goes by this handle; None where nothing was."""
    now = now or datetime.now(UTC)
    async with db.write() as connection:
        stored = await records.load_by_handle(connection, handle)
        change = await corrections.undo(connection, stored) if stored else None
        if change is not None:
            await _follow(connection, change, now)
    return change


async def _follow(connection: aiosqlite.Connection, change: PaperChange, now: datetime) -> None:
    await ingest.index(connection, [change], {})
    await own_intake.follow(connection, [change], now, notify=False)
