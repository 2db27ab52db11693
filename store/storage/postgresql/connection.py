"""A connection to PostgreSQL that runs our statements, with the methods of aiosqlite's that the store uses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.adapt import Loader

from store.storage.connection import Cursor, Statement
from store.storage.postgresql.translation import translated


class Row(tuple[Any, ...]):
    """A row that knows the names of its columns, as `sqlite3.Row` does."""

    names: Mapping[str, int]

    def __getitem__(self, key: Any, /) -> Any:
        """The column of this place or name."""
        return super().__getitem__(self.names[key] if isinstance(key, str) else key)

    def keys(self) -> Iterable[str]:
        """The names of the columns."""
        return self.names.keys()


def row_factory(cursor: psycopg.AsyncCursor[Any] | psycopg.Cursor[Any]) -> Any:
    """For psycopg: rows with names."""
    names: dict[str, int] = {}
    for place, column in enumerate(cursor.description or ()):
        names.setdefault(column.name, place)
    return type("NamedRow", (Row,), {"names": names})


class NumberLoader(Loader):
    """PostgreSQL's sums of whole numbers are of a type without limit; a whole one is a whole number here."""

    def load(self, data: Any) -> int | float:
        """The number that the text stands for."""
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


class Fetched:
    """What a statement gave: its rows, all read."""

    def __init__(self, rows: Sequence[Row], rowcount: int) -> None:
        self._rows: Iterator[Row] = iter(rows)
        self.rowcount = rowcount

    async def __aiter__(self) -> AsyncIterator[Row]:
        for row in self._rows:
            yield row

    async def fetchone(self) -> Row | None:
        """The next row; None after the last one."""
        return next(self._rows, None)

    async def fetchall(self) -> list[Row]:
        """The rows that are left."""
        return list(self._rows)


class PostgresConnection:
    """Runs statements that are written for SQLite on a connection of psycopg."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self.total_changes = 0

    def execute(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Statement[Cursor]:
        """Run a statement."""
        return Statement(self._execute(sql, parameters))

    def executemany(self, sql: str, parameters: Iterable[Iterable[Any]], /) -> Statement[Cursor]:
        """Run a statement for each of the parameters."""
        return Statement(self._executemany(sql, parameters))

    def execute_fetchall(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Statement[Iterable[Row]]:
        """Run a statement and read all of its rows."""
        return Statement(self._execute_fetchall(sql, parameters))

    async def _execute(self, sql: str, parameters: Iterable[Any] | None) -> Fetched:
        # psycopg's own type of queries keeps texts from outside from being run; ours are literals of this package.
        cursor = await self._connection.execute(await _query(sql), _values(sql, parameters))
        rows = await cursor.fetchall() if cursor.description else []
        if not sql.lstrip().startswith("SELECT"):
            self.total_changes += max(0, cursor.rowcount)
        return Fetched(rows, cursor.rowcount)

    async def _executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Fetched:
        given = [_values(sql, one) for one in parameters]
        if not given:
            return Fetched([], 0)
        async with self._connection.cursor() as cursor:
            await cursor.executemany(await _query(sql), given)
            self.total_changes += max(0, cursor.rowcount)
            return Fetched([], cursor.rowcount)

    async def _execute_fetchall(self, sql: str, parameters: Iterable[Any] | None) -> list[Row]:
        return await (await self._execute(sql, parameters)).fetchall()


_QUERIES: dict[str, bytes] = {}
"""The statements that were translated; they are literals of this package, a few hundred."""


async def _query(sql: str) -> bytes:
    """The statement as psycopg takes it. Translating takes some 5 ms, so that it is done once, and beside the loop."""
    if sql not in _QUERIES:
        _QUERIES[sql] = (await asyncio.to_thread(translated, sql)).encode()
    return _QUERIES[sql]


def _values(sql: str, parameters: Iterable[Any] | None) -> Sequence[Any] | Mapping[str, Any]:
    if isinstance(parameters, Mapping):
        return {name: storable(value) for name, value in parameters.items()}
    values = [storable(value) for value in parameters or ()]
    return {f"p{number}": value for number, value in enumerate(values, 1)} if "?1" in sql else values


def storable(value: Any) -> Any:
    """What PostgreSQL stores in place of a value: truth is a number, as in SQLite, and U+FFFD stands for NUL."""
    if isinstance(value, str) and "\0" in value:
        return value.replace("\0", "\ufffd")
    return int(value) if isinstance(value, bool) else value
