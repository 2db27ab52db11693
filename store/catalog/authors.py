"""Authors: reading the people and groups that papers name, their papers and their figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from store.models import Author, Handle, Metric, Source
from store.storage.connection import Row
from store.storage.database import Database
from store.text.person_names import name_key

BY_HANDLE = (
    "coalesce((SELECT id FROM authors WHERE handle = :handle),"
    " (SELECT author_id FROM merged_authors WHERE handle = :handle))"
)
"""The id of who has a handle, or had it before they turned out to be another."""

_AUTHOR = (
    "SELECT handle, authors.name, is_group, papers,"
    " CASE WHEN known_for <> '' THEN known_for ELSE distinction END AS distinction,"
    " (SELECT field FROM author_pages WHERE author_id = authors.id ORDER BY source_id LIMIT 1) AS field FROM authors"
)


def _author(row: Row) -> Author:
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


async def moved(db: Database, handles: Sequence[Handle]) -> dict[Handle, Handle]:
    """Of these handles those of people who turned out to be others, each with the handle of whom."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT merged_authors.handle, authors.handle FROM json_each(?) AS wanted"
            " JOIN merged_authors ON merged_authors.handle = wanted.value JOIN authors ON authors.id = author_id"
            " WHERE NOT EXISTS (SELECT 1 FROM authors WHERE handle = wanted.value)",
            [json.dumps(list(handles))],
        ) as rows,
    ):
        return {row[0]: row[1] async for row in rows}


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


async def metric_history(db: Database, handle: Handle) -> list[Metric]:
    """What each source has said of the author, a figure whenever it changed, those of a kind from the first on."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT metrics.name, value, retrieved, kind, sources.name AS source FROM metrics"  # noqa: S608
            f" JOIN sources ON sources.id = source_id WHERE author_id = {BY_HANDLE}"
            " ORDER BY source_id, metrics.name, retrieved",
            {"handle": handle},
        ) as rows,
    ):
        return [metric_of(row) async for row in rows]


def latest(history: Iterable[Metric]) -> list[Metric]:
    """Of a history of figures the last one of each kind from each source."""
    return list({(one.source.kind, one.source.name, one.name): one for one in history}.values())


def metric_of(row: Row) -> Metric:
    """A figure from its columns: name, value, and the source with its kind and time."""
    source = Source(kind=row["kind"], name=row["source"], retrieved=row["retrieved"])
    return Metric(name=row["name"], value=row["value"], source=source)


async def counts(db: Database, papers: Iterable[Handle]) -> dict[Handle, int]:
    """How many of these papers each of their authors wrote."""
    async with db.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT authors.handle, count(*) FROM json_each(?) AS wanted JOIN papers ON papers.handle = wanted.value"
            " JOIN authorships ON paper_id = papers.id JOIN authors ON authors.id = author_id GROUP BY authors.id",
            [json.dumps(list(papers))],
        )
    return {row[0]: row[1] for row in rows}


async def papers_of(db: Database, handle: Handle) -> list[Handle]:
    """The author's papers, newest first."""
    return await _handles(
        db,
        "SELECT papers.handle FROM authorships JOIN papers ON papers.id = paper_id"  # noqa: S608
        f" WHERE author_id = {BY_HANDLE} ORDER BY published DESC, papers.id",
        handle,
    )


async def coauthors(db: Database, papers: Iterable[Handle], without: Iterable[Handle], limit: int) -> dict[Handle, int]:
    """Who is named on these papers, but for those given, with on how many of them, the `limit` with most first."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT authors.handle, count(*) AS shared FROM json_each(?) AS wanted"
            " JOIN papers ON papers.handle = wanted.value JOIN authorships ON paper_id = papers.id"
            " JOIN authors ON authors.id = author_id WHERE authors.handle NOT IN (SELECT value FROM json_each(?))"
            " GROUP BY authors.id ORDER BY shared DESC, authors.papers DESC, authors.name LIMIT ?",
            [json.dumps(list(papers)), json.dumps(list(without)), limit],
        ) as rows,
    ):
        return {row[0]: row[1] async for row in rows}


async def named_on(db: Database, papers: Iterable[Handle], people: Iterable[Handle]) -> set[tuple[Handle, Handle]]:
    """Which of these people are named on which of these papers, as paper and person."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT papers.handle, authors.handle FROM json_each(?) AS wanted"
            " JOIN authors ON authors.handle = wanted.value JOIN authorships ON author_id = authors.id"
            " JOIN papers ON papers.id = paper_id WHERE papers.handle IN (SELECT value FROM json_each(?))",
            [json.dumps(list(people)), json.dumps(list(papers))],
        ) as rows,
    ):
        return {(row[0], row[1]) async for row in rows}


async def of_paper(db: Database, handle: Handle) -> list[Author]:
    """The authors of a paper in the order of its list; those without a place last."""
    return await by_handles(
        db,
        await _handles(
            db,
            "SELECT authors.handle FROM papers JOIN authorships ON paper_id = papers.id"
            " JOIN authors ON authors.id = author_id WHERE papers.handle = :handle"
            " ORDER BY position IS NULL, position",
            handle,
        ),
    )


async def _handles(db: Database, query: str, handle: Handle) -> list[Handle]:
    async with db.read() as connection, connection.execute(query, {"handle": handle}) as rows:
        return [row[0] async for row in rows]


async def by_page(db: Database, source: Source) -> Handle | None:
    """The author that a source's page is about."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT handle FROM authors JOIN author_pages ON author_id = authors.id"
            " JOIN sources ON sources.id = source_id WHERE kind = ? AND sources.name = ?",
            [source.kind, source.name],
        ) as rows,
    ):
        row = await rows.fetchone()
    return row[0] if row else None


async def count(db: Database) -> int:
    """How many people and groups the store knows."""
    async with db.read() as connection, connection.execute("SELECT count(*) FROM authors") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 0
