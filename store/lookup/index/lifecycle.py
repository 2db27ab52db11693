"""Keeping the parts in memory of one kind, and their image in the file: loading, building, checking, writing."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
import zlib
from collections.abc import Coroutine

from store.lookup.index import builder
from store.lookup.index.check import agrees
from store.lookup.index.fields import Kind
from store.lookup.index.prefix_index import MOST_UNSORTED
from store.lookup.index.reader_pool import Readers
from store.lookup.index.snapshot import ImageDamagedError, Memory, Progress, last_change
from store.storage.database import Database

_log = logging.getLogger(__name__)

IMAGE_FROM = 5_000
"""Texts from which an image in the file is quicker than making the parts in memory anew."""
_QUIET_S = 60.0
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_MISMATCH")
"""Errors that the tables of an index cause; others, such as a busy file, pass."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the tables of an index are to blame."""
    return getattr(error, "sqlite_errorname", "").startswith(_DAMAGE)


class Upkeep:
    """The parts in memory of one kind. What takes long is done beside look-ups, one thing at a time."""

    def __init__(self, kind: Kind, db: Database, readers: Readers, progress: Progress) -> None:
        self._kind = kind
        self._db = db
        self._readers = readers
        self._progress = progress
        self._memory: Memory | None = None
        self._level_with: dict[int, tuple[int, Memory]] = {}
        """By connection, its version of the data with which the memory has been level."""
        self._damaged = False
        """Whether the tables failed, so that loading from them again would not do."""
        self._work: asyncio.Task[None] | None = None

    @property
    def usable(self) -> bool:
        """Whether there is an index to look up in."""
        return self._memory is not None

    def begin(self) -> None:
        """Start to check what was loaded, or to build what could not be."""
        self._start(self._check() if self._memory else self._restore())

    async def ready(self) -> None:
        """Wait until nothing is being built, checked or written; raises what went wrong."""
        while work := self._work:
            try:
                await work
            finally:
                # Its callback has not had its turn yet.
                self._forget(work)

    async def close(self) -> None:
        """Break off what is being done."""
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def memory(self, connection: sqlite3.Connection) -> Memory | None:
        """The parts in memory, level with the read transaction that is open; None while they can't be used."""
        memory = self._memory
        if memory is None:
            return None
        # Changes when another connection has committed, so that nothing else is asked while nothing is written.
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if self._level_with.get(id(connection)) != (version, memory):
            try:
                if memory.catch_up(connection):
                    self._level_with[id(connection)] = (version, memory)
            except ImageDamagedError:
                self._memory = None
            except sqlite3.DatabaseError as error:
                self.failed(error)
        return self._memory

    def failed(self, error: sqlite3.Error) -> None:
        """The tables could not be used: from now on they are not, until they are built anew. Raises other errors."""
        if not is_damage(error):
            raise error
        self._memory = None
        self._damaged = True

    def look_after(self) -> None:
        """Start what has to be done after a look-up, if anything."""
        memory = self._memory
        if self._work:
            return
        if memory is None:
            self._start(self._restore())
        elif memory.behind > IMAGE_FROM and (memory.behind > memory.texts // 64 or self._quiet(memory)):
            self._start(self._save(memory))
        elif memory.unsorted > MOST_UNSORTED:
            self._start(asyncio.to_thread(memory.sort))

    @staticmethod
    def _quiet(memory: Memory) -> bool:
        """Whether nothing has changed for a while, so that writing an image is not in vain."""
        return time.monotonic() - memory.changed > _QUIET_S

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._work = asyncio.create_task(work)
        self._work.add_done_callback(self._finished)

    def _forget(self, task: asyncio.Task[None]) -> None:
        if self._work is task:
            self._work = None

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._forget(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("Looking after the index of %ss failed", self._kind.name, exc_info=error)

    async def load(self) -> bool:
        """Load the parts in memory; False where the index has to be built."""
        self._memory = (
            await self._readers.run_long(self._loaded) if await builder.is_built(self._db, self._kind) else None
        )
        return self._memory is not None

    def _loaded(self, connection: sqlite3.Connection) -> Memory | None:
        try:
            try:
                return Memory.load(connection, self._kind)
            except ImageDamagedError:
                (sources,) = connection.execute(f"SELECT count(*) FROM {self._kind.source}").fetchone()
                if sources < IMAGE_FROM and not agrees(connection, self._kind):
                    return None
                memory = Memory.build(connection, self._kind, self._progress)
        except ImageDamagedError:
            return None
        except sqlite3.DatabaseError as error:
            self.failed(error)
            return None
        memory.behind = sources
        return memory if memory.texts == sources else None

    async def _restore(self) -> None:
        """Load again what another process has built anew, or build it."""
        if self._damaged or not await self.load():
            if self._damaged or await builder.is_built(self._db, self._kind):
                await builder.wipe(self._db, self._kind)
            await builder.build(self._db, self._kind, self._progress)
            self._damaged = False
            await self.load()

    async def _check(self) -> None:
        """Compare what was loaded from an image with the tables, and build them anew where they differ."""
        loaded = self._memory
        if loaded is None or loaded.behind >= loaded.texts:
            # It was made from the tables, and is to be an image the next time.
            if loaded and loaded.texts >= IMAGE_FROM:
                await self._save(loaded)
            return

        level = loaded.level

        def check(connection: sqlite3.Connection) -> bool:
            try:
                moved = self.memory(connection) is not loaded or loaded.level.change != last_change(connection)
                return moved or agrees(connection, self._kind, loaded.lexicon)
            except sqlite3.DatabaseError as error:
                self.failed(error)
                return False

        # If it has moved on meanwhile, it was right enough to do so, and what is read would be kept from checkpoints.
        if await self._readers.run_gently(check, lambda: self._memory is not loaded or loaded.level != level) is False:
            self._memory, self._damaged = None, True
            await self._restore()

    async def _save(self, memory: Memory) -> None:
        level, parts = await asyncio.to_thread(memory.image)
        kind = self._kind.name
        async with self._db.write() as connection:
            rows = await connection.execute_fetchall(
                "SELECT 1 FROM lookup_state WHERE kind = ? AND generation = ? AND built_to IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM lookup_images WHERE kind = ? AND upto > ?)",
                (kind, level.generation, kind, level.change),
            )
            if not list(rows):
                # Another process has built the index anew, or written a later image.
                return
            await connection.execute("DELETE FROM lookup_images WHERE kind = ?", (kind,))
            for part, body in parts.items():
                await connection.execute(
                    "INSERT INTO lookup_images (kind, part, upto, checksum, body) VALUES (?, ?, ?, ?, ?)",
                    (kind, part, level.change, zlib.crc32(body), body),
                )
            await connection.execute("DELETE FROM lookup_changes WHERE kind = ? AND id <= ?", (kind, level.change))
