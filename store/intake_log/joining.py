"""Whether a host's file belongs to the log: all hosts begin with the same papers, and apply the same entries."""

from __future__ import annotations

import secrets

from store.errors import NotMovedError, PapersBehindError, PapersOfAnotherError
from store.intake_log import entries
from store.storage import key_values, moved
from store.storage.connection import Connection
from store.storage.guild_rows import SAID
from store.storage.moved import BASE
from store.storage.two_halves import TwoHalves


async def join(db: TwoHalves) -> None:
    """Let this file be a host's, the first one or a further one.

    A further one begins with a copy of another's file, or without papers where the first one did. Raises
    `PapersOfAnotherError` where it holds others, `PapersBehindError` where the log no longer has all that it lacks, and
    `NotMovedError` or `MoveIncompleteError` where the database lacks what the file holds of guilds.
    """
    async with db.guilds.read() as guilds:
        await moved.refuse_incomplete(guilds)
    async with db.read_papers() as papers:
        own, position, is_empty = (
            await moved.base(papers),
            await moved.applied(papers),
            await _empty(papers),
        )
        says_anything = any([list(await papers.execute_fetchall(f"SELECT 1 FROM {name} LIMIT 1")) for name in SAID])  # noqa: S608
    async with db.write() as connection:
        base = await key_values.get(connection, "settings", BASE)
        if base is None:
            if own is not None:
                raise PapersOfAnotherError
            if says_anything:
                raise NotMovedError
            # Of a file without papers, others without papers begin with the same.
            base = f"{secrets.token_hex(8)} {'none' if is_empty else 'some'}"
            await key_values.put(connection, "settings", BASE, base)
        elif own != base and not (own is None and is_empty and not says_anything and base.endswith(" none")):
            raise PapersOfAnotherError
        if position > await entries.last(connection):
            raise PapersOfAnotherError  # PostgreSQL was set back.
        if position < await entries.pruned_to(connection):
            raise PapersBehindError
    async with db.write_papers() as papers:
        await key_values.put(papers, "papers_settings", BASE, base)


async def _empty(papers: Connection) -> bool:
    return not list(await papers.execute_fetchall("SELECT 1 FROM papers LIMIT 1"))
