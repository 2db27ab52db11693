"""What can go wrong in the store. Each error's message is its docstring: one plain sentence with what to do next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


class StoreError(Exception):
    """The paper store could not do that."""

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The sentence to show, with the detail where there is one."""
        said = (type(self).__doc__ or "").strip()
        return f"{said} ({self.detail})" if self.detail else said


class DatabaseLockedError(StoreError):
    """Another program holds the paper store; close it or wait for it, then try again."""


class DatabaseNewerError(StoreError):
    """The paper store was made by a newer Lectern; update Lectern, or name another file with --db."""


class DatabaseDamagedError(StoreError):
    """The paper store is damaged or is no Lectern database; restore a backup, or name another file with --db."""


class DatabaseIncompleteError(StoreError):
    """The paper store was not closed and the file with its last changes, which ends in -wal, is missing; put that file back, or run `lectern restore` with a backup, or with the store itself to go on without them."""  # noqa: E501


class DatabaseUnavailableError(StoreError):
    """The paper store cannot be opened or written; check that its folder exists, is writable and has room."""


class GuildStoreUnavailableError(DatabaseUnavailableError):
    """The database with what was said and posted here cannot be reached at the moment; what waits is kept, try again in a minute."""  # noqa: E501


class PapersOfAnotherError(StoreError):
    """The papers in this file are not those of the other hosts; begin with a backup of another host's file, or name another file with --db."""  # noqa: E501


class PapersBehindError(StoreError):
    """The papers in this file are older than what is kept of what came in since; begin with a newer backup of another host's file."""  # noqa: E501


class HostBehindError(DatabaseUnavailableError):
    """This host has not taken in the last papers yet; try again in a moment."""


class GuildHalfElsewhereError(StoreError):
    """What servers said is not in this file but in PostgreSQL; set LECTERN_DATABASE to the address of that database, or move it back with `lectern migrate --from` and that address."""  # noqa: E501


class MoveIncompleteError(StoreError):
    """Not all that servers said is in the PostgreSQL database yet; run `lectern migrate --to` with its address again, or unset LECTERN_DATABASE to go on without it."""  # noqa: E501


class NotMovedError(StoreError):
    """What servers said is in this file and not in the PostgreSQL database; move it there with `lectern migrate --to` and its address, or unset LECTERN_DATABASE."""  # noqa: E501


class CannotMoveError(StoreError):
    """What servers said cannot be moved between this file and that PostgreSQL database."""


class MoveDiffersError(StoreError):
    """What was copied differs from where it came from; run the same command again, which copies it anew."""


class TooBusyError(StoreError):
    """Too many questions from here are waiting for an answer; try again in a minute."""


class TooSlowError(StoreError):
    """That takes too long to find; ask for less, such as rarer words, one category or fewer alternatives."""


class NotFoundError(StoreError):
    """The paper store holds no such entry."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into the store's own."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translation(error) from error


def _translation(error: sqlite3.Error) -> StoreError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_INTERRUPT"):
        return TooSlowError()
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseLockedError()
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DatabaseDamagedError(str(error))
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_PERM")):
        return DatabaseUnavailableError(str(error))
    return StoreError(str(error))
