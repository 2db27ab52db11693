"""Aliases: what people of a guild said that a query stands for, so that the same words find it the next time.

An alias belongs to one guild. Nothing here reads or changes those of another.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from store.catalog import authors
from store.guilds import own_authors, own_papers
from store.models import Frozen, Handle
from store.storage.database import Database
from store.text.normalize import fold
from store.text.timestamps import stamp

AliasKind = Literal["title", "author"]
MAX_QUERY = 200
"""Characters of a query that are remembered."""


class Alias(Frozen):
    """A query of a guild and what it stands for there. `text` is the title or name, None where it is unknown."""

    kind: AliasKind
    query: str
    handle: Handle
    text: str | None


class Lesson(NamedTuple):
    """Who said what a query stands for, and when; nobody, if it was only picked by a version that did not ask."""

    taught_by: int | None
    added: datetime


async def remember(db: Database, guild_id: int, kind: AliasKind, query: str, handle: Handle, *, taught_by: int) -> bool:
    """Let the query stand for this paper or author in the guild, as the user `taught_by` said.

    False where the query has no word or is too long.
    """
    folded = fold(query)
    if not folded or len(query) > MAX_QUERY:
        return False
    async with db.write() as connection:
        await connection.execute(
            "INSERT INTO aliases (guild_id, kind, folded, query, handle, added, taught_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (guild_id, kind, folded) DO UPDATE SET"
            " query = excluded.query, handle = excluded.handle, added = excluded.added, taught_by = excluded.taught_by",
            (guild_id, kind, folded, query, handle, stamp(datetime.now(UTC)), taught_by),
        )
    return True


async def lesson(db: Database, guild_id: int, kind: AliasKind, query: str) -> Lesson | None:
    """By whom the guild's alias for this query was taught; None where there is none."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT taught_by, added FROM aliases WHERE guild_id = ? AND kind = ? AND folded = ?",
            (guild_id, kind, fold(query)),
        ) as rows,
    ):
        row = await rows.fetchone()
    return Lesson(row[0], datetime.fromisoformat(row[1])) if row else None


def meant_by(connection: sqlite3.Connection, guild_id: int, kind: AliasKind, query: str) -> Handle | None:
    """The paper or author that the query stands for in the guild; perhaps a handle from before papers were merged."""
    row = connection.execute(
        "SELECT handle FROM aliases WHERE guild_id = ? AND kind = ? AND folded = ?", (guild_id, kind, fold(query))
    ).fetchone()
    return row[0] if row else None


async def entries(db: Database, guild_id: int) -> list[Alias]:
    """The guild's aliases, by kind and query."""
    async with db.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT kind, query, handle FROM aliases WHERE guild_id = ? ORDER BY kind, folded", (guild_id,)
        )
    found = [(kind, query, handle) for kind, query, handle in rows]
    people = [handle for kind, _, handle in found if kind == "author"]
    names = {person.handle: person.name for person in await authors.by_handles(db, people)}
    async with db.read() as connection:
        handles = [handle for kind, _, handle in found if kind == "title"]
        titles = {
            h: paper.title for h, paper in (await own_papers.load_by_handles(connection, guild_id, handles)).items()
        }
        own_names = await own_authors.load(connection, guild_id, people)
    names = {handle: person.name for handle, person in own_names.items()} | names
    texts = {"title": titles, "author": names}
    return [Alias(kind=kind, query=query, handle=handle, text=texts[kind].get(handle)) for kind, query, handle in found]


async def forget(db: Database, guild_id: int, kind: AliasKind, query: str) -> bool:
    """Delete the guild's alias for this query; False where there is none."""
    async with db.write() as connection:
        cursor = await connection.execute(
            "DELETE FROM aliases WHERE guild_id = ? AND kind = ? AND folded = ?", (guild_id, kind, fold(query))
        )
        return cursor.rowcount > 0


async def regression_cases(db: Database, guild_id: int) -> Iterator[str]:
    """The guild's aliases as JSON lines that `tests.bench.lookup --queries` reads; those with an answer."""
    return (
        json.dumps(
            {
                "cls": f"{alias.kind[0]}_alias",
                "kind": alias.kind,
                "q": alias.query,
                "id": None,
                "ans": fold(alias.text),
            },
            ensure_ascii=False,
        )
        for alias in await entries(db, guild_id)
        if alias.text
    )
