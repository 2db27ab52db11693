"""Where the guild half of a store is: in the file, or in PostgreSQL, with hosts that began with the same papers.

A file that was used with PostgreSQL has the base of its papers, which is in the database too
(`store.intake_log.joining`). Without the database nobody goes on with it: what servers say is no longer there.
`store.storage.postgresql.move` gives both sides their base when all is moved.
"""

from __future__ import annotations

from store.errors import GuildHalfElsewhereError, MoveIncompleteError
from store.models import Frozen
from store.storage import key_values, mirror
from store.storage.connection import Connection

BASE = "papers_base"
"""The setting, of a file and of a database, with the name of the papers that all hosts began with."""
PRUNED_TO = "intake_pruned_to"
"""The setting of a database with the last entry of the intake log that is no longer kept."""
_MOVING = "moving"
"""The setting of a file with the base that it gets when all is moved."""


class Move(Frozen):
    """What a PostgreSQL database knows of the file from which the guild half was moved to it."""

    base: str
    is_complete: bool


async def refuse_file_alone(papers: Connection) -> None:
    """Raise `GuildHalfElsewhereError` where the guild half is not in this file."""
    if await base(papers) is not None:
        raise GuildHalfElsewhereError


async def refuse_incomplete(guilds: Connection) -> None:
    """Raise `MoveIncompleteError` where not all of a file is in the database yet."""
    move = await of_database(guilds)
    if move is not None and not move.is_complete:
        raise MoveIncompleteError


async def of_database(guilds: Connection) -> Move | None:
    """The move to a PostgreSQL database; None where it was empty at the beginning."""
    rows = await guilds.execute_fetchall("SELECT base, completed FROM moves")
    return next((Move(base=name, is_complete=completed is not None) for name, completed in rows), None)


async def base(papers: Connection) -> str | None:
    """The base of a file; None where it has its own guild half."""
    return await key_values.get(papers, "papers_settings", BASE)


async def moving(papers: Connection) -> str | None:
    """The base that the file gets when the move that was begun is complete; None before it is begun."""
    return await key_values.get(papers, "papers_settings", _MOVING)


async def begin(papers: Connection, name: str) -> None:
    """Note that a move is begun."""
    await key_values.put(papers, "papers_settings", _MOVING, name)


async def end(papers: Connection, name: str) -> None:
    """Note that the guild half is no longer in this file."""
    await key_values.put(papers, "papers_settings", BASE, name)


async def forget(papers: Connection) -> None:
    """Note that the guild half is in the file again, also for the next database, which counts from 1 again."""
    await papers.execute("DELETE FROM papers_settings WHERE key IN (?, ?, ?)", [BASE, _MOVING, mirror.POSITION])
    await papers.execute("DELETE FROM intake_applied")


async def applied(papers: Connection) -> int:
    """The last entry of the intake log that the papers of the file have."""
    ((entry,),) = await papers.execute_fetchall("SELECT coalesce(max(entry), 0) FROM intake_applied")
    return int(entry)
