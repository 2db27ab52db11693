"""Papers: recognising them, keeping what each source says, reading them back merged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import aiosqlite

from store.database import Database
from store.handles import handle as make_handle
from store.lookup.folding import fold
from store.merging import merge
from store.models import Handle, Identifier, Paper, PaperRecord, Source

Key = tuple[str, str]
_MIN_TITLE_WORDS = 2
"""Titles of one word ("Introduction") say too little to recognise a paper by."""


@dataclass(frozen=True)
class Stored:
    """What became of one record. `before` is the paper as it was, None for a new one."""

    paper_id: int
    status: Literal["new", "changed", "unchanged"]
    before: Paper | None
    after: Paper


@dataclass
class _Known:
    """A paper of the batch: its records by source, as they are to be."""

    paper_id: int
    handle: Handle
    records: dict[int, PaperRecord] = field(default_factory=dict)
    before: Paper | None = None
    touched: set[int] = field(default_factory=set)


async def add(connection: aiosqlite.Connection, records: Sequence[PaperRecord]) -> list[Stored]:
    """Store the records, in the caller's transaction; one answer for each paper that they are about.

    A record replaces what its source said before. A second record of the same source for the same paper in one call
    is taken for a duplicate within the source, and the first one stands.
    """
    sources = await source_ids(connection, {r.source for r in records})
    owners = await _owners(connection, {key for r in records for key in keys(r)})
    known = await _load(connection, set(owners.values()))
    next_id = await _next_id(connection)
    fresh: list[_Known] = []
    for record in records:
        paper = _recognise(record, owners, known)
        if paper is None:
            paper = _Known(next_id, make_handle("paper", *keys(record)[0]))
            while any(paper.handle == other.handle for other in fresh) or await _taken(connection, paper.handle):
                paper.handle = make_handle(paper.handle, record.source.name)
            known[next_id] = paper
            fresh.append(paper)
            next_id += 1
        source_id = sources[_source_key(record.source)]
        if source_id in paper.touched:
            continue
        paper.touched.add(source_id)
        paper.records[source_id] = _kept(paper.records.get(source_id), record)
        for key in keys(record):
            owners.setdefault(key, paper.paper_id)
    return await _write(connection, [p for p in known.values() if p.touched], owners)


async def recognised(connection: aiosqlite.Connection, records: Sequence[PaperRecord]) -> list[int]:
    """The papers of the store that the records are about."""
    owners = await _owners(connection, {key for r in records for key in keys(r)})
    known = await _load(connection, set(owners.values()))
    return [paper.paper_id for r in records if (paper := _recognise(r, owners, known))]


def keys(record: PaperRecord) -> tuple[Key, ...]:
    """Every key that a paper with this record can be recognised by, the surest first; never empty."""
    outside = [(i.scheme, i.value) for i in record.identifiers if i.scheme != "url"]
    outside.sort(key=lambda key: key[0])
    title = fold(record.title) or record.title.strip()
    first = next((a.name for a in record.authors if a.position == 1), "")
    return (*outside, ("title", f"{title}|{fold(first).rpartition(' ')[2]}"))


def _recognise(record: PaperRecord, owners: Mapping[Key, int], known: Mapping[int, _Known]) -> _Known | None:
    *outside, title = keys(record)
    for key in outside:
        if key in owners:
            return known[owners[key]]
    if title in owners and len(title[1].split()) >= _MIN_TITLE_WORDS:
        candidate = known[owners[title]]
        if not _contradicts(record, candidate):
            return candidate
    return None


def _contradicts(record: PaperRecord, candidate: _Known) -> bool:
    """Two arXiv ids, or two DOIs, are two papers, though their titles be equal."""
    theirs = {i.scheme: i.value for r in candidate.records.values() for i in r.identifiers}
    return any(i.scheme in ("arxiv", "doi") and theirs.get(i.scheme, i.value) != i.value for i in record.identifiers)


def _kept(old: PaperRecord | None, new: PaperRecord) -> PaperRecord:
    """The old record where the new one says the same: the time of a value is when it was first said."""
    return old if old is not None and old.model_copy(update={"source": new.source}) == new else new


async def _write(connection: aiosqlite.Connection, papers: Sequence[_Known], owners: Mapping[Key, int]) -> list[Stored]:
    stored: list[Stored] = []
    for paper in papers:
        after = merge(paper.handle, list(paper.records.values()))
        status: Literal["new", "changed", "unchanged"] = "new" if paper.before is None else "changed"
        stored.append(Stored(paper.paper_id, "unchanged" if paper.before == after else status, paper.before, after))
    changed = [(paper, s) for paper, s in zip(papers, stored, strict=True) if s.status != "unchanged"]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    await connection.executemany(
        "INSERT INTO papers (id, handle, title, published, category, has_code, citations, added)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
        " published = excluded.published, category = excluded.category, has_code = excluded.has_code,"
        " citations = excluded.citations",
        [
            (p.paper_id, p.handle, a.title, a.published, a.category, a.has_code, a.citations, now)
            for p, a in ((p, s.after) for p, s in changed)
        ],
    )
    await connection.executemany(
        "INSERT INTO records (paper_id, source_id, retrieved, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (paper_id, source_id) DO UPDATE SET retrieved = excluded.retrieved, body = excluded.body",
        [
            (
                p.paper_id,
                source_id,
                record.source.retrieved.isoformat(),
                record.model_dump_json(exclude={"source"}, exclude_defaults=True),
            )
            for p, _ in changed
            for source_id, record in p.records.items()
            if source_id in p.touched
        ],
    )
    changed_ids = {p.paper_id for p, _ in changed}
    await connection.executemany(
        "INSERT INTO identifiers (scheme, value, paper_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(*key, owner) for key, owner in owners.items() if owner in changed_ids],
    )
    return stored


async def _owners(connection: aiosqlite.Connection, wanted: Iterable[Key]) -> dict[Key, int]:
    async with connection.execute(
        "SELECT scheme, identifiers.value, paper_id FROM json_each(?) AS key JOIN identifiers"
        " ON scheme = key.value ->> 0 AND identifiers.value = key.value ->> 1",
        [json.dumps(list(wanted))],
    ) as rows:
        return {(row[0], row[1]): row[2] async for row in rows}


async def _load(connection: aiosqlite.Connection, paper_ids: Iterable[int]) -> dict[int, _Known]:
    known: dict[int, _Known] = {}
    async with connection.execute(
        "SELECT papers.id, handle, sources.id, kind, name, retrieved, body FROM json_each(?) AS wanted"
        " JOIN papers ON papers.id = wanted.value JOIN records ON paper_id = papers.id"
        " JOIN sources ON sources.id = source_id",
        [json.dumps(list(paper_ids))],
    ) as rows:
        async for paper_id, handle, source_id, *record in rows:
            known.setdefault(paper_id, _Known(paper_id, handle)).records[source_id] = _record(*record)
    for paper in known.values():
        paper.before = merge(paper.handle, list(paper.records.values()))
    return known


def _record(kind: str, name: str, retrieved: str, body: str) -> PaperRecord:
    source = Source.model_validate({"kind": kind, "name": name, "retrieved": retrieved})
    return PaperRecord.model_validate({**json.loads(body), "source": source})


async def _next_id(connection: aiosqlite.Connection) -> int:
    async with connection.execute("SELECT coalesce(max(id), 0) + 1 FROM papers") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 1


async def _taken(connection: aiosqlite.Connection, handle: Handle) -> bool:
    async with connection.execute("SELECT 1 FROM papers WHERE handle = ?", [handle]) as rows:
        return await rows.fetchone() is not None


def _source_key(source: Source) -> tuple[str, str]:
    return source.kind, source.name


async def source_ids(connection: aiosqlite.Connection, sources: Iterable[Source]) -> dict[tuple[str, str], int]:
    """The row of each source, made where it is new."""
    wanted = sorted({_source_key(s) for s in sources})
    await connection.executemany("INSERT INTO sources (kind, name) VALUES (?, ?) ON CONFLICT DO NOTHING", wanted)
    async with connection.execute(
        "SELECT kind, name, sources.id FROM json_each(?) AS s JOIN sources ON kind = s.value ->> 0 AND name = s.value ->> 1",
        [json.dumps(wanted)],
    ) as rows:
        return {(row[0], row[1]): row[2] async for row in rows}


async def by_handles(db: Database, handles: Sequence[Handle]) -> list[Paper]:
    """The papers in the order asked for; those that the store does not hold are left out."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT wanted.key, papers.handle, kind, name, retrieved, body FROM json_each(?) AS wanted"
            " JOIN papers ON papers.id = coalesce("
            "  (SELECT id FROM papers WHERE handle = wanted.value),"
            "  (SELECT paper_id FROM merged_handles WHERE handle = wanted.value))"
            " JOIN records ON paper_id = papers.id JOIN sources ON sources.id = source_id ORDER BY wanted.key",
            [json.dumps(list(handles))],
        ) as rows,
    ):
        records: dict[tuple[int, Handle], list[PaperRecord]] = defaultdict(list)
        async for key, handle, *record in rows:
            records[key, handle].append(_record(*record))
    return [merge(handle, of_paper) for (_, handle), of_paper in records.items()]


async def by_handle(db: Database, handle: Handle) -> Paper | None:
    """The paper, also by a handle that it had before it was merged into another."""
    return next(iter(await by_handles(db, [handle])), None)


async def by_identifiers(db: Database, identifiers: Sequence[Identifier]) -> list[Paper]:
    """The papers that go by these outside names, each once, in their order."""
    async with db.read() as connection:
        owners = await _owners(connection, [(i.scheme, i.value) for i in identifiers])
        ids = list(dict.fromkeys(owners[k] for i in identifiers if (k := (i.scheme, i.value)) in owners))
        known = await _load(connection, ids)
    return [paper for i in ids if (paper := known[i].before)]


async def count(db: Database) -> int:
    """How many papers the store holds."""
    async with db.read() as connection, connection.execute("SELECT count(*) FROM papers") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 0
