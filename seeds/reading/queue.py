"""A queue of what waits to be read by one process, in which everybody takes turns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from seeds.reading.limits import QueueFullError
from store.turns import Turns


class ReadingQueue:
    """`most_each` may wait for one asker, and `most` in all."""

    def __init__(self, *, most_each: int, most: int) -> None:
        self._most_each = most_each
        self._most = most
        self._turns = Turns(1)

    @asynccontextmanager
    async def turn(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait for a turn, which lasts as long as the block. Raises `QueueFullError` at once if too many wait."""
        if self._turns.waiting(asker) >= self._most_each:
            raise QueueFullError("Other files from here are still being read. Try again in a minute.")
        if self._turns.waiting() >= self._most:
            raise QueueFullError("Too many files are waiting to be read. Try again in a few minutes.")
        async with self._turns.turn(asker):
            yield
