"""Authors: people and groups that papers name, their pages and their figures over time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import aiosqlite

from store.catalog.papers import Stored
from store.catalog.records import source_ids
from store.lookup.index.writer import Change
from store.models import Author, AuthorPage, Authorship, Handle, Metric, Source
from store.storage.database import Database
from store.text.handles import handle as make_handle
from store.text.person_names import name_key

_AUTHOR = (
    "SELECT handle, authors.name, is_group, papers, distinction,"
    " (SELECT field FROM author_pages WHERE author_id = authors.id ORDER BY source_id LIMIT 1) AS field FROM authors"
)


async def link(connection: aiosqlite.Connection, stored: Sequence[Stored], persons: Mapping[str, int]) -> list[Change]:
    """Make the authorships of changed papers what their author lists say; returns what the index has to follow.

    `persons` says who is meant by a name key where that is known, as on the page of one of several namesakes.
    """
    changed = [s for s in stored if s.absorbed or not s.before or s.before.authors != s.after.authors]
    by_name = {a.name: a for s in changed for a in s.after.authors}
    key_of = {name: name_key(name) for name in by_name}
    people = {key_of[name]: a for name, a in by_name.items()}
    ids, new = await _resolve(connection, {key: a for key, a in people.items() if key not in persons})
    ids.update(persons)
    changed_ids = json.dumps([s.paper_id for s in changed])
    async with connection.execute(
        "SELECT DISTINCT author_id FROM authorships WHERE paper_id IN (SELECT value FROM json_each(?))", [changed_ids]
    ) as rows:
        touched = {row[0] async for row in rows}
    # Who was told apart from a namesake stays so, whatever later sources list.
    known = await _linked(connection, changed_ids)
    await connection.execute(
        "DELETE FROM authorships WHERE paper_id IN (SELECT value FROM json_each(?))", [changed_ids]
    )
    authorships = {
        (s.paper_id, known.get((s.paper_id, key), ids[key]) if key not in persons else ids[key]): a.position
        for s in changed
        for a in s.after.authors
        for key in [key_of[a.name]]
    }
    await connection.executemany(
        "INSERT INTO authorships (paper_id, author_id, position) VALUES (?, ?, ?)",
        [(*pair, position) for pair, position in authorships.items()],
    )
    touched.update(author_id for _, author_id in authorships)
    await connection.executemany(
        "UPDATE authors SET papers = (SELECT count(*) FROM authorships WHERE author_id = id) WHERE id = ?",
        [(author_id,) for author_id in touched],
    )
    async with connection.execute(
        "SELECT id, name, papers = 0 AND id NOT IN (SELECT author_id FROM author_pages) FROM authors"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(touched))],
    ) as rows:
        found = await rows.fetchall()
    # Nobody is left under a name that sources no longer give, as initials that were spelt out.
    await connection.executemany("DELETE FROM authors WHERE id = ?", [(row[0],) for row in found if row[2]])
    return [(row[0], None if row[0] in new else row[1], None if row[2] else row[1]) for row in found]


async def _linked(connection: aiosqlite.Connection, paper_ids: str) -> dict[tuple[int, str], int]:
    async with connection.execute(
        "SELECT paper_id, name_key, author_id FROM authorships JOIN authors ON authors.id = author_id"
        " WHERE paper_id IN (SELECT value FROM json_each(?)) AND distinction <> ''",
        [paper_ids],
    ) as rows:
        return {(row[0], row[1]): row[2] async for row in rows}


async def _resolve(
    connection: aiosqlite.Connection, wanted: Mapping[str, Authorship]
) -> tuple[dict[str, int], set[int]]:
    """The author of each name, made where it is new, and who is new; of namesakes the one without distinction."""
    names = json.dumps(list(wanted))
    select = (
        "SELECT name_key, authors.id FROM json_each(?) AS wanted"
        " JOIN authors ON name_key = wanted.value AND distinction = ''"
    )
    async with connection.execute(select, [names]) as rows:
        found = {row[0]: row[1] async for row in rows}
    missing = {key: a for key, a in wanted.items() if key not in found}
    await connection.executemany(
        "INSERT INTO authors (handle, name, name_key, is_group) VALUES (?, ?, ?, ?)",
        [(make_handle("author", key, ""), a.name, key, a.is_group) for key, a in missing.items()],
    )
    async with connection.execute(select, [json.dumps(list(missing))]) as rows:
        made = {row[0]: row[1] async for row in rows}
    return found | made, set(made.values())


async def keep_page(
    connection: aiosqlite.Connection, page: AuthorPage, stored: Sequence[int]
) -> tuple[int, list[Change], bool]:
    """Find out whose page this is and keep its figures, those that differ from what the page said last.

    `stored` are the papers of the page that the store knew before. Returns the author, what the index has to follow,
    and whether anything was kept.
    """
    source_id = (await source_ids(connection, [page.source]))[page.source.kind, page.source.name]
    author_id, new = await _owner(connection, page, source_id, stored)
    before = connection.total_changes
    await connection.execute(
        "INSERT INTO author_pages (author_id, source_id, field) VALUES (?, ?, ?) ON CONFLICT (author_id, source_id)"
        " DO UPDATE SET field = excluded.field WHERE field IS NOT excluded.field",
        [author_id, source_id, page.field],
    )
    last = await _last(connection, author_id, source_id)
    await connection.executemany(
        "INSERT INTO metrics (author_id, source_id, name, retrieved, value) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value",
        [
            (author_id, source_id, m.name, m.source.retrieved.isoformat(), m.value)
            for m in page.metrics
            if last.get(m.name) != m.value
        ],
    )
    return author_id, new, connection.total_changes != before


async def _last(connection: aiosqlite.Connection, author_id: int, source_id: int) -> dict[str, float]:
    async with connection.execute(
        "SELECT name, value FROM metrics WHERE author_id = ? AND source_id = ? ORDER BY retrieved",
        [author_id, source_id],
    ) as rows:
        return {row[0]: row[1] async for row in rows}


async def _owner(
    connection: aiosqlite.Connection, page: AuthorPage, source_id: int, stored: Sequence[int]
) -> tuple[int, list[Change]]:
    """Whose page it is: who had it before; else a namesake with a paper of the page, or with no page yet; else new."""
    key = name_key(page.name)
    async with connection.execute(
        "SELECT id FROM authors WHERE name_key = :key AND (id IN (SELECT author_id FROM author_pages WHERE source_id = "
        ":source) OR id IN (SELECT author_id FROM authorships WHERE paper_id IN (SELECT value FROM json_each(:papers)))"
        " OR id NOT IN (SELECT author_id FROM author_pages)) ORDER BY"
        " id IN (SELECT author_id FROM author_pages WHERE source_id = :source) DESC,"
        " id IN (SELECT author_id FROM authorships WHERE paper_id IN (SELECT value FROM json_each(:papers))) DESC, id",
        {"key": key, "source": source_id, "papers": json.dumps(list(stored))},
    ) as rows:
        row = await rows.fetchone()
    if row:
        return row[0], []
    async with connection.execute("SELECT count(*) FROM authors WHERE name_key = ?", [key]) as rows:
        row = await rows.fetchone()
    namesakes = row[0] if row else 0
    distinction = f"{page.field or 'page'}, {page.source.name}" if namesakes else ""
    async with connection.execute(
        "INSERT INTO authors (handle, name, name_key, distinction) VALUES (?, ?, ?, ?) RETURNING id",
        [make_handle("author", key, distinction), page.name, key, distinction],
    ) as rows:
        row = await rows.fetchone()
    author_id = row[0] if row else 0
    return author_id, [(author_id, None, page.name)]


def _author(row: aiosqlite.Row) -> Author:
    return Author(
        handle=row["handle"],
        name=row["name"],
        is_group=bool(row["is_group"]),
        field=row["field"],
        papers=row["papers"],
        distinction=row["distinction"],
    )


async def by_handles(db: Database, handles: Sequence[Handle]) -> list[Author]:
    """The authors in the order asked for; those that the store does not hold are left out."""
    async with (
        db.read() as connection,
        connection.execute(
            f"{_AUTHOR} JOIN json_each(?) AS wanted ON handle = wanted.value ORDER BY wanted.key",
            [json.dumps(list(handles))],
        ) as rows,
    ):
        return [_author(row) async for row in rows]


async def by_handle(db: Database, handle: Handle) -> Author | None:
    """The author of that handle."""
    return next(iter(await by_handles(db, [handle])), None)


async def namesakes(db: Database, name: str) -> list[Author]:
    """Everybody of exactly this name, those with most papers first."""
    async with (
        db.read() as connection,
        connection.execute(f"{_AUTHOR} WHERE name_key = ? ORDER BY papers DESC, id", [name_key(name)]) as rows,
    ):
        return [_author(row) async for row in rows]


async def metrics(db: Database, handle: Handle) -> list[Metric]:
    """The latest figure of each kind from each source."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT metrics.name, value, max(retrieved) AS retrieved, kind, sources.name AS source FROM metrics"
            " JOIN authors ON authors.id = author_id JOIN sources ON sources.id = source_id"
            " WHERE handle = ? GROUP BY source_id, metrics.name ORDER BY source_id",
            [handle],
        ) as rows,
    ):
        return [
            Metric(
                name=row["name"],
                value=row["value"],
                source=Source(kind=row["kind"], name=row["source"], retrieved=row["retrieved"]),
            )
            async for row in rows
        ]


