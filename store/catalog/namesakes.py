"""People of one name: whenever papers of a common name change, they are divided anew among people.

A person keeps their handle: each group of papers goes to whom most of its papers belonged to before, and what belonged
to nobody in particular to the one that had the name alone, if it is the largest. Papers of an author page stay on it.
Where two people turn out to be one, the handle of the one who is gone leads to the other. Names that the store is not
expected to have twice are left alone, so that nearly all are.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import chain, count
from typing import NamedTuple

from store.catalog import author_ids, people_apart
from store.catalog.author_disambiguation import RARE_NAME, divide
from store.catalog.name_statistics import NameStatistics
from store.catalog.person_evidence import Appearance
from store.lookup.index.writer import Change, update_names
from store.models import Handle
from store.storage.connection import Connection, Transaction
from store.storage.database import Database
from store.text.arxiv_taxonomy import category_in_words
from store.text.handles import handle as make_handle
from store.turns import ASKER

BY_NAME, BY_EVIDENCE, BY_PAGE = 0, 1, 2
"""Why a paper is somebody's: the name alone, the evidence, an author page."""

AT_ONCE, MOST_STEPS = 500, 10
"""Names that are looked at in one step, and steps at a time."""
LISTED_AUTHORS = 100
"""Authors of a paper, the first ones, that count as co-authors."""
SHOWN_COAUTHORS = 2


class Written(NamedTuple):
    """A paper under a name."""

    paper_id: int
    handle: Handle
    person: int
    basis: int
    appearance: Appearance


class Bearer(NamedTuple):
    """Who is stored under a name. `first` if the handle is made from the name alone."""

    person: int
    handle: Handle
    name: str
    first: bool
    has_page: bool


async def divide_waiting(db: Database) -> int:
    """Divide names whose papers changed, the last ones first; the number of those that may be several people's.

    What is left of very many, as after a migration, is done the next times.
    """
    # Nobody waits for this to read, so that it is not refused where too many do.
    asker = ASKER.set(None)
    try:
        return await _divide_some(db.read, db.write)
    finally:
        ASKER.reset(asker)


async def divide_within(connection: Connection) -> int:
    """As `divide_waiting`, in the caller's transaction."""

    @asynccontextmanager
    async def same() -> AsyncIterator[Connection]:
        yield connection

    return await _divide_some(same, same)


async def _divide_some(read: Transaction, write: Transaction) -> int:
    statistics = NameStatistics()
    done = 0
    for _ in range(MOST_STEPS):
        waiting = await _look_at_some(read, write, statistics)
        for number, name in waiting or ():
            await _divide(read, write, number, name, statistics)
            done += 1
        if waiting is None:
            break
    return done


async def _look_at_some(
    read: Transaction, write: Transaction, statistics: NameStatistics
) -> list[tuple[int, str]] | None:
    """Those of the names that wait which may be several people's, by number; None where none waits."""
    async with read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT id, name_key FROM names_to_divide ORDER BY id DESC LIMIT ?", [AT_ONCE]
        )
        waiting = {row[0]: row[1] for row in rows}
        if not waiting:
            return None
        known = await statistics.of_names(connection, waiting.values())
    common = {number: name for number, name in waiting.items() if known.namesakes(name) >= RARE_NAME}
    async with write() as connection:
        await connection.execute(
            "DELETE FROM names_to_divide WHERE id IN (SELECT value FROM json_each(?))",
            [json.dumps(list(waiting.keys() - common.keys()))],
        )
    return list(common.items())


async def _divide(read: Transaction, write: Transaction, number: int, name: str, statistics: NameStatistics) -> None:
    async with read() as connection:
        bearers = await connection.execute_fetchall("SELECT id FROM authors WHERE name_key = ?", [name])
        written = await load(connection, [row[0] for row in bearers])
        appearances = [one.appearance for one in written]
        known = await statistics.of_appearances(connection, appearances)
    division = await asyncio.to_thread(divide, appearances, known)
    people = [[written[paper] for paper in person.papers] for person in division.people]
    async with write() as connection:
        removed = await connection.execute_fetchall("DELETE FROM names_to_divide WHERE id = ? RETURNING id", [number])
        # Papers that came meanwhile have put the name at the end again.
        if removed:
            await update_names(connection, await _settle(connection, name, people))


