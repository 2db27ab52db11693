"""Turns: who gets the next free connection or thread, so that nobody's load keeps others waiting.

First come, first served, one guild's sixty searches would delay everybody. Here each asker has a queue of its own, the
queues are served in rotation, and the last free slot is kept for whoever holds none.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
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
        self._held: Counter[Hashable] = Counter()
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, asker: Hashable = None) -> AsyncIterator[None]:
        """Hold a slot for the block, for this asker or that of the task.

        Raises `TooBusyError` where too many of the asker's requests wait already.
        """
        asker = await self.take(asker)
        try:
            yield
        finally:
            self.give_back(asker)

    async def take(self, asker: Hashable = None) -> Hashable:
        """Wait for a slot; returns the asker, with whom it is to be given back. Raises as `turn`."""
        if asker is None:
            asker = ASKER.get()
        if asker not in self._waiting and self._may_have(asker):
            self._hold(asker)
            return asker
        queue = self._waiting.setdefault(asker, deque())
        if asker is not None and self.waiting(asker) >= MOST_WAITING:
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

    def waiting(self, *askers: Hashable) -> int:
        """How many requests wait: of these askers, or of all."""
        queues = [self._waiting.get(asker, ()) for asker in askers] if askers else self._waiting.values()
        return sum(not waiting.done() for queue in queues for waiting in queue)

    def give_back(self, asker: Hashable) -> None:
        """Free a slot that this asker held, for whoever is next."""
        self._free += 1
        self._held[asker] -= 1
        if not self._held[asker]:
            del self._held[asker]
        for waiting in list(self._waiting):
            if self._may_have(waiting):
                self._grant(waiting)

    def _may_have(self, asker: Hashable) -> bool:
        held = self._held[asker]
        return held < self._each and (self._free > 1 or (self._free == 1 and not held))

    def _hold(self, asker: Hashable) -> None:
        self._free -= 1
        self._held[asker] += 1

    def _grant(self, asker: Hashable) -> None:
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
