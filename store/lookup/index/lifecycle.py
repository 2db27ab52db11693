"""The life of a snapshot: loading or building it, checking it, repairing damage, and storing its image."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
import zlib
from collections.abc import Coroutine
from contextvars import Context

from store.lookup.index import builder
from store.lookup.index.fields import Field
from store.lookup.index.prefix_index import MOST_UNSORTED
from store.lookup.index.reader_pool import ReaderPool
from store.lookup.index.snapshot import BuildProgress, ImageDamagedError, Snapshot, last_change
from store.storage.database import Database

_log = logging.getLogger(__name__)

IMAGE_MIN_TEXTS = 5_000
"""Number of texts from which loading a stored image is faster than building the snapshot from the tables."""
_QUIET_S = 60.0
"""Seconds without changes after which a new image is worth writing."""
_CHANGED_SHARE = 64
"""One in so many texts has changed: a new image is written although changes go on."""
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_MISMATCH")
"""SQLite errors that mean damaged index tables; others, such as a busy file, are temporary."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error means that the index tables are damaged."""
    return getattr(error, "sqlite_errorname", "").startswith(_DAMAGE)


class IndexLifecycle:
    """Owns the snapshot of one field. Long work runs beside look-ups, one task at a time."""

    def __init__(self, field: Field, db: Database, readers: ReaderPool, progress: BuildProgress) -> None:
        self._field = field
        self._db = db
        self._readers = readers
        self._progress = progress
        self._snapshot: Snapshot | None = None
        self._current_with: dict[int, tuple[int, Snapshot]] = {}
        """By connection, the `data_version` at which the snapshot was last refreshed."""
        self._damaged = False
        """Whether the tables are damaged, so that they have to be rebuilt and not loaded again."""
        self._work: asyncio.Task[None] | None = None

    @property
    def usable(self) -> bool:
        """Whether there is a snapshot to search in."""
        return self._snapshot is not None

    def start(self) -> None:
        """Start checking what was loaded, or building what could not be loaded."""
        self._start(self._check() if self._snapshot else self._restore())

    async def ready(self) -> None:
        """Wait until nothing is being built, checked or written; raises the error of such work."""
        while work := self._work:
            try:
                await work
            finally:
                # The callback of the task has not run yet.
                self._forget(work)

    async def close(self) -> None:
        """Cancel what is being done."""
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def current(self, connection: sqlite3.Connection) -> Snapshot | None:
        """The snapshot, current with the open read transaction; None while there is none."""
        snapshot = self._snapshot
        if snapshot is None:
            return None
        # It changes when another connection has committed, so that an idle store needs no further query.
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if self._current_with.get(id(connection)) != (version, snapshot):
            try:
                if snapshot.refresh(connection):
                    self._current_with[id(connection)] = (version, snapshot)
            except ImageDamagedError:
                self._snapshot = None
            except sqlite3.DatabaseError as error:
                self.mark_damaged(error)
        return self._snapshot

    def mark_damaged(self, error: sqlite3.Error) -> None:
        """Stop using the index until it is rebuilt; re-raises errors that do not mean damage."""
        if not is_damage(error):
            raise error
        self._snapshot = None
        self._damaged = True

    def schedule_maintenance(self) -> None:
        """Start whatever maintenance is due, called after each look-up."""
        snapshot = self._snapshot
        if self._work:
            return
        if snapshot is None:
            self._start(self._restore())
        elif self._image_is_due(snapshot):
            self._start(self._save(snapshot))
        elif snapshot.unsorted > MOST_UNSORTED:
            self._start(asyncio.to_thread(snapshot.sort))

    @staticmethod
    def _image_is_due(snapshot: Snapshot) -> bool:
        """Whether much has changed since the stored image was written, or changes have ceased for a while."""
        quiet = time.monotonic() - snapshot.last_refresh > _QUIET_S
        changes = snapshot.unsaved_changes
        return changes > IMAGE_MIN_TEXTS and (changes > snapshot.texts // _CHANGED_SHARE or quiet)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        # Lectern's own work, not that of whoever made the look-up after which it is due.
        self._work = asyncio.create_task(work, context=Context())
        self._work.add_done_callback(self._finished)

    def _forget(self, task: asyncio.Task[None]) -> None:
        if self._work is task:
            self._work = None

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._forget(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("Maintenance of the %s index failed", self._field.name, exc_info=error)

    async def load(self) -> bool:
        """Load the snapshot; False if the index has to be built."""
        self._snapshot = (
            await self._readers.run_long(self._loaded) if await builder.is_built(self._db, self._field) else None
        )
        return self._snapshot is not None

    def _loaded(self, connection: sqlite3.Connection) -> Snapshot | None:
        try:
            try:
                return Snapshot.load(connection, self._field)
            except ImageDamagedError:
                (sources,) = connection.execute(f"SELECT count(*) FROM {self._field.source}").fetchone()
                if sources < IMAGE_MIN_TEXTS and not builder.is_consistent(connection, self._field):
                    return None
                snapshot = Snapshot.build(connection, self._field, self._progress)
        except ImageDamagedError:
            return None
        except sqlite3.DatabaseError as error:
            self.mark_damaged(error)
            return None
        snapshot.unsaved_changes = sources
        return snapshot if snapshot.texts == sources else None

    async def _restore(self) -> None:
        """Load what another process has rebuilt, or build it."""
        if self._damaged or not await self.load():
            if self._damaged or await builder.is_built(self._db, self._field):
                await builder.wipe(self._db, self._field)
            await builder.build(self._db, self._field, self._progress)
            self._damaged = False
            await self.load()

    async def _check(self) -> None:
        """Compare what was loaded from an image with the tables, and rebuild them if they differ."""
        loaded = self._snapshot
        if loaded is None or loaded.unsaved_changes >= loaded.texts:
            # It was built from the tables just now; store an image for the next start.
            if loaded and loaded.texts >= IMAGE_MIN_TEXTS:
                await self._save(loaded)
            return

        version = loaded.version

        def check(connection: sqlite3.Connection) -> bool:
            try:
                moved = self.current(connection) is not loaded or loaded.version.change != last_change(connection)
                return moved or builder.is_consistent(connection, self._field, loaded.vocabulary)
            except sqlite3.DatabaseError as error:
                self.mark_damaged(error)
                return False

        def refreshed() -> bool:
            return self._snapshot is not loaded or loaded.version != version

        # A snapshot that was refreshed meanwhile needs no check, and a long read would hold up checkpoints of the log.
        if await self._readers.run_in_background(check, refreshed) is False:
            self._snapshot, self._damaged = None, True
            await self._restore()

    async def _save(self, snapshot: Snapshot) -> None:
        version, parts = await asyncio.to_thread(snapshot.image)
        field = self._field.name
        async with self._db.write_papers() as connection:
            rows = await connection.execute_fetchall(
                "SELECT 1 FROM lookup_state WHERE kind = ? AND generation = ? AND built_to IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM lookup_images WHERE kind = ? AND upto > ?)",
                (field, version.generation, field, version.change),
            )
            if not list(rows):
                # Another process has rebuilt the index, or written a later image.
                return
            await connection.execute("DELETE FROM lookup_images WHERE kind = ?", (field,))
            for part, body in parts.items():
                await connection.execute(
                    "INSERT INTO lookup_images (kind, part, upto, checksum, body) VALUES (?, ?, ?, ?, ?)",
                    (field, part, version.change, zlib.crc32(body), body),
                )
            await connection.execute("DELETE FROM lookup_changes WHERE kind = ? AND id <= ?", (field, version.change))
