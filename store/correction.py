"""Correcting a paper for everybody, and taking that back: authors, indexes and guilds' views follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from store import ingest, own_intake
from store.catalog import corrections, records
from store.catalog.entity_resolution import PaperChange
from store.intake_log.operation import OfPaper, Operation, perform
from store.models import CorrectedField, Handle
from store.storage.connection import Connection
from store.storage.database import Database


async def correct(
    db: Database, handle: Handle, values: Mapping[CorrectedField, object], now: datetime | None = None
) -> PaperChange | None:
    """Let these be the values of the paper that goes by this handle, whatever its sources say; None stands for none.

    Nothing that sources said is lost, and nobody is told of it as of news. Returns None where there is no such paper.
    """
    asked = Correction(handle=handle, values=dict(values), now=now or datetime.now(UTC))
    return await perform(db, CORRECT, asked)


async def undo(db: Database, handle: Handle, now: datetime | None = None) -> PaperChange | None:
    """Take back all that was corrected in the paper that goes by this handle; None where nothing was."""
    return await perform(db, UNDO, OfPaper(handle=handle, now=now or datetime.now(UTC)))


class Correction(OfPaper):
    """As there, with the values that are to be those of the paper."""

    values: dict[CorrectedField, Any]


async def _correct(connection: Connection, asked: Correction) -> PaperChange | None:
    stored = await records.load_by_handle(connection, asked.handle)
    if stored is None:
        return None
    change = await corrections.correct(connection, stored, asked.values, asked.now)
    await _follow(connection, change, asked.now)
    return change


async def _undo(connection: Connection, asked: OfPaper) -> PaperChange | None:
    stored = await records.load_by_handle(connection, asked.handle)
    change = await corrections.undo(connection, stored, asked.now) if stored else None
    if change is not None:
        await _follow(connection, change, asked.now)
    return change


async def _follow(connection: Connection, change: PaperChange, now: datetime) -> None:
    await ingest.index(connection, [change], {})
    await own_intake.follow(connection, [change], now, notify=False)


_CHANGE: TypeAdapter[PaperChange | None] = TypeAdapter(PaperChange | None)
CORRECT = Operation("correct", Correction, _CHANGE, _correct)
UNDO = Operation("undo correction", OfPaper, _CHANGE, _undo)
