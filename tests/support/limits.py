"""Limits on what a piece of code may take, and the growth of its CPU time with the size of its input."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

CPU_SECONDS = 1.0
MEMORY = 256_000_000
"""Bytes."""


class LimitError(AssertionError):
    """The code took more CPU time or memory than it may."""


@contextmanager
def limits(cpu_seconds: float = CPU_SECONDS, memory: int = MEMORY) -> Iterator[None]:
    """Stop what runs inside with a `LimitError` as soon as it takes more. For the main thread, on Linux."""

    def stop(*_: object) -> None:
        raise LimitError(f"more than {cpu_seconds:g} s of CPU time")

    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    previous = signal.signal(signal.SIGVTALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, hard))
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_seconds)
    try:
        yield
    except MemoryError:
        raise LimitError(f"more than {memory:,} bytes") from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGVTALRM, previous)


def seconds(function: Callable[[], object]) -> float:
    """CPU time of a call. The limit only stops what would never end: a busy machine may be many times slower."""
    with limits(cpu_seconds=10 * CPU_SECONDS):
        started = time.process_time()
        function()
        return time.process_time() - started


def grows_too_fast(call: Callable[[int], Callable[[], object]], size: int, negligible: float = 0.05) -> str | None:
    """What is wrong if the time for four times the size is more than twelve times as long; None if nothing is.

    Quadratic time is sixteen times as long, and linear time four times; a busy machine has been seen to make that ten.

    `call` prepares an input of a size and returns what is to be timed. Times under `negligible` seconds say nothing, so
    that four times the size is tried as well: on a fast machine quadratic time may show only there. Growth counts only if
    it is there in each of five measurements: clocks of virtual machines jump.
    """
    return _grows(call, size, negligible) or _grows(call, 4 * size, 4 * negligible)


def _grows(call: Callable[[int], Callable[[], object]], size: int, negligible: float) -> str | None:
    for _ in range(5):
        try:
            long = seconds(call(4 * size))
            if long <= negligible:
                return None
            # Twelve calls are as long as what they are compared with: some CPU clocks tick every 4 ms only.
            twelve = seconds(partial(_repeated, call(size), 12))
        except LimitError as error:
            return f"size {4 * size:,}: {error}"
        if long <= twelve:
            return None
    return f"{size:,}, twelve times: {twelve:.4f} s, {4 * size:,}: {long:.4f} s"


def _repeated(function: Callable[[], object], times: int) -> None:
    for _ in range(times):
        function()
