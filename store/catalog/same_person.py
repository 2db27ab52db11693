"""Who in the store may be the same person as an author: under another form of the name, or among namesakes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from store.catalog import authors
from store.catalog.author_disambiguation import OFFERED, score
from store.catalog.name_statistics import NameStatistics
from store.catalog.namesakes import Written, load
from store.catalog.person_evidence import Collection, Group, in_words, may_be_one
from store.models import Author, Frozen, Handle
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.person_names import LAST_WORD_SQL, last_word

MOST_COMPARED = 20
"""People with a name that may be the author's whose papers are compared, those with most papers."""
MOST_OFFERED = 5


class SamePerson(Frozen):
    """Somebody who may be the same person as an author, and what speaks for it, in words."""

    author: Author
    evidence: tuple[str, ...]


async def alike(db: Database, handle: Handle) -> list[Handle]:
    """Those whose names may be another form of the author's, or the same, those with most papers first."""
    async with db.read() as connection:
        return list((await _alike(connection, handle)).values())[1:]


async def candidates(db: Database, handle: Handle) -> list[SamePerson]:
    """Others in the store who may be the same person as the author of that handle, the likeliest first.

    Who is on a paper together with the author is somebody else.
    """
    async with db.read() as connection:
        handles = await _alike(connection, handle)
        if len(handles) < 2:
            return []
        written = await load(connection, list(handles))
        known = await NameStatistics().of_appearances(connection, [one.appearance for one in written])
    found = await asyncio.to_thread(_compare, next(iter(handles)), written, known)
    people = await authors.by_handles(db, [handles[person] for person in found])
    by_handle = {author.handle: author for author in people}
    return [
        SamePerson(author=by_handle[handles[person]], evidence=evidence)
        for person, evidence in found.items()
        if handles[person] in by_handle
    ]


async def _alike(connection: Connection, handle: Handle) -> dict[int, Handle]:
    """The author of that handle and then those whose names may be theirs, by id; empty for a group."""
    author = await connection.execute_fetchall(
        f"SELECT id, handle, name_key FROM authors WHERE id = {authors.BY_HANDLE} AND NOT is_group",  # noqa: S608
        {"handle": handle},
    )
    for person, own_handle, name in author:
        others = await connection.execute_fetchall(
            f"SELECT id, handle, name_key FROM authors WHERE {LAST_WORD_SQL} = ? AND substr(name_key, 1, 1) = ?"  # noqa: S608
            " AND NOT is_group AND papers > 0 AND id <> ? ORDER BY papers DESC, id",
            [last_word(name), name[:1], person],
        )
        found = [(row[0], row[1]) for row in others if may_be_one(row[2], name)]
        return {person: own_handle, **dict(found[:MOST_COMPARED])}
    return {}


def _compare(person: int, written: Sequence[Written], known: Collection) -> dict[int, tuple[str, ...]]:
    """Who may be the person, the likeliest first, with what speaks for it."""
    papers: dict[int, list[Written]] = defaultdict(list)
    for one in written:
        papers[one.person].append(one)
    groups = {other: Group([one.appearance for one in own], known) for other, own in papers.items()}
    if person not in groups:
        return {}
    own = {one.paper_id for one in papers[person]}
    found: list[tuple[float, int]] = []
    for other, group in groups.items():
        if other != person and own.isdisjoint(one.paper_id for one in papers[other]):
            namesakes = max(map(known.namesakes, group.spellings | groups[person].spellings))
            if (likely := score(groups[person], group, namesakes)) >= OFFERED:
                found.append((-likely, other))
    said = {other: in_words(groups[person], groups[other]) for _, other in sorted(found)}
    return dict([(other, evidence) for other, evidence in said.items() if evidence][:MOST_OFFERED])
