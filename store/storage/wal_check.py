"""Notices that the write-ahead log of a store is missing: the file beside it, `-wal`, with the last changes.

A process that is killed leaves the log behind, and SQLite reads it at the next opening. Without it, the store looks
whole, but what was written last is lost. So each process that opens a store says so in its main file, and takes that
back before it closes; SQLite keeps the log for as long as anybody has the store open.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from store.storage.connection import Connection

_OPEN = "open by "
"""How the keys of processes in the table `settings` begin; their number follows."""
IS_OPEN = f"key LIKE '{_OPEN}%'"
"""Whether a row of that table is of a process; in words of both engines."""


def log_of(path: Path) -> Path:
    """The write-ahead log of a store."""
    return path.with_name(f"{path.name}-wal")


def is_log_missing(path: Path) -> bool:
    """Whether a store was not closed and has no log. Raises `sqlite3.Error` where the file is no database."""
    if not path.exists() or log_of(path).exists() or not _uses_log(path):
        return False
    # Immutable: SQLite would make an empty log, and then the missing one could not be put back.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
        if "settings" not in tables:
            # Even the tables of a new store are at first in the log alone.
            return not tables
        return connection.execute(f"SELECT 1 FROM settings WHERE {IS_OPEN}").fetchone() is not None  # noqa: S608


def _uses_log(path: Path) -> bool:
    """Whether the header says so: its bytes 18 and 19 are 2 then (https://sqlite.org/fileformat.html)."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\2\2"


async def mark_open(connection: Connection) -> None:
    """Let the main file say that this process has the store open, and forget processes that are gone."""
    async with connection.execute(f"SELECT key FROM settings WHERE {IS_OPEN}") as rows:  # noqa: S608
        gone = [(key,) for (key,) in await rows.fetchall() if not _is_running(int(key.removeprefix(_OPEN)))]
    await connection.executemany("DELETE FROM settings WHERE key = ?", gone)
    await connection.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, '')", [f"{_OPEN}{os.getpid()}"])
    await connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


async def mark_closed(connection: Connection) -> None:
    """Take back what `mark_open` said; the connection is to be closed next."""
    await connection.execute("DELETE FROM settings WHERE key = ?", [f"{_OPEN}{os.getpid()}"])


def accept(path: Path) -> None:
    """Let the store count as closed by everybody, as a whole copy of one is; one without any table is deleted."""
    with closing(sqlite3.connect(path)) as connection, connection:
        empty = connection.execute("SELECT 1 FROM sqlite_schema").fetchone() is None
        if not empty:
            connection.execute(f"DELETE FROM settings WHERE {IS_OPEN}")  # noqa: S608
    if empty:
        path.unlink()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # Another user's.
    return True
