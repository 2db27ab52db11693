"""Turns: who gets the next free connection or thread, so that nobody's load keeps others waiting.

First come, first served, one guild's sixty searches would delay everybody. Here each asker has a queue of its own, the
queues are served in rotation, and the last free slot is kept for whoever holds none.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from store.errors import TooBusyError

MOST_WAITING = 100
"""Requests of one asker that may wait; by choice. Autocomplete's answers take some 10 ms each, so that the last of more
would come after a second, when its person has typed on."""

ASKER: ContextVar[int | None] = ContextVar("asker", default=None)
"""On whose behalf the task works: the id of a guild, of a person in direct messages, or None for Lectern itself. It is
no argument, as every function of the store would have to hand it on."""


class Turns:
    """So many slots, shared fairly by the askers of the tasks that want one; one asker has at most `each` at a time."""

    def __init__(self, slots: int, each: int | None = None) -> None:
        self._free = slots
        self._each = each or slots
        self._held: Counter[int | None] = Counter()
        self._waiting: OrderedDict[int | None, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a slot for the block. Raises `TooBusyError` where too many of the asker's requests wait already."""
        asker = await self.take()
        try:
            yield
        finally:
            self.give_back(asker)

    async def take(self) -> int | None:
        """Wait for a slot; returns the asker, with whom it is to be given back. Raises as `turn`."""
        asker = ASKER.get()
        if asker not in self._waiting and self._may_have(asker):
            self._hold(asker)
            return asker
        queue = self._waiting.setdefault(asker, deque())
        if asker is not None and sum(not waiting.done() for waiting in queue) >= MOST_WAITING:
            raise TooBusyError
        mine = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # It was granted in the same step of the loop.
                self.give_back(asker)
            elif mine in queue:
                queue.remove(mine)
                if not queue:
                    del self._waiting[asker]
            raise
        return asker

    def give_back(self, asker: int | None) -> None:
        """Free a slot that this asker held, for whoever is next."""
        self._free += 1
        self._held[asker] -= 1
        if not self._held[asker]:
            del self._held[asker]
        for waiting in list(self._waiting):
            if self._may_have(waiting):
                self._grant(waiting)

    def _may_have(self, asker: int | None) -> bool:
        held = self._held[asker]
        return held < self._each and (self._free > 1 or (self._free == 1 and not held))

    def _hold(self, asker: int | None) -> None:
        self._free -= 1
        self._held[asker] += 1

    def _grant(self, asker: int | None) -> None:
        queue = self._waiting[asker]
        while queue:
            granted = queue.popleft()
            if not granted.done():
                self._hold(asker)
                granted.set_result(None)
                break
        if queue:
            self._waiting.move_to_end(asker)
        else:
            del self._waiting[asker]
