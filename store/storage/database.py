"""The SQLite file: one writer, several readers, migrations, backup."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib import resources
from pathlib import Path

import aiosqlite

from store.errors import (
    DatabaseDamagedError,
    DatabaseIncompleteError,
    DatabaseNewerError,
    DatabaseUnavailableError,
    TooSlowError,
    translated,
)
from store.storage import wal_check
from store.storage.connection import Connection
from store.storage.on_the_loop import OnTheLoop
from store.storage.reading import BUSY_TIMEOUT_S, ReadTransaction
from store.storage.writers_queue import WritersQueue
from store.turns import ASKER, Turns

READERS, READERS_EACH = 4, 2
"""Connections for reading, and those that one guild has at most, so that it cannot take every one, nor every core of a
small machine; by choice."""
WRITER_CACHE_KB, CHECKPOINT_PAGES = 64_000, 8_000
"""Memory for pages that the writer changes, and pages in the log at which they are copied into the file. With SQLite's
2 MB and 1,000 pages an import writes the same pages over and over: it takes 15 % more CPU time."""
READ_LIMIT_S = 5.0
"""How long what somebody asks for may read. By choice: the broadest searches of
`tests.wire.fairness`, over 20,000 papers, take some 0.15 s."""


def migrations() -> list[str]:
    """The bodies of all migrations; the first one leads to version 1."""
    folder = resources.files("store.storage") / "migrations"
    bodies = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".sql")}
    return [bodies[name].read_text("utf-8") for name in sorted(bodies)]


class Database:
    """Connections to one SQLite file. Made by `open`; every block translates the driver's errors."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, readers: Sequence[aiosqlite.Connection]) -> None:
        self.path = path
        self._writer = writer
        self._writing, self._queue = Turns(1), WritersQueue(path.parent)
        self._all = (writer, *readers)
        self._idle = list(readers)
        self._reading = Turns(len(readers), READERS_EACH)
        self._on_the_loop = OnTheLoop()
        self.measuring = Turns(1)
        """Taken by what measures many papers for one answer, so that several do not measure the same at once."""

    @classmethod
    async def open(cls, path: Path, readers: int = READERS) -> Database:
        """Open the file, make it where it is missing and bring its schema up to date.

        Raises `DatabaseNewerError`, `DatabaseDamagedError`, `DatabaseIncompleteError`, `DatabaseLockedError` or
        `DatabaseUnavailableError`.
        """
        opened: list[aiosqlite.Connection] = []
        is_new = False
        try:
            with translated():
                try:
                    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    is_new = await asyncio.to_thread(make_private, path)
                except OSError as error:
                    raise DatabaseUnavailableError(str(error)) from error
                if await asyncio.to_thread(wal_check.is_log_missing, path):
                    raise DatabaseIncompleteError
                opened.append(await _connect(path))
                await opened[0].execute(f"PRAGMA cache_size = -{WRITER_CACHE_KB:d}")
                await opened[0].execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES:d}")
                await _migrate(opened[0])
                await wal_check.mark_open(opened[0])
                for _ in range(readers):
                    reader = await _connect(path)
                    opened.append(reader)
                    await reader.execute("PRAGMA query_only = ON")
                    await reader.execute_fetchall("PRAGMA busy_timeout = 0")
        except BaseException:
            for connection in opened:
                await connection.close()
            if is_new and await asyncio.to_thread(wal_check.is_log_missing, path):
                await asyncio.to_thread(delete, path)  # Without tables it would pass for a store that lost its log.
            raise
        return cls(path, opened[0], opened[1:])

    async def close(self) -> None:
        """Wait for the running write, then close every connection."""
        async with self._writing.turn():
            try:
                with translated():
                    await wal_check.mark_closed(self._writer)
            finally:
                self._queue.close()
                for connection in self._all:
                    await connection.close()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        async with self.write_papers() as connection:
            yield connection

    @asynccontextmanager
    async def write_papers(self) -> AsyncIterator[aiosqlite.Connection]:
        """As `write`, for what each host keeps for itself, such as the indexes of its papers."""
        async with self._writing.turn():
            with translated():
                try:
                    async with self._queue.about_to_write():
                        await self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
                    await self._writer.commit()
                except BaseException:
                    # A task that is cancelled, even while it begins, must not leave its transaction to the next one.
                    await asyncio.shield(self._writer.rollback())
                    raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A consistent view of the store, beside the writer; otherwise as `read_papers`."""
        async with self.read_papers() as connection:
            yield connection

    @asynccontextmanager
    async def read_papers(self) -> AsyncIterator[Connection]:
        """A consistent view of the file.

        What is read for somebody raises `TooBusyError` where too much waits already, and `TooSlowError` after
        `READ_LIMIT_S`.
        """
        async with self._reading.turn():
            reader = self._idle.pop()
            reading = ReadTransaction(reader, self._on_the_loop)
            try:
                with translated():
                    async with asyncio.timeout(None if ASKER.get() is None else READ_LIMIT_S):
                        try:
                            yield reading
                        except asyncio.CancelledError:
                            await reader.interrupt()
                            await _wait_out(reading.ended())
                            raise
                        finally:
                            reading.end()
            except TimeoutError as error:
                raise TooSlowError from error
            finally:
                self._idle.append(reader)

    async def backup(self, target: Path) -> None:
        """Copy the whole store, as of one moment, to a new file, while it is in use.

        The file has its name only when it is whole; a part of one never passes for a backup. Raises
        `DatabaseUnavailableError` where the target exists or cannot be written.
        """
        if await asyncio.to_thread(target.exists):
            raise DatabaseUnavailableError(f"{target} exists already")
        part = target.with_name(f"{target.name}.part")
        await asyncio.to_thread(delete, part)
        try:
            await asyncio.to_thread(make_private, part)
            with translated():
                async with AsyncExitStack() as connections:
                    source = await _connect(self.path)
                    connections.push_async_callback(source.close)
                    copy = await _opened(part)
                    connections.push_async_callback(copy.close)
                    await source.backup(copy)
                await asyncio.to_thread(wal_check.accept, part)
            await asyncio.to_thread(part.replace, target)
        except OSError as error:
            raise DatabaseUnavailableError(str(error)) from error
        finally:
            await asyncio.to_thread(delete, part)


async def _wait_out(last: Coroutine[object, object, None]) -> None:
    """Wait for it, also where the task is cancelled once more."""
    task = asyncio.ensure_future(last)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])


def make_private(path: Path) -> bool:
    """Make an empty file that only its owner can read, unless there is one; whether it is empty.

    SQLite's files beside it get the same rights.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return not path.stat().st_size


