"""Turns of processes that write to one file.

SQLite lets whoever asks first once the file is free write next, and others look again only after up to 0.1 s. So a
process that writes one batch after the other, such as an import, would keep all others from writing for as long as that
lasts. Here whoever is about to write holds a lock until it has begun, for which the one that has just written waits.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic

try:
    import fcntl
except ImportError:  # on Windows, where there is no fairness among processes
    fcntl = None  # type: ignore[assignment]

LOOK_S, LONGEST_S = 0.005, 0.5
"""Seconds between two tries to get the lock, and after which one goes on without it, as where its holder stands still:
SQLite looks again after 0.1 s, so that whoever holds the lock has had its chances by then."""


class WritersQueue:
    """The turns of one process. The lock is on a folder, so that it needs no file."""

    def __init__(self, folder: Path) -> None:
        self._file: int | None = None
        if fcntl:
            with suppress(OSError):
                self._file = os.open(folder, os.O_RDONLY)

    def close(self) -> None:
        """Let go of the folder."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @asynccontextmanager
    async def about_to_write(self) -> AsyncIterator[None]:
        """Held until the transaction has begun."""
        ends = monotonic() + LONGEST_S
        while not (locked := self._lock()) and monotonic() < ends:  # noqa: ASYNC110 - the other processes have no event
            await asyncio.sleep(LOOK_S)
        try:
            yield
        finally:
            if locked and self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _lock(self) -> bool:
        if self._file is None:
            return True
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks of folders
            self.close()
        return True
