"""Threads that read the file, each through a connection of its own.

A look-up makes several small statements, and each would cost a change of thread through aiosqlite.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from store.errors import translated
from store.storage.database import BUSY_TIMEOUT_S

T = TypeVar("T")

_THREADS = 3
"""Two look-ups at once, and one thing that takes long."""
_CACHE_KIB = 4_096
"""Pages of the file that each of the threads keeps; the operating system keeps the rest."""
_SWITCH_S = 0.0005
_STEPS, _REST = 20_000, 4
"""Instructions of SQLite's machine, about a millisecond, after which what is done gently rests, four times as long."""
_PATIENCE_S, _POLL_S = 1.0, 0.01
"""How long it waits then for look-ups to end, at most, and how often it looks whether they have."""


class Readers:
    """A few threads; made without touching the file."""

    def __init__(self, path: Path) -> None:
        # A look-up gives up the interpreter's lock some twenty times, and waits for it each time that another thread,
        # such as one that imports papers, is busy: for 5 ms if nothing is said.
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_S))
        self._path = path
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="lookup")
        self._long = asyncio.Lock()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._running = 0
        """Look-ups that are being made."""
        self._closing = False

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run in one of the threads, in a read transaction on its connection; raises the errors of the store."""
        self._running += 1
        try:
            return await self._run(function)
        finally:
            self._running -= 1

    async def _run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        def work() -> T:
            with translated():
                connection = self._connection()
                connection.execute("BEGIN")
                try:
                    return function(connection)
                finally:
                    connection.rollback()

        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def run_long(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """The same for what takes long: one at a time, so that look-ups always have a thread."""
        async with self._long:
            return await self._run(function)

    async def run_gently(self, function: Callable[[sqlite3.Connection], T], in_vain: Callable[[], bool]) -> T | None:
        """The same for what may take longer still: it rests most of the time, and lets look-ups pass.

        None where it is broken off because it is `in_vain`, which is asked in its thread, or because of `close`.
        """

        def work(connection: sqlite3.Connection) -> T | None:
            worked = time.monotonic()

            def rest() -> bool:
                nonlocal worked
                time.sleep(_REST * (time.monotonic() - worked))
                until = time.monotonic() + _PATIENCE_S
                while not (ended := self._closing or in_vain()) and self._running and time.monotonic() < until:
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

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute("PRAGMA query_only = ON")
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    async def close(self) -> None:
        """Wait for what is running, and let go of the file."""
        self._closing = True
        await asyncio.to_thread(self._pool.shutdown)
        for connection in self._connections:
            connection.close()
