"""Whether a host's file belongs to the log: all hosts begin with the same papers, and apply the same entries."""

from __future__ import annotations

import secrets

from store.errors import PapersBehindError, PapersOfAnotherError
from store.intake_log import applied, entries
from store.storage.connection import Connection
from store.storage.two_halves import TwoHalves

_BASE = "papers_base"
"""The setting with the name of the papers that all hosts began with, and `none` if those were none."""


async def join(db: TwoHalves) -> None:
    """Let this file be a host's, the first one or a further one.

    A further one begins with a copy of another's file, or without papers where the first one did. Raises
    `PapersOfAnotherError` where it holds others, and `PapersBehindError` where the log no longer has all that it lacks.
    """
    async with db.read_papers() as papers:
        own, position, is_empty = (
            await _base(papers, "papers_settings"),
            await applied.last(papers),
            await _empty(papers),
        )
    async with db.write() as connection:
        base = await _base(connection, "settings")
        if base is None:
            base = f"{secrets.token_hex(8)} {'none' if is_empty else 'some'}"
            await connection.execute("INSERT INTO settings (key, value) VALUES (?, ?)", [_BASE, base])
        elif own != base and not (own is None and is_empty and base.endswith(" none")):
            raise PapersOfAnotherError
        if position < await entries.pruned_to(connection):
            raise PapersBehindError
    async with db.write_papers() as papers:
        await papers.execute(
            "INSERT INTO papers_settings (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", [_BASE, base]
        )


async def _base(connection: Connection, table: str) -> str | None:
    rows = await connection.execute_fetchall(f"SELECT value FROM {table} WHERE key = ?", [_BASE])  # noqa: S608
    return next((str(row[0]) for row in rows), None)


async def _empty(papers: Connection) -> bool:
    return not list(await papers.execute_fetchall("SELECT 1 FROM papers LIMIT 1"))
