"""Keeping two people apart for everybody, and taking that back."""

from __future__ import annotations

from pydantic import TypeAdapter

from store.catalog import people_apart
from store.intake_log.operation import Operation, perform
from store.models import Frozen, Handle
from store.storage.connection import Connection
from store.storage.database import Database


class Pair(Frozen):
    """Two people."""

    one: Handle
    other: Handle


async def keep_apart(db: Database, one: Handle, other: Handle) -> None:
    """Keep two authors apart from now on."""
    await perform(db, KEEP_APART, Pair(one=one, other=other))


async def allow(db: Database, one: Handle, other: Handle) -> bool:
    """Take that back; False where it was not said."""
    return await perform(db, ALLOW, Pair(one=one, other=other))


async def _keep_apart(connection: Connection, pair: Pair) -> None:
    await people_apart.keep_apart(connection, pair.one, pair.other)


async def _allow(connection: Connection, pair: Pair) -> bool:
    return await people_apart.allow(connection, pair.one, pair.other)


KEEP_APART = Operation("keep people apart", Pair, TypeAdapter(None), _keep_apart)
ALLOW = Operation("allow one person", Pair, TypeAdapter(bool), _allow)
