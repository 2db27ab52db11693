"""Turns at something that only one can use at a time, shared fairly between those who ask."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from seeds.reading.limits import QueueFullError

Turn = asyncio.Future[None]


class Turns:
    """Gives a turn to each asker that waits, round and round; one asker's turns come in the order of asking.

    `most_each` turns may wait for one asker, and `most` in all.
    """

    def __init__(self, *, most_each: int, most: int) -> None:
        self._most_each = most_each
        self._most = most
        self._waiting: OrderedDict[Hashable, deque[Turn]] = OrderedDict()
        """The next asker comes first."""
        self._taken = False

    @asynccontextmanager
    async def turn(self, asker: Hashable) -> AsyncIterator[None]:
        """Wait for a turn, which lasts as long as the block. Raises `QueueFullError` at once if too many wait."""
        await self._take(asker)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, asker: Hashable) -> None:
        if not self._taken:
            self._taken = True
            return
        if self._count(asker) >= self._most_each:
            raise QueueFullError("Other files from here are still being read. Try again in a minute.")
        if sum(map(self._count, self._waiting)) >= self._most:
            raise QueueFullError("Too many files are waiting to be read. Try again in a few minutes.")
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asker, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was given the turn, and cancelled before it ran
                self._pass_on()
            raise

    def _count(self, asker: Hashable) -> int:
        return sum(not turn.cancelled() for turn in self._waiting.get(asker, ()))

    def _pass_on(self) -> None:
        """Give the turn to the next asker, whose other turns then wait behind everybody else's."""
        while self._waiting:
            asker, turns = self._waiting.popitem(last=False)
            while turns and turns[0].cancelled():
                turns.popleft()
            if turns:
                turns.popleft().set_result(None)
                if turns:
                    self._waiting[asker] = turns
                return
        self._taken = False
