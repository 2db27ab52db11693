"""Stores of tests with their guild half in PostgreSQL: one database for each file, as long as the block lasts."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from unittest import mock

import psycopg
import pytest

from store.operations import OPERATIONS
from store.storage.database import READERS, Database, migrations
from store.storage.moved import BASE
from store.storage.postgresql import schema
from store.storage.two_halves import TwoHalves
from tests.support.postgresql import ABSENT, Cluster, programs


async def _migrate(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await schema.migrate(connection, migrations())


def _base_of(file: Path) -> str | None:
    """Of which stores a file is one, so that a copy of a file gets a copy of its database."""
    if not file.exists():
        return None
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection, suppress(sqlite3.DatabaseError):
        for (base,) in connection.execute("SELECT value FROM papers_settings WHERE key = ?", [BASE]):
            return str(base)
    return None


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
    first: dict[str, str] = {}
    unseen: dict[Path, str] = {}
    open_file = Database.__dict__["open"].__func__

    def make(path: Path, name: str) -> None:
        base = _base_of(path)
        if base and base not in first:
            # A file has a base only some time after it was opened, and most are never copied.
            for file in [*unseen]:
                if found_base := _base_of(file):
                    first.setdefault(found_base, unseen.pop(file))
        cluster.make(name, template=first.get(base or "", "made_once"))
        made.add(name)
        unseen[path] = name

    async def open_both(kind: type[Database], path: Path, readers: int = READERS) -> Database:
        if kind is TwoHalves:
            return await open_file(kind, path, readers)  # type: ignore[no-any-return]
        name = hashlib.sha256(str(path).encode()).hexdigest()[:40]
        if name not in made:
            # A thread, as tests hold that nothing takes long on the event loop.
            await asyncio.to_thread(make, path, name)
        return await TwoHalves.open_with(path, cluster.url(name), OPERATIONS, readers)

    try:
        with mock.patch.object(Database, "open", classmethod(open_both)):
            yield
    finally:
        cluster.remove()