def delete(path: Path) -> None:
    """Delete a database with the files that SQLite makes beside it."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


async def _opened(path: Path) -> aiosqlite.Connection:
    # Of a file that cannot be opened aiosqlite's thread tells the loop twice, the second time perhaps after its end.
    await asyncio.to_thread(lambda: sqlite3.connect(path).close())
    # What is read quickly is read in the thread of the event loop.
    return await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False)


async def _connect(path: Path) -> aiosqlite.Connection:
    connection = await _opened(path)
    try:
        connection.row_factory = sqlite3.Row
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute("PRAGMA foreign_keys = ON")
        await connection.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        await connection.close()
        raise
    return connection


async def schema_version(connection: Connection) -> int:
    """The number of migrations that the file has had."""
    async with connection.execute("PRAGMA user_version") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 0


async def _migrate(connection: aiosqlite.Connection) -> None:
    known = migrations()
    await connection.execute("BEGIN IMMEDIATE")
    try:
        version = await schema_version(connection)
        if version > len(known):
            raise DatabaseNewerError
        if version == 0:
            async with connection.execute("SELECT count(*) FROM sqlite_schema") as rows:
                row = await rows.fetchone()
            if row and row[0]:
                raise DatabaseDamagedError("it holds tables of another program")
        for number, body in enumerate(known[version:], version + 1):
            for statement in _statements(body):
                await connection.execute(statement)
            await connection.execute(f"PRAGMA user_version = {number:d}")
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise


def _statements(script: str) -> list[str]:
    """Split a script; `executescript` would commit between body and version."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    if pending.strip():
        statements.append(pending)
    return statements