async def load(connection: Connection, people: Sequence[int]) -> list[Written]:
    """The papers of these authors, oldest first; none of them counts as a co-author."""
    bearers = json.dumps(list(people))
    papers = list(
        await connection.execute_fetchall(
            "SELECT papers.id, papers.handle, author_id, basis, name, title, published, category"
            " FROM json_each(?) AS wanted JOIN authors ON authors.id = wanted.value"
            " JOIN authorships ON author_id = authors.id JOIN papers ON papers.id = paper_id"
            " ORDER BY published IS NULL, published, papers.handle",
            [bearers],
        )
    )
    ids = json.dumps([row["id"] for row in papers])
    coauthors: dict[int, list[str]] = defaultdict(list)
    async with connection.execute(
        "SELECT paper_id, name FROM json_each(?) AS wanted JOIN authorships ON paper_id = wanted.value"
        " JOIN authors ON authors.id = author_id WHERE author_id NOT IN (SELECT value FROM json_each(?))"
        " AND coalesce(position, 1) <= ? ORDER BY paper_id, position, name",
        [ids, bearers, LISTED_AUTHORS],
    ) as rows:
        async for paper_id, coauthor in rows:
            coauthors[paper_id].append(coauthor)
    async with connection.execute(
        "SELECT paper_id, max(body ->> '$.venue'), max(body ->> '$.affiliations') FROM json_each(?) AS wanted"
        " JOIN records ON paper_id = wanted.value GROUP BY paper_id",
        [ids],
    ) as rows:
        places = {row[0]: (row[1] or "", row[2] or "") async for row in rows}
    said = await author_ids.of_papers(connection, ids)
    apart = await people_apart.among(connection, people)
    return [
        Written(
            row["id"],
            row["handle"],
            row["author_id"],
            row["basis"],
            Appearance(
                name=row["name"],
                title=row["title"],
                coauthors=tuple(dict.fromkeys(coauthors[row["id"]])),
                venue=places.get(row["id"], ("", ""))[0],
                organisation=places.get(row["id"], ("", ""))[1],
                category=category_in_words(row["category"] or ""),
                year=int(row["published"][:4]) if row["published"] else None,
                ids={
                    **author_ids.ids_of(row["name"], said[row["id"]]),
                    **({"author page": str(row["author_id"])} if row["basis"] == BY_PAGE else {}),
                    **({"operator": str(row["author_id"])} if row["author_id"] in apart else {}),
                },
            ),
        )
        for row in papers
    ]


def assign(people: Sequence[Sequence[Written]], bearers: Sequence[Bearer]) -> list[int | None]:
    """Who of the bearers each of the people is; None for somebody new."""
    held = Counter(
        (one.person, number) for number, papers in enumerate(people) for one in papers if one.basis != BY_NAME
    )
    by_page = {(one.person, number) for number, papers in enumerate(people) for one in papers if one.basis == BY_PAGE}
    found: dict[int, int] = {}
    for person, number in sorted(held, key=lambda pair: (pair not in by_page, -held[pair], pair[1], pair[0])):
        if number not in found and person not in found.values():
            found[number] = person
    free = [one.person for one in bearers if one.first and not one.has_page and one.person not in found.values()]
    for number in range(len(people)):
        if number not in found and free:
            found[number] = free.pop()
    return [found.get(number) for number in range(len(people))]


