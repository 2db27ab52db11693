"""An event loop whose time passes only while nothing is left to do, and SQLite without threads in it.

A history of days takes milliseconds, and the same history always takes the same course. The statements are SQLite's
own; each is also a place at which a task can be interrupted, as with the threads of aiosqlite.
"""

from __future__ import annotations

import asyncio
import selectors
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import aiosqlite

from store.storage import on_the_loop

_LATE_S = 1e-6
"""By how much a moment is passed: the loop runs only what lies before the present."""


class _Selector(selectors.SelectSelector):
    """Nothing comes in from outside: what the loop would wait for is a moment, and it has come at once."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("All tasks wait for something that will not come")
        if timeout > 0:
            self.passed_s += timeout + _LATE_S
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """`time` is in seconds from 0."""

    def __init__(self) -> None:
        self._waiting = _Selector()
        super().__init__(self._waiting)

    def time(self) -> float:
        """The simulated seconds that have passed."""
        return self._waiting.passed_s

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]  # typeshed has a type variable tuple
        """At once, in this thread."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except OSError as error:
            future.set_exception(error)
        return future


class _Connection(aiosqlite.Connection):
    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, 64)

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        return self._connect().__await__()

    async def _connect(self) -> aiosqlite.Connection:
        self._connection = self._connector()
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(0)
        return fn(*args, **kwargs)

    async def close(self) -> None:
        """Close it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def sqlite_without_threads() -> Iterator[None]:
    """Connections that aiosqlite makes in this block run in the thread of the loop."""

    def connect(database: Path, **options: Any) -> aiosqlite.Connection:
        return _Connection(lambda: sqlite3.connect(database, **options))

    # Nothing at once: each statement is to be a place at which others go on.
    with mock.patch.object(aiosqlite, "connect", connect), mock.patch.object(on_the_loop, "AT_ONCE_S", -1.0):
        yield
