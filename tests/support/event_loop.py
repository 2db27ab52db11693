"""A watchdog over event loops: no callback may take more than 50 ms of its thread's CPU time, so that nobody waits.

CPU time, not time on the clock, so that a busy machine does not matter. Rounds of the garbage collector are not counted:
in a process of tests they are long, and they belong to no callback.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BUDGET_S = 0.05
"""A twentieth of a second: sixty people can press a button at once before the last one's 3 s are over."""
BLOCKED = "kept the event loop busy"
ROOT = Path(__file__).parents[2]
NOT_WATCHED = (ROOT / "tests", ROOT / "bot" / "simulator")
"""What stands for Discord and for people. In the simulator they share the loop with the bot, and take long."""


@contextmanager
def watched(report: Callable[[str], None], budget_s: float = BUDGET_S) -> Iterator[None]:
    """Tell `report` the name of each callback, of any loop, that takes longer; but for `NOT_WATCHED`."""
    collecting = _Collecting()
    # The only place through which every callback goes; not part of asyncio's interface.
    original = asyncio.Handle._run

    def run(handle: asyncio.Handle) -> None:
        callback = handle._callback  # type: ignore[attr-defined]
        before, started = collecting.seconds, time.thread_time()
        try:
            original(handle)
        finally:
            taken = time.thread_time() - started - (collecting.seconds - before)
            if taken > budget_s and (name := _name(callback)):
                report(f"{name} {BLOCKED} for {1000 * taken:.0f} ms")

    asyncio.Handle._run = run  # type: ignore[method-assign, assignment]
    gc.callbacks.append(collecting)
    try:
        yield
    finally:
        gc.callbacks.remove(collecting)
        asyncio.Handle._run = original  # type: ignore[method-assign]


class _Collecting(threading.local):
    """CPU time that the garbage collector took in the thread that asks: other threads run rounds of it meanwhile."""

    seconds = 0.0

    def __call__(self, phase: str, _: dict[str, int]) -> None:
        self.seconds += time.thread_time() * (1 if phase == "stop" else -1)


def _name(callback: Any) -> str | None:
    """What ran, and where it waits now; None for a coroutine that is not watched."""
    # simcord puts its own function around each callback.
    callback = (
        inspect.getclosurevars(callback).nonlocals.get("callback", callback)
        if inspect.isfunction(callback)
        else callback
    )
    task = getattr(callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return getattr(callback, "__qualname__", repr(callback))
    running: Any = task.get_coro()
    if any(map(Path(running.cr_code.co_filename).is_relative_to, NOT_WATCHED)):
        return None
    place = inner = running
    while (inner := getattr(inner, "cr_await", None)) is not None and getattr(inner, "cr_frame", None):
        place = inner
    where = f", now in {place.__qualname__}, line {place.cr_frame.f_lineno}" if place.cr_frame else ""
    return f"{running.__qualname__}{where}"
