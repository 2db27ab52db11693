"""Records as they are stored: what each source says of a paper, and the keys by which the paper is found again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from store.catalog.evidence import by_kind, is_recurring
from store.catalog.merge import merge
from store.models import Handle, Paper, PaperRecord, Source
from store.storage.connection import Connection
from store.text.normalize import fold
from store.text.person_names import first_author, last_word

LEAST_WORDS = 4
"""Words of a title below which it does not find papers by itself, as too many are called so; by choice."""
Key = tuple[str, str]
"""A scheme and a value: an outside identifier, or `title` with the folded title and the last word of an author's name.

That author is the first, and also the first in the alphabet, as sources order authors in several ways; and none.
A title of one word or of a column ("Editorial") does not identify a paper. Its key also holds the date and the source,
so that it is found again only when that source is read again.
"""


@dataclass(frozen=True)
class StoredPaper:
    """A paper with its records by source, as they are in the database.

    `superseded` are records of papers that were merged into this one, in whose place is another of the same source.
    """

    paper_id: int
    handle: Handle
    records: dict[int, PaperRecord] = field(default_factory=dict)
    superseded: list[PaperRecord] = field(default_factory=list)

    @cached_property
    def paper(self) -> Paper:
        """The records merged."""
        return merge(self.handle, list(self.records.values()))


class PaperRow(NamedTuple):
    """What `save` writes of a paper: the merged values, and the records by source that are new or changed."""

    paper_id: int
    paper: Paper
    records: dict[int, PaperRecord]


def match_keys(record: PaperRecord) -> tuple[Key, ...]:
    """Every key by which a paper with this record can be found; that of title and first author is the last."""
    outside = sorted(((i.scheme, i.value) for i in record.identifiers if i.scheme != "url"), key=lambda key: key[0])
    return (*outside, *_title_keys(record))


def claimed_keys(record: PaperRecord, keys: Iterable[Key], others: Iterable[PaperRecord] = ()) -> tuple[Key, ...]:
    """The keys, of all that a record has, that lead to its paper from now on, the surest first.

    `others` are the paper's records.

    Of several identifiers where a paper has one, only those count that another record gives too, else the first.
    """
    known = {identifier for other in others for identifier in other.identifiers}
    outside = []
    for values in by_kind(record).values():
        confirmed = [i for i in values if i in known] if len(values) > 1 else values
        outside += [(i.scheme, i.value) for i in confirmed or values[:1]]
    return (*sorted(outside, key=lambda key: key[0]), *[key for key in keys if key[0] == "title"])


def _title_keys(record: PaperRecord) -> tuple[Key, ...]:
    title = fold(record.title) or record.title.strip()
    first = last_word(fold(first_author(record.authors)))
    if is_recurring(title):
        return (("title", "|".join((title, first, record.published or "", *source_key(record.source)))),)
    names = sorted(filter(None, (last_word(fold(author.name)) for author in record.authors)))
    # The title alone finds papers of which the names are all spelt otherwise.
    others = ["", *names[:1]] if title.count(" ") >= LEAST_WORDS - 1 else names[:1]
    return tuple(("title", f"{title}|{name}") for name in (*[n for n in others if n != first], first))


async def find_by_keys(connection: Connection, keys: Iterable[Key]) -> dict[Key, int]:
    """The ids of the stored papers that have these keys."""
    async with connection.execute(
        "SELECT scheme, identifiers.value, paper_id FROM json_each(?) AS key JOIN identifiers"
        " ON scheme = key.value ->> 0 AND identifiers.value = key.value ->> 1",
        [json.dumps(list(keys))],
    ) as rows:
        return {(row[0], row[1]): row[2] async for row in rows}


async def handles_by_keys(connection: Connection, keys: Iterable[Key]) -> dict[Key, Handle]:
    """The handles of the stored papers that have these keys."""
    ids = await find_by_keys(connection, keys)
    async with connection.execute(
        "SELECT id, handle FROM papers WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(list(ids.values()))]
    ) as rows:
        handles = {row[0]: row[1] async for row in rows}
    return {key: handles[paper_id] for key, paper_id in ids.items()}


async def load(connection: Connection, paper_ids: Iterable[int]) -> dict[int, StoredPaper]:
    """The papers with all their records, by id."""
    found: dict[int, StoredPaper] = {}
    async with connection.execute(
        "SELECT papers.id, handle, sources.id, kind, name, retrieved, body FROM json_each(?) AS wanted"
        " JOIN papers ON papers.id = wanted.value JOIN records ON paper_id = papers.id"
        " JOIN sources ON sources.id = source_id",
        [json.dumps(list(paper_ids))],
    ) as rows:
        async for paper_id, handle, source_id, *record in rows:
            found.setdefault(paper_id, StoredPaper(paper_id, handle)).records[source_id] = from_row(*record)
    async with connection.execute(
        "SELECT paper_id, kind, name, retrieved, body FROM json_each(?) AS wanted"
        " JOIN superseded_records ON paper_id = wanted.value",
        [json.dumps(list(found))],
    ) as rows:
        async for paper_id, *record in rows:
            found[paper_id].superseded.append(from_row(*record))
    return found


async def load_by_handle(connection: Connection, handle: Handle) -> StoredPaper | None:
    """The paper that goes by this handle, or went by it before it was merged; None where there is none."""
    async with connection.execute(
        "SELECT id FROM papers WHERE handle = :handle UNION ALL"
        " SELECT paper_id FROM merged_handles WHERE handle = :handle",
        {"handle": handle},
    ) as rows:
        ids = [row[0] async for row in rows]
    return next(iter((await load(connection, ids[:1])).values()), None)


class RecordColumns(NamedTuple):
    """A record as it is stored: the columns of its source, then the rest as JSON."""

    kind: str
    name: str
    retrieved: str
    body: str


def from_row(kind: str, name: str, retrieved: str, body: str) -> PaperRecord:
    """A record from its `RecordColumns`."""
    source = Source.model_validate({"kind": kind, "name": name, "retrieved": retrieved})
    return PaperRecord.model_validate({**json.loads(body), "source": source})


def source_key(source: Source) -> tuple[str, str]:
    """What a source has in common with itself at another time."""
    return source.kind, source.name


async def source_ids(connection: Connection, sources: Iterable[Source]) -> dict[tuple[str, str], int]:
    """The id of each source by its key; sources that are new are added."""
    wanted = sorted({source_key(s) for s in sources})
    await connection.executemany("INSERT INTO sources (kind, name) VALUES (?, ?) ON CONFLICT DO NOTHING", wanted)
    async with connection.execute(
        "SELECT kind, name, sources.id FROM json_each(?) AS s"
        " JOIN sources ON kind = s.value ->> 0 AND name = s.value ->> 1",
        [json.dumps(wanted)],
    ) as rows:
        return {(row[0], row[1]): row[2] async for row in rows}


async def save(
    connection: Connection, papers: Sequence[PaperRow], keys: Iterable[tuple[Key, int]], now: datetime
) -> None:
    """Write papers with their new records, and the keys that lead to them; a key keeps the paper that it has."""
    added = now.isoformat(timespec="seconds")
    await connection.executemany(
        "INSERT INTO papers (id, handle, title, published, category, has_code, citations, added)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
        " published = excluded.published, category = excluded.category, has_code = excluded.has_code,"
        " citations = excluded.citations",
        [
            (paper_id, p.handle, p.title, p.published, p.category, p.has_code, p.citations, added)
            for paper_id, p, _ in papers
        ],
    )
    await connection.executemany(
        "INSERT INTO records (paper_id, source_id, retrieved, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (paper_id, source_id) DO UPDATE SET retrieved = excluded.retrieved, body = excluded.body",
        [
            (paper_id, source_id, *to_columns(record))
            for paper_id, _, records in papers
            for source_id, record in records.items()
        ],
    )
    await connection.executemany(
        "INSERT INTO identifiers (scheme, value, paper_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(*key, paper_id) for key, paper_id in keys],
    )


async def save_superseded(connection: Connection, paper_id: int, superseded: Iterable[PaperRecord]) -> None:
    """Let these records be the superseded ones of a paper."""
    await connection.execute("DELETE FROM superseded_records WHERE paper_id = ?", [paper_id])
    await connection.executemany(
        "INSERT OR IGNORE INTO superseded_records (paper_id, kind, name, retrieved, body) VALUES (?, ?, ?, ?, ?)",
        [(paper_id, *source_key(record.source), *to_columns(record)) for record in superseded],
    )


def to_columns(record: PaperRecord) -> tuple[str, str]:
    """When a record was retrieved, and the rest of it but the source as JSON; `from_row` reads them."""
    body = record.model_dump_json(exclude={"source"}, exclude_defaults=True)
    return record.source.retrieved.isoformat(), body


async def release(connection: Connection, keys: Iterable[Key]) -> None:
    """Let these keys lead nowhere, before they lead to another paper."""
    await connection.executemany("DELETE FROM identifiers WHERE scheme = ? AND value = ?", list(keys))


async def next_id(connection: Connection) -> int:
    """The id that the next new paper gets: greater than all, also than those of papers that were merged or removed."""
    async with connection.execute(
        "SELECT max(coalesce((SELECT max(id) FROM papers), 0), coalesce((SELECT max(last_id) FROM merges), 0),"
        " coalesce((SELECT max(paper_id) FROM removed_papers), 0)) + 1"
    ) as rows:
        ((found,),) = await rows.fetchall()
    return int(found)


async def has_handle(connection: Connection, handle: Handle) -> bool:
    """Whether a paper goes by this handle, or went by it before it was merged."""
    async with connection.execute(
        "SELECT 1 FROM papers WHERE handle = :handle UNION ALL SELECT 1 FROM merged_handles WHERE handle = :handle",
        {"handle": handle},
    ) as rows:
        return await rows.fetchone() is not None
