"""`python -m seeds.reading CPU_SECONDS MEMORY`: reads what it is asked to, on the socket that is its standard input.

A request is a job and a content, each a frame. The answer is the frames of the results, and a last one that says how it
ended. The process takes no part in anything else: it has no store, no network and no secrets.
"""

from __future__ import annotations

import logging
import math
import os
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from io import BufferedRWPair
from pathlib import Path

from seeds.reading import frames, jobs
from seeds.reading.limits import OUT_OF_MEMORY, Limits
from store.models import Frozen

try:
    import resource
except ImportError:  # Windows, where only the time-out of the other process holds
    resource = None  # type: ignore[assignment]

_NICENESS = 5
"""The bot's answers go before; less than the 10 of `nice`, so that reading does not stand still on a busy machine."""


def main() -> None:
    """Serve requests until the other process closes its end or dies."""
    limits = Limits(cpu_seconds=int(sys.argv[1]), memory=int(sys.argv[2]))
    _die_with_parent()
    _lower_priority()
    _limit_memory(limits)
    logging.disable()  # what libraries say of a file is text from outside, and the problems say it
    try:
        with socket.socket(fileno=os.dup(0)) as connection, connection.makefile("rwb") as channel:
            while (request := frames.read(channel)) is not None:
                content = frames.read(channel) or b""
                _answer(channel, jobs.JOB.validate_json(request), content, limits)
                channel.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # how much of it comes back is not known
    except (BrokenPipeError, ConnectionResetError):
        pass  # the other process has gone


def _answer(channel: BufferedRWPair, job: jobs.Job, content: bytes, limits: Limits) -> None:
    try:
        for result in _each_limited(jobs.results(job, content), limits):
            for frame in frames.split(result):
                frames.write(channel, frame)
            channel.flush()
    except tuple(jobs.ERRORS.values()) as error:
        frames.write(channel, frames.NOT_READ + jobs.error_frame(error))
    except (MemoryError, BrokenPipeError, ConnectionResetError):
        raise
    except Exception:  # noqa: BLE001 - it is raised again there
        frames.write(channel, frames.FAULT + traceback.format_exc().encode(errors="replace"))
    else:
        frames.write(channel, frames.DONE)


def _each_limited(results: Iterator[Frozen], limits: Limits) -> Iterator[Frozen]:
    """The results, each with its own limit of processor time."""
    while True:
        _limit_time(limits)
        result = next(results, None)
        if result is None:
            return
        yield result


def _limit_time(limits: Limits) -> None:
    """Let the system end the process with SIGXCPU when it has run so much longer."""
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + limits.cpu_seconds, hard))


def _limit_memory(limits: Limits) -> None:
    """Let the system refuse memory beyond the limit; only Linux says how much address space there is to begin with."""
    if resource is not None and sys.platform == "linux":
        taken = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (taken + limits.memory, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lower_priority() -> None:
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


def _die_with_parent() -> None:
    """Be killed when the process that started this one ends, however it ends. Elsewhere than on Linux it ends when it
    next reads from it."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig, sigkill = 1, 9
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, sigkill)


if __name__ == "__main__":
    main()
