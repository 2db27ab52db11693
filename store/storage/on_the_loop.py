"""Short statements and short work on the event loop: to switch to a thread and back takes longer than most of ours.

The loop has others to serve, so a statement that takes too long is stopped, and begins again in the thread; so does one
for which another process's lock has to be awaited.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from time import perf_counter
from typing import Any, TypeVar

MOST_STEPS, MOST_S = 20_000, 0.01
"""Instructions of SQLite's machine that a statement may take on the loop, and the time, as each may wait for the disk.
By choice: about a millisecond's work. The records of 400 papers, among what is read for one answer, take 10,800."""
_STEPS = 1_000
"""Instructions after which both are looked at."""
AT_ONCE_S = 0.005
"""How long, from the first statement on, others may begin before the loop goes on to other work; by choice: a tenth of
what `tests.support.event_loop` lets a callback take."""
SLOW_S = 10.0
"""How long a statement that took too long is not tried again, so that this costs next to nothing; by choice."""
MOST_SLOW = 500
"""Such statements that are remembered, which bounds the memory."""
_UNSTOPPABLE = re.compile(r" MATCH |count\(\*\) FROM \w+$")
"""Statements that may do all their work in one instruction, after which alone they can be stopped."""
T = TypeVar("T")
U = TypeVar("U")


async def bit_by_bit(work: Callable[[Sequence[T]], Iterable[U]], items: Sequence[T], at_once: int) -> list[U]:
    """What the work gives for the items, so many at a time on the event loop, which serves others in between.

    Short work costs more in a thread: both threads want the interpreter, and each statement hands it over.
    """
    done: list[U] = []
    for start in range(0, len(items), at_once):
        if start:
            await asyncio.sleep(0)
        done += work(items[start : start + at_once])
    return done


class OnTheLoop:
    """What may run on the event loop of those who read from one database."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._slow: dict[tuple[str, int], float] = {}

    def run(
        self, connection: sqlite3.Connection, step: Callable[[str, Any], T], sql: str, parameters: Iterable[Any]
    ) -> T | None:
        """What the step gives, which runs the statement; None where it is to run in the connection's thread."""
        now = perf_counter()
        if self._until is None:
            self._until = now + AT_ONCE_S
            asyncio.get_running_loop().call_soon(self._go_on)
        if now > self._until:
            return None
        asked = sql, _size(parameters)
        if self._slow.get(asked, 0.0) > now or _UNSTOPPABLE.search(sql):
            return None
        end, steps = now + MOST_S, count(_STEPS, _STEPS)
        connection.set_progress_handler(lambda: next(steps) >= MOST_STEPS or perf_counter() > end, _STEPS)
        try:
            return step(sql, parameters)
        except sqlite3.OperationalError as error:
            if not getattr(error, "sqlite_errorname", "").startswith(("SQLITE_INTERRUPT", "SQLITE_BUSY")):
                raise
            if len(self._slow) >= MOST_SLOW:
                self._slow.clear()
            self._slow[asked] = now + SLOW_S
            return None
        finally:
            connection.set_progress_handler(None, 0)

    def _go_on(self) -> None:
        self._until = None


def _size(parameters: Iterable[Any]) -> int:
    """About how much is asked for: the same statement is short for one handle and long for a thousand."""
    values = parameters.values() if isinstance(parameters, dict) else parameters
    return sum(len(value) for value in values if isinstance(value, str)).bit_length()
