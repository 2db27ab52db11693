"""What runs on the event loop: short statements and short work, and not so much that others wait for the loop."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store import ingest
from store.catalog import papers
from store.models import ParsedSource
from store.storage import on_the_loop
from store.storage.database import Database
from store.storage.on_the_loop import OnTheLoop
from tests.wire.made_papers import made_papers

LONG = "WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < ?) SELECT max(x) FROM n"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "some.db", isolation_level=None, timeout=0)) as connection:
        connection.execute("CREATE VIRTUAL TABLE some USING fts5 (words)")
        yield connection


def step_on(connection: sqlite3.Connection) -> Callable[[str, Any], list[Any]]:
    return lambda sql, parameters: connection.execute(sql, parameters).fetchall()


async def test_a_short_statement_runs_on_the_loop_and_a_long_one_does_not(file: sqlite3.Connection) -> None:
    here = OnTheLoop()
    assert here.run(file, step_on(file), LONG, [9]) == [(9,)]
    assert here.run(file, step_on(file), LONG, [10**9]) is None
    assert step_on(file)(LONG, [10**5]) == [(10**5,)], "nothing stops it elsewhere"


async def test_a_long_statement_is_not_tried_again_soon_unless_less_is_asked_for(
    file: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_the_loop, "AT_ONCE_S", 60.0)
    here, tried = OnTheLoop(), list[int]()

    def step(sql: str, parameters: Any) -> list[Any]:
        tried.append(len(parameters[0]))
        return step_on(file)("SELECT sum(n.value) FROM json_each(?) AS one, json_each(?) AS n", [parameters[0]] * 2)

    many, few = str(list(range(1000))), str(list(range(10)))
    assert [here.run(file, step, "that", [one]) is None for one in (many, many, few, many)] == [True, True, False, True]
    assert tried == [len(many), len(few)]


async def test_what_cannot_be_stopped_does_not_run_on_the_loop(file: sqlite3.Connection) -> None:
    here = OnTheLoop()
    assert here.run(file, step_on(file), "SELECT count(*) FROM some", ()) is None
    assert here.run(file, step_on(file), "SELECT rowid FROM some WHERE some MATCH ? LIMIT 1", ["a"]) is None


async def test_it_waits_for_no_lock(file: sqlite3.Connection, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "some.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert OnTheLoop().run(file, step_on(file), "SELECT words FROM some", ()) is None


async def test_an_error_is_the_statements(file: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        OnTheLoop().run(file, step_on(file), "SELECT 1 FROM nowhere", ())


async def test_others_go_on_between_many_short_statements(db: Database) -> None:
    async with db.read() as connection:
        other = asyncio.create_task(asyncio.sleep(0))
        for _ in range(100_000):
            await connection.execute("SELECT 1")
            if other.done():
                break
    assert other.done()


async def test_the_memory_is_bounded(file: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_the_loop, "MOST_STEPS", 0)
    monkeypatch.setattr(on_the_loop, "AT_ONCE_S", 60.0)
    here = OnTheLoop()
    for number in range(2 * on_the_loop.MOST_SLOW):
        assert here.run(file, step_on(file), f"{LONG} -- {number}", [1000]) is None
    assert len(here._slow) <= on_the_loop.MOST_SLOW


async def test_the_papers_of_an_answer_are_read_on_the_loop(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_the_loop, "MOST_S", 60.0)
    monkeypatch.setattr(on_the_loop, "AT_ONCE_S", 60.0)
    await ingest.take(db, "made", ParsedSource(papers=tuple(made_papers(400))))
    handles = [handle for handle, _ in await papers.newest(db, 400)]
    assert len(await papers.by_handles(db, handles)) == 400
    assert not db._on_the_loop._slow


async def test_work_is_done_bit_by_bit_in_its_order_and_others_go_on_in_between() -> None:
    seen = list[bool]()
    went_on = asyncio.Event()
    asyncio.get_running_loop().call_soon(went_on.set)

    def work(some: Sequence[int]) -> list[int]:
        seen.append(went_on.is_set())
        return [10 * one for one in some]

    assert await on_the_loop.bit_by_bit(work, list(range(5)), 2) == [0, 10, 20, 30, 40]
    assert seen == [False, True, True]
    assert await on_the_loop.bit_by_bit(work, [], 2) == []
