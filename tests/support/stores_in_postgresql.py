"""Stores of tests with their guild half in PostgreSQL: one database for each file, as long as the block lasts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import psycopg
import pytest

from store.operations import OPERATIONS
from store.storage.database import READERS, Database, migrations
from store.storage.postgresql import schema
from store.storage.two_halves import TwoHalves
from tests.support.postgresql import ABSENT, Cluster, programs


async def _migrate(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await schema.migrate(connection, migrations())


@contextmanager
def stores_in_postgresql() -> Iterator[None]:
    """`Database.open` opens `TwoHalves`. Skips the tests, and says so, where no PostgreSQL is installed."""
    found = programs()
    if found is None:
        pytest.skip(ABSENT)
    cluster = Cluster(found)
    cluster.start()
    template = cluster.make("made_once")
    asyncio.run(_migrate(template))
    made: set[str] = set()
    open_file = Database.__dict__["open"].__func__

    async def open_both(kind: type[Database], path: Path, readers: int = READERS) -> Database:
        if kind is TwoHalves:
            return await open_file(kind, path, readers)  # type: ignore[no-any-return]
        name = hashlib.sha256(str(path).encode()).hexdigest()[:40]
        if name not in made:
            made.add(name)
            cluster.make(name, template="made_once")
        return await TwoHalves.open_with(path, cluster.url(name), OPERATIONS, readers)

    try:
        with mock.patch.object(Database, "open", classmethod(open_both)):
            yield
    finally:
        cluster.remove()
