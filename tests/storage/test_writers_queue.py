"""Processes that write to one file take turns, also where one writes without a pause."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

import pytest

from store.storage import app_state, writers_queue
from store.storage.database import Database

WRITES = 20


async def write_on(db: Database, times: int) -> None:
    for _ in range(times):
        async with db.write() as connection:
            await connection.execute("INSERT INTO settings (key, value) VALUES ('busy', '') ON CONFLICT DO NOTHING")
            await asyncio.sleep(0.03)


async def test_a_process_that_writes_all_the_time_leaves_others_their_turns(tmp_path: Path) -> None:
    busy, other = [await Database.open(tmp_path / "lectern.db") for _ in range(2)]  # as in two processes
    writing, turns = asyncio.create_task(write_on(busy, WRITES)), 0
    await asyncio.sleep(0.05)
    while not writing.done():
        await app_state.put(other, "turn", str(turns))
        turns += 1
    await writing
    await busy.close()
    await other.close()
    assert turns >= WRITES / 4, "SQLite alone gives it one or two"


async def test_a_process_that_stands_still_in_the_queue_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers_queue, "LONGEST_S", 0.05)
    db = await Database.open(tmp_path / "lectern.db")
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    await app_state.put(db, "key", "value")
    os.close(folder)
    assert await app_state.get(db, "key") == "value"
    await db.close()
