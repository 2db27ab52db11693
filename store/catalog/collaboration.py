"""How two people are connected: the shortest chain of authors of whom each wrote with the next."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from store.catalog.authors import BY_HANDLE
from store.models import Handle
from store.storage.connection import Connection
from store.storage.database import Database

MOST_STEPS = 6
"""Steps of a chain: in networks of co-authors, those who are connected are some six steps apart (Newman 2001)."""
MOST_VISITED = 20_000
"""People who are looked at, which bounds the time at any size of the store."""
MOST_AUTHORS = 100
"""Authors of a paper above which it connects nobody: in a large collaboration few know each other."""

_NEIGHBOURS = (
    "SELECT DISTINCT mine.author_id, theirs.author_id FROM json_each(:people) AS one"
    " JOIN authorships AS mine ON mine.author_id = one.value"
    " JOIN authorships AS theirs ON theirs.paper_id = mine.paper_id AND theirs.author_id <> mine.author_id"
    " JOIN authors ON authors.id = theirs.author_id AND NOT is_group"
    " WHERE mine.paper_id NOT IN (SELECT id FROM papers WHERE handle IN (SELECT value FROM json_each(:without)))"
    " AND (SELECT count(*) FROM authorships WHERE paper_id = mine.paper_id) <= :most"
    " ORDER BY mine.author_id, theirs.author_id"
)


class TooFarError(Exception):
    """So many people were looked at without a connection that the search was given up."""


async def shortest_chain(
    db: Database, one: Handle, other: Handle, without: Collection[Handle] = ()
) -> list[Handle] | None:
    """The shortest chain from one person to another, both included; None where none has `MOST_STEPS` or fewer.

    Papers `without` connect nobody. Of several chains of one length it is always the same one. Breadth-first from both
    ends, the smaller side first. Raises `TooFarError`.
    """
    async with db.read() as connection:
        start, end = [await _id(connection, handle) for handle in (one, other)]
        if start is None or end is None:
            return None
        found = await _search(connection, start, end, json.dumps(sorted(without)))
        rows = await connection.execute_fetchall(
            "SELECT authors.handle FROM json_each(?) AS person JOIN authors ON authors.id = person.value ORDER BY key",
            [json.dumps(found or [])],
        )
    return [row[0] for row in rows] if found else None


async def _search(connection: Connection, start: int, end: int, without: str) -> list[int] | None:
    # By person, from whom they were reached; the start and the end from nobody.
    sides: tuple[dict[int, int | None], dict[int, int | None]] = ({start: None}, {end: None})
    edges: list[Sequence[int]] = [[start], [end]]
    if start == end:
        return [start]
    for _ in range(MOST_STEPS):
        near = 0 if len(edges[0]) <= len(edges[1]) else 1
        rows = await connection.execute_fetchall(
            _NEIGHBOURS, {"people": json.dumps(list(edges[near])), "without": without, "most": MOST_AUTHORS}
        )
        reached: list[int] = []
        for person, neighbour in rows:
            if neighbour not in sides[near]:
                sides[near][neighbour] = person
                reached.append(neighbour)
        if meeting := [person for person in reached if person in sides[1 - near]]:
            middle = min(meeting)
            return [*reversed(_path(sides[0], middle)), *_path(sides[1], middle)[1:]]
        if not reached:
            return None
        if len(sides[0]) + len(sides[1]) > MOST_VISITED:
            raise TooFarError
        edges[near] = reached
    return None


def _path(reached_from: Mapping[int, int | None], person: int) -> list[int]:
    """From a person back to the end of their side."""
    path = [person]
    while (before := reached_from[path[-1]]) is not None:
        path.append(before)
    return path


async def _id(connection: Connection, handle: Handle) -> int | None:
    rows = list(await connection.execute_fetchall(f"SELECT {BY_HANDLE}", {"handle": handle}))
    return rows[0][0] if rows else None
