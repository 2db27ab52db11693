"""The authors of a guild's own papers, and the figures of author pages that its members added.

An author's handle is the one that the catalogue has, or would have, for the name.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from store.catalog.authors import metric_of
from store.guilds.own_papers import Owner
from store.models import Author, Authorship, Handle, Metric
from store.storage.connection import Connection
from store.text.handles import handle as make_handle
from store.text.person_names import name_key


def handle_of(name: str) -> Handle:
    """The handle of the author of this name, as `store.catalog.authorships` makes it for the first of the name."""
    return make_handle("author", name_key(name), "")


async def load(connection: Connection, owner: Owner, handles: Iterable[Handle]) -> dict[Handle, Author]:
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


async def papers_of(connection: Connection, owner: Owner, author: Handle) -> list[Handle]:
    """The owner's papers by this author."""
    return await _handles(
        connection, "SELECT handle FROM own_authorships WHERE owner = ? AND author = ?", owner, author
    )


async def of_paper(connection: Connection, owner: Owner, paper: Handle) -> list[Handle]:
    """The authors of one of the owner's papers, in the order of its list."""
    return await _handles(
        connection,
        "SELECT author FROM own_authorships WHERE owner = ? AND handle = ? ORDER BY position IS NULL, position",
        owner,
        paper,
    )


async def coauthors(
    connection: Connection, owner: Owner, papers: Iterable[Handle], without: Iterable[Handle]
) -> dict[Handle, int]:
    """Who is named on those of these papers that are not in the catalogue, but for those given; on how many."""
    async with connection.execute(
        "SELECT author, count(*) FROM json_each(?) AS wanted"
        " JOIN own_authorships AS own ON own.owner = ? AND own.handle = wanted.value"
        " JOIN own_papers ON own_papers.owner = own.owner AND own_papers.handle = own.handle"
        " WHERE NOT in_catalogue AND author NOT IN (SELECT value FROM json_each(?)) GROUP BY author",
        [json.dumps(list(papers)), owner, json.dumps(list(without))],
    ) as rows:
        return {row[0]: row[1] async for row in rows}


async def named_on(
    connection: Connection, owner: Owner, papers: Iterable[Handle], people: Iterable[Handle]
) -> set[tuple[Handle, Handle]]:
    """Which of these people are named on which of these papers, as paper and person."""
    async with connection.execute(
        "SELECT handle, author FROM json_each(?) AS wanted JOIN own_authorships ON owner = ? AND author = wanted.value"
        " WHERE handle IN (SELECT value FROM json_each(?))",
        [json.dumps(list(people)), owner, json.dumps(list(papers))],
    ) as rows:
        return {(row[0], row[1]) async for row in rows}


async def metric_history(connection: Connection, owner: Owner, author: Handle) -> list[Metric]:
    """What the author pages that the owner's members added said, as in `store.catalog.authors`."""
    found: list[Metric] = []
    async with connection.execute(
        "SELECT metric AS name, value, retrieved, kind, name AS source FROM own_figures WHERE owner = ? AND author = ?"
        " ORDER BY kind, own_figures.name, metric, addition",
        [owner, author],
    ) as rows:
        async for row in rows:
            metric = metric_of(row)
            # The time of a figure is when it was first given.
            if not found or not _says_the_same(found[-1], metric):
                found.append(metric)
    return found


def _says_the_same(one: Metric, other: Metric) -> bool:
    unlike = {"source": one.source.model_copy(update={"retrieved": other.source.retrieved})}
    return one.model_copy(update=unlike) == other


def names(connection: sqlite3.Connection, owner: Owner) -> list[tuple[Handle, str]]:
    """The authors of the owner's papers, on the connection of a look-up."""
    return list(
        connection.execute("SELECT author, max(name) FROM own_authorships WHERE owner = ? GROUP BY author", [owner])
    )


async def save(connection: Connection, owner: Owner, paper: Handle, authors: Sequence[Authorship]) -> None:
    """Make the authors of the owner's paper these."""
    await connection.execute("DELETE FROM own_authorships WHERE owner = ? AND handle = ?", [owner, paper])
    await connection.executemany(
        "INSERT OR IGNORE INTO own_authorships (owner, author, handle, name, is_group, position)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(owner, handle_of(a.name), paper, a.name, a.is_group, a.position) for a in authors],
    )


async def _handles(connection: Connection, query: str, owner: Owner, handle: Handle) -> list[Handle]:
    async with connection.execute(query, [owner, handle]) as rows:
        return [row[0] async for row in rows]
