"""Putting a backup in the place of a store, or going on with a store whose last changes are lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from store.errors import DatabaseDamagedError, DatabaseLockedError, DatabaseNewerError, translated
from store.storage import wal_check
from store.storage.database import delete, make_private, migrations


def restore(path: Path, backup: Path, now: datetime) -> Path | None:
    """Make the store a copy of `backup`; returns where the former store is kept, None where there was none.

    If `backup` is the store itself, it counts as whole from now on, though its log is missing. Raises
    `DatabaseLockedError` while another process has the store open, and the errors of `Database.open` for the backup.
    """
    if path.exists() and path.samefile(backup):
        with translated():
            wal_check.accept(path)
        return None
    part = path.with_name(f"{path.name}.part")
    delete(part)
    make_private(part)
    try:
        with translated():
            _copy(backup, part)
        former = _put_aside(path, now) if path.exists() else None
        part.replace(path)
        return former
    finally:
        delete(part)


def _copy(backup: Path, part: Path) -> None:
    # Where there is no log, SQLite would leave an empty one beside the backup.
    how = "mode=ro" if wal_check.log_of(backup).exists() else "immutable=1"
    with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?{how}", uri=True)) as source:
        (version,) = source.execute("PRAGMA user_version").fetchone()
        if version > len(migrations()):
            raise DatabaseNewerError
        if not version or source.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise DatabaseDamagedError(str(backup))
        with closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
    wal_check.accept(part)


def _put_aside(path: Path, now: datetime) -> Path:
    """Rename the store, with its log written back; raises `DatabaseLockedError` while somebody has it open."""
    former = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}")
    if not wal_check.is_log_missing(path):
        with closing(sqlite3.connect(path)) as connection:
            try:
                # Leaving the mode with a log needs the file for oneself.
                connection.execute("PRAGMA journal_mode = DELETE")
                wal_check.accept(path)
            except sqlite3.OperationalError as error:
                raise DatabaseLockedError from error
            except sqlite3.DatabaseError:
                pass  # What is damaged is put aside as it is.
    for suffix in ("-wal", "-shm"):
        if (beside := path.with_name(path.name + suffix)).exists():
            beside.replace(former.with_name(former.name + suffix))
    try:
        # The store has its name until the copy takes it: a process killed here leaves one or the other.
        former.hardlink_to(path)
    except OSError:
        path.replace(former)
    return former
