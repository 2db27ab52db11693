"""Threads that read the file, each through its own connection.

A look-up runs several small statements; through aiosqlite each would cost a thread switch.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from store.errors import TooSlowError, translated
from store.storage.reading import BUSY_TIMEOUT_S
from store.turns import Turns

T = TypeVar("T")

_LOOKUPS, _LOOKUPS_EACH = 3, 2
"""Look-ups at once, and those of one guild, by choice: one is kept for the others. They compute more than they read, so
that more at once would slow down each. One more thread is for a long task."""
_CACHE_KIB = 4_096
"""Page cache of each connection in KiB; the operating system caches the rest."""
_SWITCH_S = 0.0005
_STEPS, _REST = 20_000, 4
"""Instructions of SQLite's virtual machine, about 1 ms, after which a background task sleeps, and how much longer."""
_PATIENCE_S, _POLL_S = 1.0, 0.01
"""Longest time in seconds that it then waits for running look-ups, and how often it checks for them."""


def shorten_thread_switches() -> None:
    """Let the interpreter switch threads every 0.5 ms, for the whole process; call it once where the process starts.

    A look-up gives up the interpreter lock some twenty times. Each time that another thread is busy, as while papers
    are imported, it waits for the lock, by default for 5 ms.
    """
    sys.setswitchinterval(_SWITCH_S)


class _Connection(sqlite3.Connection):
    """A connection whose next statement fails once `stop` is set.

    A look-up is many statements of a few milliseconds, so that this ends it as soon as an interruption of one would.
    """

    stop = threading.Event()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.stop.is_set():
            raise TooSlowError
        return super().execute(sql, parameters)


class ReaderPool:
    """A few reading threads; creating the pool does not touch the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(_LOOKUPS + 1, thread_name_prefix="lookup")
        self._turns = Turns(_LOOKUPS, _LOOKUPS_EACH)
        self._long = asyncio.Lock()
        self._local = threading.local()
        self._connections: list[_Connection] = []
        self._running = 0
        """Number of look-ups being made."""
        self._closing = False

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run in one of the threads, in a read transaction on its connection; raises `StoreError`s.

        The askers take turns. When the task is cancelled the work is interrupted, and its turn ends when it has ended.
        """
        asker = await self._turns.take()
        stop = threading.Event()
        self._running += 1
        work = self._start(function, stop)
        work.add_done_callback(lambda done: self._ended(asker, done))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            raise

    def _ended(self, asker: Hashable, work: asyncio.Future[T]) -> None:
        if not work.cancelled():
            work.exception()  # Nobody waits for what was interrupted, and asyncio would log its error.
        self._running -= 1
        self._turns.give_back(asker)

    def _start(self, function: Callable[[sqlite3.Connection], T], stop: threading.Event) -> asyncio.Future[T]:
        def work() -> T:
            with translated():
                connection = self._connection()
                connection.stop = stop
                connection.execute("BEGIN")
                try:
                    return function(connection)
                finally:
                    connection.rollback()

        return asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def run_long(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """As `run`, for long work: one at a time, so that look-ups always have a thread."""
        async with self._long:
            return await self._start(function, threading.Event())

    async def run_in_background(
        self, function: Callable[[sqlite3.Connection], T], is_obsolete: Callable[[], bool]
    ) -> T | None:
        """As `run_long`, for work that may take longer still: it sleeps most of the time and gives way to look-ups.

        None if it was interrupted by `close` or because `is_obsolete`, which is called in its thread, said so.
        """

        def work(connection: sqlite3.Connection) -> T | None:
            worked = time.monotonic()

            def rest() -> bool:
                nonlocal worked
                time.sleep(_REST * (time.monotonic() - worked))
                until = time.monotonic() + _PATIENCE_S
                while not (ended := self._closing or is_obsolete()) and self._running and time.monotonic() < until:
                    time.sleep(_POLL_S)
                worked = time.monotonic()
                return ended

            connection.set_progress_handler(rest, _STEPS)
            try:
                return function(connection)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_INTERRUPT":
                    raise
                return None
            finally:
                connection.set_progress_handler(None, 0)

        return await self.run_long(work)

    def _connection(self) -> _Connection:
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, factory=_Connection
            )
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute("PRAGMA query_only = ON")
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    async def close(self) -> None:
        """Wait for what is running, and close the connections."""
        self._closing = True
        await asyncio.to_thread(self._pool.shutdown)
        for connection in self._connections:
            connection.close()
