"""Notices that the write-ahead log of a store is missing: the file beside it, `-wal`, with the last changes.

A process that is killed leaves the log behind, and SQLite reads it at the next opening. Without it, the store looks
whole, but what was written last is lost. So its main file says while it is open that it is. SQLite deletes the log when
the last connection is closed, and then the store says that it is closed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import aiosqlite

_KEY = "open"
"""The key in the table `settings`. Its value is 1 while the store is open, and after a process was killed."""
_SET = "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


def log_of(path: Path) -> Path:
    """The write-ahead log of a store."""
    return path.with_name(f"{path.name}-wal")


def is_log_missing(path: Path) -> bool:
    """Whether a store was not closed and has no log. Raises `sqlite3.Error` where the file is no database."""
    if not path.exists() or not path.stat().st_size or log_of(path).exists():
        return False
    # Immutable: SQLite would make an empty log, and then the missing one could not be put back.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'settings'").fetchone():
            return False
        return bool(connection.execute("SELECT 1 FROM settings WHERE key = ? AND value = '1'", [_KEY]).fetchone())


async def mark_open(connection: aiosqlite.Connection) -> None:
    """Let the main file say that the store is open."""
    await connection.execute(_SET, [_KEY, "1"])
    await connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def mark_closed(path: Path) -> None:
    """Let the store say that it is closed, unless another connection has it open."""
    if not log_of(path).exists():
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(_SET, [_KEY, "0"])
