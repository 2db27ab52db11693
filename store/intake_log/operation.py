"""Operations on papers: done at once in one file, and by way of the log where several hosts have one each.

An operation writes papers, and tells guilds what became of them, in one transaction. It has to give the same on every
host: all that it needs, the time included, is in its arguments or in the papers.

With several hosts the one that tells guilds commits that, with the mark that it is done, before its own papers. If it
ends in between, it applies the entry again without telling anybody, as all others do. So guilds are told once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import AwareDatetime, TypeAdapter

from store.errors import DatabaseLockedError, DatabaseUnavailableError, StoreError
from store.intake_log import applied, entries
from store.intake_log.entries import Entry
from store.models import Frozen, Handle
from store.storage import moved
from store.storage.connection import Connection
from store.storage.database import Database
from store.storage.two_halves import TwoHalves

logger = logging.getLogger(__name__)

Arguments = TypeVar("Arguments", bound=Frozen)
Result = TypeVar("Result")
KEPT = timedelta(days=30)
"""How long entries are kept: so old may the copy of another host's file be with which a new host starts."""
PATIENCE_S = 3.0
"""Seconds for which the host that appended an entry may tell guilds of it before others do."""
LOOK_EVERY_S = 0.05
"""Seconds between two looks at whether another process of this host has applied an entry."""


@dataclass(frozen=True)
class Operation(Generic[Arguments, Result]):
    """What can be done to papers; `run` does it in a transaction."""

    name: str
    arguments: type[Arguments]
    result: TypeAdapter[Result]
    run: Callable[[Connection, Arguments], Awaitable[Result]]


class OfPaper(Frozen):
    """Arguments of what is done to one paper: which, and when."""

    handle: Handle
    now: AwareDatetime


Operations = dict[str, Operation[Any, Any]]


class _ToldMeanwhileError(Exception):
    """Another host has told guilds of this entry."""


async def perform(db: Database, operation: Operation[Arguments, Result], arguments: Arguments) -> Result:
    """Do an operation, on all hosts where there are several; returns when this one's file has its outcome.

    Raises what the operation raises; where another process of this host did it, `StoreError` with the same words.
    """
    if not isinstance(db, TwoHalves):
        async with db.write() as connection:
            return await operation.run(connection, arguments)
    async with db.write() as connection:
        now = datetime.now(UTC)
        number = await entries.append(connection, operation.name, arguments.model_dump_json(), db.host, now)
    while True:
        done = await apply_next(db)
        async with db.read() as connection:
            outcome = await applied.outcome(connection, number)
        if outcome is not None and outcome.failure is not None:
            raise StoreError(outcome.failure)
        if outcome is not None:
            return operation.result.validate_json(outcome.result or "null")
        if not done:
            await asyncio.sleep(LOOK_EVERY_S)


async def apply_next(db: TwoHalves) -> bool:
    """Apply the next entry of the log to this host's papers; False where there is none, or not for this host now.

    Raises what an operation raises that no host can do, once that is noted.
    """
    async with db.applying:
        position = await applied_to(db)
        async with db.read() as connection:
            entry = await entries.next_after(connection, position)
        if entry is None:
            return False
        if entry.told_by is None and entry.host != db.host and not _has_waited(db, entry):
            return False
        try:
            await _apply(db, entry, position)
        except _ToldMeanwhileError:
            return False
        return True


async def _apply(db: TwoHalves, entry: Entry, position: int) -> None:
    async def claim(guilds: Connection) -> None:
        if not await entries.mark_told(guilds, entry.id, db.host):
            raise _ToldMeanwhileError

    operation = db.operations[entry.operation]
    arguments = operation.arguments.model_validate_json(entry.arguments)
    try:
        async with db.take_in(None if entry.told_by else claim) as connection:
            if await moved.applied(connection) != position:
                raise _ToldMeanwhileError  # by another process of this host
            result = None
            if entry.failure is None:
                given = await operation.run(connection, arguments)
                result = operation.result.dump_json(given).decode()
            await applied.save(connection, entry.id, result, entry.failure)
    except (_ToldMeanwhileError, DatabaseUnavailableError, DatabaseLockedError):
        raise
    except Exception as error:
        if entry.told_by is None:
            async with db.write() as guilds:
                await entries.mark_told(guilds, entry.id, db.host, failure=str(error) or type(error).__name__)
            logger.exception("An entry of the intake log could not be applied and is left out by all hosts")
            return
        raise


async def tell_position(db: TwoHalves, now: datetime) -> None:
    """Tell the other hosts how far this one is, and forget old entries that all have."""
    position = await applied_to(db)
    async with db.write() as connection:
        await entries.note_host(connection, db.host, position, now)
        await entries.prune(connection, now, KEPT)


async def behind(db: Database) -> int:
    """How many entries of the log this host has still to apply; 0 where there is one host."""
    if not isinstance(db, TwoHalves):
        return 0
    position = await applied_to(db)
    async with db.read() as connection:
        return await entries.behind(connection, position)


async def applied_to(db: Database) -> int:
    """The last entry that this host's file has."""
    async with db.read_papers() as papers:
        return await moved.applied(papers)


def _has_waited(db: TwoHalves, entry: Entry) -> bool:
    number, since = db.waiting_for or (0, 0.0)
    if number != entry.id:
        db.waiting_for = (entry.id, time.monotonic())
        return False
    return time.monotonic() - since > PATIENCE_S
