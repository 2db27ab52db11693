"""Reads that take too long, or that nobody waits for any more, are interrupted."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.errors import TooSlowError
from store.lookup.index.reader_pool import ReaderPool
from store.storage import database
from store.storage.database import Database
from store.turns import ASKER

ENDLESS = "WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "lectern.db", readers=1)
    yield opened
    await opened.close()


async def read(db: Database, sql: str) -> int:
    async with db.read() as connection, connection.execute(sql) as rows:
        row = await rows.fetchone()
    assert row
    return int(row[0])


async def test_a_read_for_somebody_has_a_limit(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "READ_LIMIT_S", 0.1)
    ASKER.set(1)
    with pytest.raises(TooSlowError):
        await read(db, ENDLESS)
    async with asyncio.timeout(1):
        assert await read(db, "SELECT 7") == 7


async def test_a_read_of_lecterns_own_has_none(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "READ_LIMIT_S", 0.05)
    async with db.read() as connection:
        await asyncio.sleep(0.1)
        await connection.execute("SELECT 1")


async def test_a_cancelled_read_frees_its_connection(db: Database) -> None:
    reading = asyncio.create_task(read(db, ENDLESS))
    await asyncio.sleep(0.1)
    reading.cancel()
    async with asyncio.timeout(1):
        assert await read(db, "SELECT 7") == 7


async def test_a_cancelled_look_up_ends_before_its_next_statement(db: Database) -> None:
    pool, done = ReaderPool(db.path), list[int]()

    def look_up(connection: sqlite3.Connection) -> None:
        for number in range(100):
            connection.execute("SELECT 1")
            done.append(number)
            time.sleep(0.01)

    work = asyncio.create_task(pool.run(look_up))
    await asyncio.sleep(0.1)
    work.cancel()
    async with asyncio.timeout(0.5):
        assert (await pool.run(lambda connection: connection.execute("SELECT 7").fetchone()))[0] == 7
    assert 0 < len(done) < 60
    await pool.close()


async def test_a_look_up_that_is_interrupted_leaves_no_error_in_the_log(db: Database) -> None:
    pool, logged = ReaderPool(db.path), list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context))

    def look_up(connection: sqlite3.Connection) -> None:
        for _ in range(100):
            connection.execute("SELECT 1")
            time.sleep(0.01)

    work = asyncio.create_task(pool.run(look_up))
    await asyncio.sleep(0.1)
    work.cancel()
    await pool.run(lambda _: None)
    await pool.close()
    await asyncio.sleep(0)
    del work
    gc.collect()
    assert logged == []
