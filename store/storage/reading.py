"""A read transaction in which each statement is one step, on the event loop or in the connection's thread.

Through aiosqlite a statement is four steps of the thread: it is executed, its rows are fetched, once more to see that
there are no further ones, and its cursor is closed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Sequence
from types import TracebackType
from typing import Any, TypeVar

import aiosqlite

from store.storage.connection import Cursor, Row, Running, Statement
from store.storage.on_the_loop import OnTheLoop

ROWS_AT_ONCE = 500
"""Rows that are fetched with their statement, which bounds the memory; the others come in parts of as many."""
BUSY_TIMEOUT_S = 15.0
"""How long a statement waits for another process, such as an import beside the bot; on the event loop not at all."""
T = TypeVar("T")


class _Rows:
    """What a statement gave. The cursor is open as long as there may be more than what was fetched."""

    def __init__(self, run: Callable[..., Coroutine[Any, Any, Any]], cursor: sqlite3.Cursor, rows: list[Row]) -> None:
        self._run, self._cursor = run, cursor
        self._rows, self._at = rows, 0
        self._has_more = len(rows) == ROWS_AT_ONCE

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    async def __aiter__(self) -> AsyncIterator[Row]:
        while (row := await self.fetchone()) is not None:
            yield row

    async def fetchone(self) -> Row | None:
        if self._at == len(self._rows):
            if not self._has_more:
                return None
            self._rows, self._at = await self._run(self._cursor.fetchmany, ROWS_AT_ONCE), 0
            self._has_more = len(self._rows) == ROWS_AT_ONCE
            return await self.fetchone()
        self._at += 1
        return self._rows[self._at - 1]

    async def fetchall(self) -> Sequence[Row]:
        left = self._rows[self._at :]
        self._at = len(self._rows)
        if self._has_more:
            self._has_more = False
            left += await self._run(self._cursor.fetchall)
        return left

    async def close(self) -> None:
        if self._has_more:
            self._has_more = False
            await self._run(self._cursor.close)


class _Running:
    """A statement, to be awaited, or entered by `async with`, which closes its cursor."""

    def __init__(self, running: Coroutine[Any, Any, _Rows]) -> None:
        self._running = running
        self._rows: _Rows | None = None

    def __await__(self) -> Generator[Any, None, _Rows]:
        return self._running.__await__()

    async def __aenter__(self) -> _Rows:
        self._rows = await self._running
        return self._rows

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        if self._rows is not None:
            await self._rows.close()


class ReadTransaction:
    """A `Connection`, whose transaction begins with its first statement, in the same step."""

    def __init__(self, connection: aiosqlite.Connection, on_the_loop: OnTheLoop) -> None:
        self._connection, self._on_the_loop = connection, on_the_loop
        # Not public: aiosqlite has no way to run several calls in one step.
        self._run: Callable[..., Coroutine[Any, Any, Any]] = connection._execute
        self._has_begun = False

    @property
    def total_changes(self) -> int:
        return self._connection.total_changes

    def execute(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Running[Cursor]:
        return _Running(self._executed(sql, parameters))

    def executemany(self, sql: str, parameters: Iterable[Iterable[Any]], /) -> Running[Cursor]:
        return self._connection.executemany(sql, parameters)

    def execute_fetchall(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Running[Iterable[Row]]:
        return Statement(self._all(sql, parameters))

    async def _all(self, sql: str, parameters: Iterable[Any] | None) -> Sequence[Row]:
        return await (await self._executed(sql, parameters)).fetchall()

    async def _executed(self, sql: str, parameters: Iterable[Any] | None) -> _Rows:
        given = () if parameters is None else parameters
        done = self._on_the_loop.run(self._connection._conn, self._step, sql, given)
        return _Rows(self._run, *(done or await self._run(self._patient_step, sql, given)))

    def _step(self, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, list[Row]]:
        connection = self._connection._conn
        if not self._has_begun:
            connection.execute("BEGIN")
            self._has_begun = True
        cursor = connection.execute(sql, parameters)
        rows: list[Row] = cursor.fetchmany(ROWS_AT_ONCE)
        if len(rows) < ROWS_AT_ONCE:
            cursor.close()
        return cursor, rows

    def _patient_step(self, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, list[Row]]:
        """In the connection's thread, where it may wait for a lock."""
        connection = self._connection._conn
        connection.execute(f"PRAGMA busy_timeout = {1000 * BUSY_TIMEOUT_S:.0f}")
        try:
            return self._step(sql, parameters)
        finally:
            connection.execute("PRAGMA busy_timeout = 0")

    def end(self) -> None:
        """End the transaction: no statement of it is running."""
        self._connection._conn.rollback()

    async def ended(self) -> None:
        """End it, after the statement that is running."""
        await self._run(self._connection._conn.rollback)
