"""The authors of a guild's own papers, and the figures of author pages that its members added.

An author's handle is the one that the catalogue has, or would have, for the name.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

import aiosqlite

from store.catalog.authors import metric_of
from store.guilds.own_papers import Owner
from store.models import Author, Authorship, Handle, Metric
from store.text.handles import handle as make_handle
from store.text.person_names import name_key


def handle_of(name: str) -> Handle:
    """The handle of the author of this name, as `store.catalog.authorships` makes it for the first of the name."""
    return make_handle("author", name_key(name), "")


async def load(connection: aiosqlite.Connection, owner: Owner, handles: Iterable[Handle]) -> dict[Handle, Author]:
    """The authors of the owner's papers by handle; `papers` counts those that are not in the catalogue."""
    async with connection.execute(
        "SELECT author, max(name), max(is_group), sum(NOT in_catalogue) FROM json_each(?) AS wanted"
        " JOIN own_authorships AS own ON own.owner = ? AND author = wanted.value"
        " JOIN own_papers ON own_papers.owner = own.owner AND own_papers.handle = own.handle GROUP BY author",
        [json.dumps(list(handles)), owner],
    ) as rows:
        return {
            row[0]: Author(handle=row[0], name=row[1], is_group=bool(row[2]), field=None, papers=row[3])
            async for row in rows
        }


async def papers_of(connection: aiosqlite.Connection, owner: Owner, author: Handle) -> list[Handle]:
    """The owner's papers by this author."""
    return await _handles(
        connection, "SELECT handle FROM own_authorships WHERE owner = ? AND author = ?", owner, author
    )


async def of_paper(connection: aiosqlite.Connection, owner: Owner, paper: Handle) -> list[Handle]:
    """The authors of one of the owner's papers, in the order of its list."""
    return await _handles(
        connection,
        "SELECT author FROM own_authorships WHERE owner = ? AND handle = ? ORDER BY position IS NULL, position",
        owner,
        paper,
    )


async def coauthors(connection: aiosqlite.Connection, owner: Owner, author: Handle) -> dict[Handle, int]:
    """How many of the owner's papers that are not in the catalogue an author shares with each other author."""
    async with connection.execute(
        "SELECT theirs.author, count(*) FROM own_authorships AS mine JOIN own_papers USING (owner, handle)"
        " JOIN own_authorships AS theirs USING (owner, handle)"
        " WHERE mine.owner = ? AND mine.author = ? AND theirs.author <> mine.author AND NOT in_catalogue"
        " GROUP BY theirs.author",
        [owner, author],
    ) as rows:
        return {row[0]: row[1] async for row in rows}


async def metrics(connection: aiosqlite.Connection, owner: Owner, author: Handle) -> list[Metric]:
    """The latest figure of each kind from each author page that the owner's members added."""
    found: dict[tuple[str, str, str], Metric] = {}
    async with connection.execute(
        "SELECT metric AS name, value, retrieved, kind, name AS source FROM own_figures WHERE owner = ? AND author = ?"
        " ORDER BY kind, own_figures.name, metric, addition",
        [owner, author],
    ) as rows:
        async for row in rows:
            metric = metric_of(row)
            key = (metric.source.kind, metric.source.name, metric.name)
            # The time of a figure is when it was first given.
            if key not in found or found[key].value != metric.value:
                found[key] = metric
    return list(found.values())


def names(connection: sqlite3.Connection, owner: Owner) -> list[tuple[Handle, str]]:
    """The authors of the owner's papers, on the connection of a look-up."""
    return list(
        connection.execute("SELECT author, max(name) FROM own_authorships WHERE owner = ? GROUP BY author", [owner])
    )


async def save(connection: aiosqlite.Connection, owner: Owner, paper: Handle, authors: Sequence[Authorship]) -> None:
    """Make the authors of the owner's paper these."""
    await connection.execute("DELETE FROM own_authorships WHERE owner = ? AND handle = ?", [owner, paper])
    await connection.executemany(
        "INSERT OR IGNORE INTO own_authorships (owner, author, handle, name, is_group, position)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(owner, handle_of(a.name), paper, a.name, a.is_group, a.position) for a in authors],
    )


async def _handles(connection: aiosqlite.Connection, query: str, owner: Owner, handle: Handle) -> list[Handle]:
    async with connection.execute(query, [owner, handle]) as rows:
        return [row[0] async for row in rows]
