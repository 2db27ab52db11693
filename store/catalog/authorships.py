"""Who wrote which paper: authorships follow the author lists of papers, and author pages find their author."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from store.catalog.authors import BY_HANDLE
from store.catalog.entity_resolution import PaperChange
from store.catalog.merges import PaperBefore
from store.catalog.namesakes import BY_NAME, BY_PAGE
from store.catalog.records import source_ids, source_key
from store.lookup.index.writer import Change
from store.models import AuthorPage, Authorship
from store.storage.connection import Connection
from store.text.handles import handle as make_handle
from store.text.person_names import name_key


async def update(
    connection: Connection, changes: Sequence[PaperChange], known_people: Mapping[str, int]
) -> list[Change]:
    """Make the authorships of changed papers what their author lists say; returns the changes for the look-up index.

    `known_people` gives the author for a name key where that is certain, as on the page of one of several namesakes.
    """
    changed = [c for c in changes if c.merged or not c.before or c.before.authors != c.after.authors]
    by_name = {a.name: a for c in changed for a in c.after.authors}
    key_of = {name: name_key(name) for name in by_name}
    by_key = {key_of[name]: a for name, a in by_name.items()}
    ids, new = await _find_or_add(connection, {key: a for key, a in by_key.items() if key not in known_people})
    ids.update(known_people)
    changed_ids = json.dumps([c.paper_id for c in changed])
    async with connection.execute(
        "SELECT DISTINCT author_id FROM authorships WHERE paper_id IN (SELECT value FROM json_each(?))", [changed_ids]
    ) as rows:
        affected = {row[0] async for row in rows}
    # Who was found to be on the paper stays there, whatever later sources list.
    known = await _known_authors(connection, changed_ids)
    await connection.execute(
        "DELETE FROM authorships WHERE paper_id IN (SELECT value FROM json_each(?))", [changed_ids]
    )
    authorships = {
        (c.paper_id, person): (a.position, basis)
        for c in changed
        for a in c.after.authors
        for key in [key_of[a.name]]
        for person, basis in [
            (ids[key], BY_PAGE) if key in known_people else known.get((c.paper_id, key), (ids[key], BY_NAME))
        ]
    }
    await connection.executemany(
        "INSERT INTO authorships (paper_id, author_id, position, basis) VALUES (?, ?, ?, ?)",
        [(*pair, *of_pair) for pair, of_pair in authorships.items()],
    )
    return await _recount(connection, affected.union(author_id for _, author_id in authorships), new)


async def restore(connection: Connection, papers: Sequence[PaperBefore]) -> list[Change]:
    """Make the authorships of papers what they were before a merge; returns the changes for the look-up index."""
    ids = json.dumps([paper.paper_id for paper in papers])
    of_papers = "paper_id IN (SELECT value FROM json_each(?))"
    rows = await connection.execute_fetchall(f"SELECT author_id FROM authorships WHERE {of_papers}", [ids])  # noqa: S608
    await connection.execute(f"DELETE FROM authorships WHERE {of_papers}", [ids])  # noqa: S608
    affected, new = {row[0] for row in rows}, set()
    for paper in papers:
        for author in paper.authors:
            async with connection.execute(
                "INSERT INTO authors (id, handle, name, name_key, distinction, is_group)"
                " SELECT CASE WHEN EXISTS (SELECT 1 FROM authors WHERE id = :author_id) THEN NULL ELSE :author_id END,"
                " :handle, :name, :name_key, :distinction, :is_group"
                " WHERE NOT EXISTS (SELECT 1 FROM merged_authors WHERE handle = :handle)"
                " ON CONFLICT DO NOTHING RETURNING id",
                author.model_dump(),
            ) as inserted:
                new.update([row[0] async for row in inserted])
            async with connection.execute(
                "INSERT OR IGNORE INTO authorships (paper_id, author_id, position, basis)"
                f" SELECT :paper_id, {BY_HANDLE}, :position, :basis RETURNING author_id",
                {**author.model_dump(), "paper_id": paper.paper_id},
            ) as inserted:
                affected.update([row[0] async for row in inserted])
    return await _recount(connection, affected, new)


async def release(connection: Connection, paper: PaperBefore) -> list[Change]:
    """A paper has been deleted: its authors have one less; returns the changes for the look-up index."""
    return await _recount(connection, {author.author_id for author in paper.authors}, set())


async def _recount(connection: Connection, affected: set[int], new: set[int]) -> list[Change]:
    """Count the papers of these authors, and delete those without; returns the changes for the look-up index."""
    await connection.executemany(
        "UPDATE authors SET papers = (SELECT count(*) FROM authorships WHERE author_id = id) WHERE id = ?",
        [(author_id,) for author_id in affected],
    )
    async with connection.execute(
        "SELECT id, name, papers = 0 AND id NOT IN (SELECT author_id FROM author_pages) FROM authors"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(affected))],
    ) as rows:
        found = await rows.fetchall()
    # A name that no source gives any longer goes, such as initials that were spelt out.
    await connection.executemany("DELETE FROM authors WHERE id = ?", [(row[0],) for row in found if row[2]])
    await connection.execute(
        "INSERT OR REPLACE INTO names_to_divide (name_key) SELECT name_key FROM authors"
        " WHERE id IN (SELECT value FROM json_each(?)) AND NOT is_group AND (papers > 1 OR distinction <> ''"
        " OR known_for <> '' OR name_key IN (SELECT name_key FROM names_to_divide)) GROUP BY name_key",
        [json.dumps(list(affected))],
    )
    return [(row[0], None if row[0] in new else row[1], None if row[2] else row[1]) for row in found]


async def _known_authors(connection: Connection, paper_ids: str) -> dict[tuple[int, str], tuple[int, int]]:
    """By paper and name key, the authors of these papers (ids in JSON) who are more than a name, and why."""
    async with connection.execute(
        "SELECT paper_id, name_key, author_id, basis FROM authorships JOIN authors ON authors.id = author_id"
        " WHERE paper_id IN (SELECT value FROM json_each(?)) AND (basis <> 0 OR distinction <> '')",
        [paper_ids],
    ) as rows:
        return {(row[0], row[1]): (row[2], row[3]) async for row in rows}


async def _find_or_add(connection: Connection, wanted: Mapping[str, Authorship]) -> tuple[dict[str, int], set[int]]:
    """The id of the author of each name key, and which are new; of namesakes the one without distinction."""
    names = json.dumps(list(wanted))
    select = (
        "SELECT name_key, authors.id FROM json_each(?) AS wanted"
        " JOIN authors ON name_key = wanted.value AND distinction = ''"
    )
    found = {row[0]: row[1] for row in await connection.execute_fetchall(select, [names])}
    missing = {key: a for key, a in wanted.items() if key not in found}
    await connection.executemany(
        "INSERT INTO authors (handle, name, name_key, is_group) VALUES (?, ?, ?, ?)",
        [(make_handle("author", key, ""), a.name, key, a.is_group) for key, a in missing.items()],
    )
    made = {row[0]: row[1] for row in await connection.execute_fetchall(select, [json.dumps(list(missing))])}
    return found | made, set(made.values())


async def store_page(
    connection: Connection, page: AuthorPage, paper_ids: Sequence[int]
) -> tuple[int, list[Change], bool]:
    """Find out whose page this is and add its figures, those that differ from what the page said last.

    `paper_ids` are the papers of the page that were stored before. Returns the author's id, the changes for the
    look-up index, and whether anything was written.
    """
    source_id = (await source_ids(connection, [page.source]))[source_key(page.source)]
    author_id, new = await _owner(connection, page, source_id, paper_ids)
    stored = await connection.execute(
        "INSERT INTO author_pages (author_id, source_id, field) VALUES (?, ?, ?) ON CONFLICT (author_id, source_id)"
        " DO UPDATE SET field = excluded.field WHERE field IS NOT excluded.field",
        [author_id, source_id, page.field],
    )
    last = await _last_figures(connection, author_id, source_id)
    figures = [
        (author_id, source_id, m.name, m.source.retrieved.isoformat(), m.value)
        for m in page.metrics
        if last.get(m.name) != m.value
    ]
    await connection.executemany(
        "INSERT INTO metrics (author_id, source_id, name, retrieved, value) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value",
        figures,
    )
    return author_id, new, stored.rowcount > 0 or bool(figures)


async def _last_figures(connection: Connection, author_id: int, source_id: int) -> dict[str, float]:
    async with connection.execute(
        "SELECT name, value FROM metrics WHERE author_id = ? AND source_id = ? ORDER BY retrieved",
        [author_id, source_id],
    ) as rows:
        return {row[0]: row[1] async for row in rows}


async def _owner(
    connection: Connection, page: AuthorPage, source_id: int, paper_ids: Sequence[int]
) -> tuple[int, list[Change]]:
    """The id of the page's author, and the change if that is a new one.

    It is the author whose page it was before; else whose other page it is; else a namesake with a paper of the page;
    else one without a page.
    """
    if page.same_person:
        pages = json.dumps([source_key(source) for source in (page.source, *page.same_person)])
        async with connection.execute(
            "SELECT author_id FROM json_each(?) AS page"
            " JOIN sources ON kind = page.value ->> 0 AND name = page.value ->> 1"
            " JOIN author_pages ON source_id = sources.id ORDER BY page.key",
            [pages],
        ) as rows:
            if row := await rows.fetchone():
                return row[0], []
    key = name_key(page.name)
    async with connection.execute(
        "SELECT id FROM authors WHERE name_key = :key AND (id IN (SELECT author_id FROM author_pages WHERE source_id = "
        ":source) OR id IN (SELECT author_id FROM authorships WHERE paper_id IN (SELECT value FROM json_each(:papers)))"
        " OR id NOT IN (SELECT author_id FROM author_pages)) ORDER BY"
        " id IN (SELECT author_id FROM author_pages WHERE source_id = :source) DESC,"
        " id IN (SELECT author_id FROM authorships WHERE paper_id IN (SELECT value FROM json_each(:papers))) DESC, id",
        {"key": key, "source": source_id, "papers": json.dumps(list(paper_ids))},
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
