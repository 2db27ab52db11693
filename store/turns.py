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


_Queues = OrderedDict[Hashable, deque[asyncio.Future[None]]]


class Turns:
    """So many slots, shared fairly by the askers of the tasks that want one; one asker has at most `each` at a time."""

    def __init__(self, slots: int, each: int | None = None, most_waiting: int = MOST_WAITING) -> None:
        self._free = slots
        self._each = each or slots
        self._most_waiting = most_waiting
        self._held: Counter[Hashable] = Counter()
        self._waiting: _Queues = OrderedDict()
        self._giving_way: _Queues = OrderedDict()

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

    async def take(self, asker: Hashable = None, *, gives_way: bool = False) -> Hashable:
        """Wait for a slot; returns the asker, with whom it is to be given back. Raises as `turn`.

        Who gives way gets a slot that nobody else who waits may have.
        """
        if asker is None:
            asker = ASKER.get()
        queues = self._giving_way if gives_way else self._waiting
        if asker not in self._waiting and asker not in queues and self._may_have(asker):
            self._hold(asker)
            return asker
        if asker is not None and sum(not one.done() for one in queues.get(asker, ())) >= self._most_waiting:
            raise TooBusyError
        queue = queues.setdefault(asker, deque())
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
                    del queues[asker]
            raise
        return asker

    def waiting(self, *askers: Hashable) -> int:
        """How many requests wait that do not give way: of these askers, or of all."""
        queues = [self._waiting.get(asker, ()) for asker in askers] if askers else self._waiting.values()
        return sum(not waiting.done() for queue in queues for waiting in queue)

    def is_crowded(self) -> bool:
        """Whether the work of this task keeps others waiting: those of its asker, or where no slot is left, anybody."""
        return bool(self.waiting(ASKER.get())) or (self._free <= 1 and bool(self.waiting()))

    def give_back(self, asker: Hashable) -> None:
        """Free a slot that this asker held, for whoever is next."""
        self._free += 1
        self._held[asker] -= 1
        if not self._held[asker]:
            del self._held[asker]
        for queues in (self._waiting, self._giving_way):
            for waiting in list(queues):
                if self._may_have(waiting):
                    self._grant(queues, waiting)

    def _may_have(self, asker: Hashable) -> bool:
        held = self._held[asker]
        return held < self._each and (self._free > 1 or (self._free == 1 and not held))

    def _hold(self, asker: Hashable) -> None:
        self._free -= 1
        self._held[asker] += 1

    def _grant(self, queues: _Queues, asker: Hashable) -> None:
        queue = queues[asker]
        while queue:
            granted = queue.popleft()
            if not granted.done():
                self._hold(asker)
                granted.set_result(None)
                break
        if queue:
            queues.move_to_end(asker)
        else:
            del queues[asker]


class _Work:
    """A turn that is given to others while its holder waits for what is done elsewhere."""

    def __init__(self, turns: Turns, asker: Hashable) -> None:
        self._turns, self._asker = turns, asker
        self._holds, self._takes, self._ended = True, False, False
        self._elsewhere = 0

    def step_aside(self) -> None:
        self._elsewhere += 1
        self._let_go()

    async def come_back(self) -> None:
        """Wait for a turn again, unless another task of the same work still waits elsewhere, or for the turn."""
        self._elsewhere -= 1
        if self._elsewhere or self._holds or self._takes or self._ended:
            return
        self._takes = True
        try:
            await self._turns.take(self._asker)
            self._holds = True
        except TooBusyError:
            pass  # What has begun goes on without.
        finally:
            self._takes = False
        if self._elsewhere or self._ended:
            self._let_go()

    def end(self) -> None:
        self._ended = True
        self._let_go()

    def _let_go(self) -> None:
        if self._holds:
            self._holds = False
            self._turns.give_back(self._asker)


_WORK: ContextVar[_Work | None] = ContextVar("work", default=None)


@asynccontextmanager
async def working(turns: Turns) -> AsyncIterator[None]:
    """Hold a turn for the block, except while it or a task that it starts is `elsewhere`. Raises as `Turns.turn`."""
    work = _Work(turns, await turns.take())
    token = _WORK.set(work)
    try:
        yield
    finally:
        _WORK.reset(token)
        work.end()


@asynccontextmanager
async def elsewhere() -> AsyncIterator[None]:
    """Around a wait for what another machine or process does: others have the task's turn at working meanwhile."""
    work = _WORK.get()
    if work is None:
        yield
        return
    work.step_aside()
    try:
        yield
    finally:
        await work.come_back()
