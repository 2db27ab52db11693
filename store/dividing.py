"""Dividing names among people after papers came: little by little in one file, as one operation on several hosts."""

from __future__ import annotations

from pydantic import TypeAdapter

from store.catalog import namesakes
from store.intake_log.operation import Operation, perform
from store.models import Frozen
from store.storage.connection import Connection
from store.storage.database import Database
from store.storage.two_halves import TwoHalves


class Nothing(Frozen):
    """No arguments."""


async def divide_waiting(db: Database) -> None:
    """As `namesakes.divide_waiting`, the same on all hosts."""
    if isinstance(db, TwoHalves):
        await perform(db, DIVIDE, Nothing())
    else:
        await namesakes.divide_waiting(db)


async def _divide(connection: Connection, nothing: Nothing) -> None:
    await namesakes.divide_within(connection)


DIVIDE = Operation("divide names", Nothing, TypeAdapter(None), _divide)
