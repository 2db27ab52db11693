"""Where the guild half of a file is: in it, or moved to PostgreSQL by `store.storage.postgresql.move`.

The file and the database keep the same name of the installation. So nobody goes on with a file that was left behind,
and no file is used with a database that holds what other servers said.
"""

from __future__ import annotations

from store.errors import GuildHalfMovedError, MoveIncompleteError, OtherInstallationError
from store.models import Frozen
from store.storage import mirror
from store.storage.connection import Connection

_INSTALLATION, _MOVED = "installation", "moved"
_NOT_A_COPY = "start this host with a backup of another host's file, made after the move"


class Move(Frozen):
    """What a PostgreSQL database knows of the installation that was moved to it."""

    installation: str
    is_complete: bool


async def refuse_moved(papers: Connection) -> None:
    """Raise `GuildHalfMovedError` where the guild half is no longer in this file."""
    if await is_moved(papers):
        raise GuildHalfMovedError


async def refuse_others(papers: Connection, guilds: Connection) -> None:
    """Raise where the file is not of the installation that was moved to the database, or the move is not complete."""
    move = await of_database(guilds)
    own = await installation(papers) if await is_moved(papers) else None
    if move is not None and not move.is_complete:
        raise MoveIncompleteError
    if own != (move.installation if move else None):
        raise OtherInstallationError(_NOT_A_COPY if move else "nothing was moved there")


async def of_database(guilds: Connection) -> Move | None:
    """The move to a PostgreSQL database; None where the database was empty at the beginning."""
    rows = await guilds.execute_fetchall("SELECT installation, completed FROM moves")
    return next((Move(installation=name, is_complete=completed is not None) for name, completed in rows), None)


async def installation(papers: Connection) -> str | None:
    """The name by which the file and the database know each other; None before a move is begun."""
    return await _setting(papers, _INSTALLATION)


async def is_moved(papers: Connection) -> bool:
    """Whether the guild half of the file is in PostgreSQL."""
    return await _setting(papers, _MOVED) is not None


async def name_installation(papers: Connection, name: str) -> None:
    """Note that a move is begun."""
    await _set(papers, _INSTALLATION, name)


async def mark_moved(papers: Connection, at: str) -> None:
    """Note that a move is done, and when."""
    await _set(papers, _MOVED, at)


async def forget_move(papers: Connection) -> None:
    """Note that the guild half is in the file again, also for the next database, which counts from 1 again."""
    await papers.execute("DELETE FROM papers_settings WHERE key IN (?, ?, ?)", [_INSTALLATION, _MOVED, mirror.POSITION])
    await papers.execute("DELETE FROM intake_applied")


async def applied(papers: Connection) -> int:
    """The last entry of the intake log that the papers of the file have."""
    ((entry,),) = await papers.execute_fetchall("SELECT coalesce(max(entry), 0) FROM intake_applied")
    return int(entry)


async def _setting(papers: Connection, key: str) -> str | None:
    rows = await papers.execute_fetchall("SELECT value FROM papers_settings WHERE key = ?", [key])
    return next((row[0] for row in rows), None)


async def _set(papers: Connection, key: str, value: str) -> None:
    await papers.execute(
        "INSERT INTO papers_settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, value],
    )