async def papers_of(db: Database, handle: Handle) -> list[Handle]:
    """The author's papers, newest first."""
    return await _handles(
        db,
        "SELECT papers.handle FROM authors JOIN authorships ON author_id = authors.id"
        " JOIN papers ON papers.id = paper_id WHERE authors.handle = ? ORDER BY published DESC, papers.id",
        handle,
    )


async def coauthors(db: Database, handle: Handle, limit: int = 8) -> list[tuple[Author, int]]:
    """Who else is named on the author's papers, with how many they share, most first."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT other.handle, count(*) AS shared FROM authors AS self JOIN authorships AS mine"
            " ON mine.author_id = self.id JOIN authorships AS theirs ON theirs.paper_id = mine.paper_id"
            " AND theirs.author_id <> self.id JOIN authors AS other ON other.id = theirs.author_id"
            " WHERE self.handle = ? GROUP BY other.id ORDER BY shared DESC, other.papers DESC, other.name LIMIT ?",
            [handle, limit],
        ) as rows,
    ):
        shared = {row[0]: row[1] async for row in rows}
    return [(author, shared[author.handle]) for author in await by_handles(db, list(shared))]


async def of_paper(db: Database, handle: Handle) -> list[Author]:
    """The authors of a paper in the order of its list; those without a place last."""
    return await by_handles(
        db,
        await _handles(
            db,
            "SELECT authors.handle FROM papers JOIN authorships ON paper_id = papers.id"
            " JOIN authors ON authors.id = author_id WHERE papers.handle = ? ORDER BY position IS NULL, position",
            handle,
        ),
    )


async def _handles(db: Database, query: str, handle: Handle) -> list[Handle]:
    async with db.read() as connection, connection.execute(query, [handle]) as rows:
        return [row[0] async for row in rows]


async def count(db: Database) -> int:
    """How many people and groups the store knows."""
    async with db.read() as connection, connection.execute("SELECT count(*) FROM authors") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 0