async def _settle(connection: Connection, name: str, people: Sequence[Sequence[Written]]) -> list[Change]:
    """Make these the people of a name; returns the changes for the look-up index."""
    bearers = [
        Bearer(*row)
        for row in await connection.execute_fetchall(
            "SELECT id, handle, name, distinction = '', id IN (SELECT author_id FROM author_pages) FROM authors"
            " WHERE name_key = ? ORDER BY id",
            [name],
        )
    ]
    changes: list[Change] = []
    now: list[int] = []
    for papers, person in zip(people, assign(people, bearers), strict=True):
        if person is None:
            person = await _add(connection, name, papers)
            changes.append((person, None, papers[0].appearance.name))
        now.append(person)
    await connection.executemany(
        "UPDATE OR REPLACE authorships SET author_id = ?, basis = max(basis, ?) WHERE paper_id = ? AND author_id = ?",
        [
            (person, BY_EVIDENCE, one.paper_id, one.person)
            for papers, person in zip(people, now, strict=True)
            for one in papers
        ],
    )
    await connection.execute(
        "UPDATE authors SET known_for = '', papers = (SELECT count(*) FROM authorships WHERE author_id = authors.id)"
        " WHERE name_key = ?",
        [name],
    )
    if len(people) > 1:
        words = [known_for([one.appearance for one in papers]) for papers in people]
        await connection.executemany(
            "UPDATE authors SET known_for = ? WHERE id = ?", list(zip(words, now, strict=True))
        )
    heirs = _heirs(people, now)
    for one in bearers:
        if one.person in now or one.has_page:
            changes.append((one.person, one.name, one.name))
        elif now:
            changes.append((one.person, one.name, None))
            await _replace(connection, one, heirs.get(one.person, now[0]))
    return changes


async def _add(connection: Connection, name: str, papers: Sequence[Written]) -> int:
    """Somebody new of a name; the handle is made from their first paper, or the first by which no other was made."""
    seeds = chain((one.handle for one in papers), (f"{papers[0].handle} {number}" for number in count(2)))
    while True:
        made_from = next(seeds)
        async with connection.execute(
            "INSERT INTO authors (handle, name, name_key, distinction) SELECT ?1, ?2, ?3, ?4"
            " WHERE NOT EXISTS (SELECT 1 FROM merged_authors WHERE handle = ?1) ON CONFLICT DO NOTHING RETURNING id",
            [make_handle("author", name, made_from), papers[0].appearance.name, name, made_from],
        ) as rows:
            if row := await rows.fetchone():
                return int(row[0])


def _heirs(people: Sequence[Sequence[Written]], now: Sequence[int]) -> Mapping[int, int]:
    """By who had papers before, who has most of them now."""
    shares = Counter((one.person, person) for papers, person in zip(people, now, strict=True) for one in papers)
    return {before: after for (before, after), _ in reversed(shares.most_common())}


async def _replace(connection: Connection, gone: Bearer, heir: int) -> None:
    """Delete somebody who turned out to be another; their handles lead there."""
    await connection.execute("UPDATE merged_authors SET author_id = ? WHERE author_id = ?", [heir, gone.person])
    await people_apart.follow(connection, gone.person, heir)
    await connection.execute("DELETE FROM authors WHERE id = ?", [gone.person])
    await connection.execute("INSERT OR REPLACE INTO merged_authors VALUES (?, ?)", [gone.handle, heir])


def known_for(papers: Sequence[Appearance]) -> str:
    """What tells the author of these papers from others of the name: co-authors, else a venue, else a title; years."""
    together = Counter(name for one in papers for name in one.coauthors)
    years = sorted(one.year for one in papers if one.year)
    names = sorted(together, key=lambda name: (-together[name], name))[:SHOWN_COAUTHORS]
    venue = next((one.venue or one.category for one in papers if one.venue or one.category), "")
    who = f"with {', '.join(names)}" if names else f"in {venue}" if venue else f"“{papers[0].title}”"
    when = f"; {years[0]}" + (f" to {years[-1]}" if years[-1] != years[0] else "") if years else ""
    return who + when
