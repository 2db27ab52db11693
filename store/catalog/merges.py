"""Papers that turned out to be one: every merge is recorded with its evidence and all that it took away.

It can be undone. What the papers were before comes back, and they are kept apart from then on.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

from store.catalog.evidence import Evidence
from store.catalog.records import Key, PaperRow, StoredPaper, load, save, save_superseded, source_ids, source_key
from store.models import Frozen, Handle, Paper, PaperRecord, Source
from store.storage.connection import Connection, Row
from store.storage.database import Database
from store.text.timestamps import stamp


class Reason(Frozen):
    """Why papers were merged: a record that is of the same work as each of them, by handle, with the evidence."""

    source: Source
    title: str
    evidence: dict[Handle, Evidence]

    @classmethod
    def of(cls, record: PaperRecord, evidence: Mapping[Handle, Evidence]) -> Reason:
        """The record that unites papers, with what speaks for each."""
        return cls(source=record.source, title=record.title, evidence=dict(evidence))


class AuthorBefore(Frozen):
    """An author of a paper, with all that is stored of them, as they vanish with their last paper."""

    author_id: int
    handle: Handle
    name: str
    name_key: str
    distinction: str
    is_group: int
    position: int | None
    basis: int = 0


class PaperBefore(Frozen):
    """A paper before it was merged."""

    paper_id: int
    handle: Handle
    added: str
    records: tuple[PaperRecord, ...]
    superseded: tuple[PaperRecord, ...]
    keys: tuple[Key, ...]
    former: tuple[Handle, ...]
    authors: tuple[AuthorBefore, ...]


class Merge(Frozen):
    """A merge that was recorded. The first paper is the one that survived."""

    id: int
    merged_at: datetime
    papers: tuple[PaperBefore, ...]
    reason: Reason
    undone: bool


class Separated(NamedTuple):
    """The paper as it was merged, the papers that came back, and the records that came since, to be taken in again."""

    merged: Paper
    papers: list[StoredPaper]
    later: list[PaperRecord]


async def store(
    connection: Connection,
    survivor: StoredPaper,
    gone: Sequence[StoredPaper],
    stay: Collection[PaperRecord],
    reason: Reason,
    now: datetime,
) -> None:
    """Record a merge, let keys, authors and handles of the papers that are gone lead to the survivor, and delete them.

    Of the papers' records `stay` do so; the others are kept as superseded.
    """
    before = [await snapshot(connection, paper) for paper in (survivor, *gone)]
    await connection.execute(
        "INSERT INTO merges (merged_at, survivor, reason, before, last_id) VALUES (?, ?, ?, ?, ?)",
        [
            stamp(now),
            survivor.handle,
            reason.model_dump_json(),
            f"[{','.join(paper.model_dump_json(exclude_defaults=True) for paper in before)}]",
            max(paper.paper_id for paper in gone),
        ],
    )
    known = [record for paper in (survivor, *gone) for record in (*paper.superseded, *paper.records.values())]
    await save_superseded(connection, survivor.paper_id, [record for record in known if record not in stay])
    for paper in gone:
        for table in ("identifiers", "merged_handles", "authorships"):
            await connection.execute(
                f"UPDATE OR IGNORE {table} SET paper_id = ? WHERE paper_id = ?",  # noqa: S608
                [survivor.paper_id, paper.paper_id],
            )
        await connection.execute("DELETE FROM papers WHERE id = ?", [paper.paper_id])
        await connection.execute("INSERT INTO merged_handles VALUES (?, ?)", [paper.handle, survivor.paper_id])


async def snapshot(connection: Connection, paper: StoredPaper) -> PaperBefore:
    """A paper as it is, with all that belongs to it."""

    async def rows(sql: str) -> list[Row]:
        return list(await connection.execute_fetchall(sql, [paper.paper_id]))

    ((added,),) = await rows("SELECT added FROM papers WHERE id = ?")
    keys = await rows("SELECT scheme, value FROM identifiers WHERE paper_id = ? ORDER BY scheme, value")
    former = await rows("SELECT handle FROM merged_handles WHERE paper_id = ? ORDER BY handle")
    authors = await rows(
        "SELECT author_id, handle, name, name_key, distinction, is_group, position, basis FROM authorships"
        " JOIN authors ON authors.id = author_id WHERE paper_id = ? ORDER BY author_id"
    )
    return PaperBefore(
        paper_id=paper.paper_id,
        handle=paper.handle,
        added=added,
        records=tuple(paper.records.values()),
        superseded=tuple(paper.superseded),
        keys=tuple((row[0], row[1]) for row in keys),
        former=tuple(row[0] for row in former),
        authors=tuple(AuthorBefore.model_validate(dict(row)) for row in authors),
    )


async def latest(db: Database, limit: int = 10) -> list[Merge]:
    """The last merges, newest first, also those that were undone."""
    async with db.read() as connection:
        return await _merges(connection, "TRUE", [], limit)


async def last_of(connection: Connection, handle: Handle) -> Merge | None:
    """The last merge of the paper that goes by this handle, or went by it, that has not been undone."""
    found = await _merges(
        connection,
        "undone_at IS NULL AND EXISTS (SELECT 1 FROM papers WHERE handle = survivor)"
        " AND survivor = coalesce((SELECT papers.handle FROM merged_handles"
        " JOIN papers ON papers.id = paper_id WHERE merged_handles.handle = ?), ?)",
        [handle, handle],
        1,
    )
    return found[0] if found else None


async def _merges(connection: Connection, condition: str, parameters: Sequence[str], limit: int) -> list[Merge]:
    async with connection.execute(
        f"SELECT id, merged_at, before, reason, undone_at FROM merges WHERE {condition} ORDER BY id DESC LIMIT ?",  # noqa: S608
        [*parameters, limit],
    ) as rows:
        return [
            Merge(
                id=row["id"],
                merged_at=row["merged_at"],
                papers=json.loads(row["before"]),
                reason=Reason.model_validate_json(row["reason"]),
                undone=row["undone_at"] is not None,
            )
            async for row in rows
        ]


async def kept_apart(connection: Connection) -> set[tuple[int, int]]:
    """Pairs of ids of papers that are never merged again."""
    async with connection.execute(
        "SELECT coalesce(p.id, m.paper_id), coalesce(q.id, n.paper_id) FROM kept_apart"
        " LEFT JOIN papers AS p ON p.handle = one LEFT JOIN merged_handles AS m ON m.handle = one"
        " LEFT JOIN papers AS q ON q.handle = other LEFT JOIN merged_handles AS n ON n.handle = other"
    ) as rows:
        return {(row[0], row[1]) async for row in rows}


async def keep_apart(connection: Connection, handles: Iterable[Handle]) -> None:
    """These papers are never merged again, whatever a record says."""
    await connection.executemany(
        "INSERT OR IGNORE INTO kept_apart VALUES (?, ?)", list(combinations(sorted(handles), 2))
    )


async def undo(connection: Connection, merge: Merge, now: datetime) -> Separated:
    """Bring the papers back as they were before a merge, and keep them apart; `authorships.restore` has to follow.

    It has to be the last merge of its survivor.
    """
    survivor_id = merge.papers[0].paper_id
    merged = (await load(connection, [survivor_id]))[survivor_id]
    await connection.execute("UPDATE merges SET undone_at = ? WHERE id = ?", [stamp(now), merge.id])
    await keep_apart(connection, [paper.handle for paper in merge.papers])
    for table in ("records", "identifiers", "merged_handles"):
        await connection.execute(f"DELETE FROM {table} WHERE paper_id = ?", [survivor_id])  # noqa: S608
    for paper in merge.papers:
        ids = await source_ids(connection, [record.source for record in paper.records])
        records = {ids[source_key(record.source)]: record for record in paper.records}
        row = PaperRow(paper.paper_id, StoredPaper(paper.paper_id, paper.handle, records).paper, records)
        await save(connection, [row], [(key, paper.paper_id) for key in paper.keys], now)
        await save_superseded(connection, paper.paper_id, paper.superseded)
        await connection.execute("UPDATE papers SET added = ? WHERE id = ?", [paper.added, paper.paper_id])
        await connection.executemany(
            "INSERT INTO merged_handles VALUES (?, ?)", [(handle, paper.paper_id) for handle in paper.former]
        )
    known = [record for paper in merge.papers for record in paper.records]
    later = [record for record in merged.records.values() if record not in known]
    after = await load(connection, [paper.paper_id for paper in merge.papers])
    return Separated(merged.paper, [after[paper.paper_id] for paper in merge.papers], later)
