"""Papers: recognising them, keeping what each source says, reading them back merged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import aiosqlite

from store.catalog.merge import merge
from store.catalog.near_duplicates import Titles, first_author, titles_of
from store.catalog.records import Heard, Key, Known, from_row, keys, load, owners_of, source_ids, source_key
from store.models import Handle, Identifier, Paper, PaperRecord
from store.storage.database import Database
from store.text.handles import handle as make_handle
from store.text.identifiers import names_of


@dataclass(frozen=True)
class Stored:
    """What became of the records about one paper. `before` is the paper as it was, None for a new one.

    `absorbed` are papers of the store, by their ids, that turned out to be this one; they are gone.
    """

    paper_id: int
    status: Literal["new", "changed", "unchanged"]
    before: Paper | None
    after: Paper
    absorbed: tuple[tuple[int, Paper], ...] = ()


async def add(
    connection: aiosqlite.Connection, records: Sequence[PaperRecord], heard: Heard | None = None
) -> list[Stored]:
    """Store the records, in the caller's transaction; one answer for each paper of which they say something new.

    A record replaces what its source said before. A second record of the same source for the same paper in one
    reading is taken for a duplicate within the source, and the first one stands. `heard` is what calls for one reading
    have in common.
    """
    heard = heard or Heard()
    sources = await source_ids(connection, {r.source for r in records})
    keyed = [(record, keys(record)) for record in records]
    owners = await owners_of(connection, {key for _, found in keyed for key in found})
    known = await load(connection, set(owners.values()))
    strangers = [record for record, found in keyed if not any(key in owners for key in found)]
    titles = await titles_of(connection, map(first_author, strangers))
    known |= await load(connection, {near for record in strangers for near in titles.near(record)} - known.keys())
    next_id = await _next_id(connection)
    for record, found in keyed:
        candidates = _candidates(record, found, owners, known) or _twins(record, titles, known)
        if candidates:
            paper = _united(candidates, owners, known, heard)
        else:
            paper = known[next_id] = Known(next_id, await _free_handle(connection, record, found[0], owners, known))
            titles.add(first_author(record), next_id, record.title)
            next_id += 1
        source_id = sources[source_key(record.source)]
        if not heard.is_first(source_id, paper.paper_id) and source_id in paper.records:
            continue
        paper.touched.add(source_id)
        paper.records[source_id] = _kept(paper.records.get(source_id), record)
        for key in found:
            owners.setdefault(key, paper.paper_id)
    spoken_of = [p for i, p in known.items() if i == p.paper_id and (p.touched or p.absorbed)]
    return await _write(connection, spoken_of, owners)


async def recognised(connection: aiosqlite.Connection, records: Sequence[PaperRecord]) -> list[int]:
    """The papers of the store that the records are about."""
    keyed = [(record, keys(record)) for record in records]
    owners = await owners_of(connection, {key for _, found in keyed for key in found})
    known = await load(connection, set(owners.values()))
    return [paper.paper_id for record, found in keyed for paper in _candidates(record, found, owners, known)]


def _candidates(
    record: PaperRecord, keys_of_record: Sequence[Key], owners: Mapping[Key, int], known: Mapping[int, Known]
) -> list[Known]:
    """The papers that this record is about, the surest first: more than one where they turn out to be the same."""
    *outside, title = keys_of_record
    found = {owners[key]: known[owners[key]] for key in outside if key in owners}
    if title in owners:
        candidate = known[owners[title]]
        if not any(
            _contradicts(r, candidate) for r in (record, *(r for p in found.values() for r in p.records.values()))
        ):
            found.setdefault(candidate.paper_id, candidate)
    return list(found.values())


def _twins(record: PaperRecord, titles: Titles, known: Mapping[int, Known]) -> list[Known]:
    """A paper whose title is a typing error away from the record's."""
    near = [known[paper_id] for paper_id in titles.near(record) if paper_id in known]
    return [paper for paper in near if not _contradicts(record, paper)][:1]


def _united(papers: Sequence[Known], owners: dict[Key, int], known: dict[int, Known], heard: Heard) -> Known:
    """The oldest of the papers, with the records of all: of two of one source that which this reading has given."""
    survivor = min(papers, key=lambda p: p.paper_id)
    for other in papers:
        if other is not survivor:
            newer = heard.pass_on(other.paper_id, survivor.paper_id)
            taken = newer | (other.records.keys() - survivor.records.keys())
            survivor.touched |= taken
            survivor.records |= {source_id: other.records[source_id] for source_id in taken}
            survivor.absorbed += [other, *other.absorbed]
            known |= {paper_id: survivor for paper_id, paper in known.items() if paper is other}
            for key, owner in owners.items():
                if owner == other.paper_id:
                    owners[key] = survivor.paper_id
    return survivor


async def _free_handle(
    connection: aiosqlite.Connection,
    record: PaperRecord,
    surest: Key,
    owners: Mapping[Key, int],
    known: Mapping[int, Known],
) -> Handle:
    """Made of the record's surest key, and of its source where another paper goes by that key."""
    handle = make_handle("paper", *surest)
    if surest in owners:
        in_batch = {p.handle for p in known.values()}
        while handle in in_batch or await _taken(connection, handle):
            handle = make_handle(handle, record.source.name)
    return handle


def _contradicts(record: PaperRecord, candidate: Known) -> bool:
    """Two arXiv ids, or two DOIs, are two papers, though their titles be equal."""
    theirs = {i.scheme: i.value for r in candidate.records.values() for i in r.identifiers}
    return any(i.scheme in ("arxiv", "doi") and theirs.get(i.scheme, i.value) != i.value for i in record.identifiers)


def _kept(old: PaperRecord | None, new: PaperRecord) -> PaperRecord:
    """The old record where the new one says the same: the time of a value is when it was first said."""
    return old if old is not None and old.model_copy(update={"source": new.source}) == new else new


async def _write(connection: aiosqlite.Connection, papers: Sequence[Known], owners: Mapping[Key, int]) -> list[Stored]:
    stored: list[Stored] = []
    for paper in papers:
        after = merge(paper.handle, list(paper.records.values()))
        status: Literal["new", "changed", "unchanged"] = "new" if paper.before is None else "changed"
        absorbed = tuple((p.paper_id, p.before) for p in paper.absorbed if p.before)
        stored.append(
            Stored(paper.paper_id, "unchanged" if paper.before == after else status, paper.before, after, absorbed)
        )
        await _redirect(connection, paper)
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


async def _redirect(connection: aiosqlite.Connection, survivor: Known) -> None:
    """What led to the absorbed papers leads to the survivor; what is left of them goes."""
    for gone in survivor.absorbed:
        for table in ("identifiers", "merged_handles", "authorships"):
            await connection.execute(
                f"UPDATE OR IGNORE {table} SET paper_id = ? WHERE paper_id = ?",  # noqa: S608
                [survivor.paper_id, gone.paper_id],
            )
        await connection.execute("DELETE FROM papers WHERE id = ?", [gone.paper_id])
        if gone.before:
            await connection.execute("INSERT INTO merged_handles VALUES (?, ?)", [gone.handle, survivor.paper_id])


async def _next_id(connection: aiosqlite.Connection) -> int:
    async with connection.execute("SELECT coalesce(max(id), 0) + 1 FROM papers") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 1


async def _taken(connection: aiosqlite.Connection, handle: Handle) -> bool:
    async with connection.execute("SELECT 1 FROM papers WHERE handle = ?", [handle]) as rows:
        return await rows.fetchone() is not None


async def load_by_handles(connection: aiosqlite.Connection, handles: Iterable[Handle]) -> dict[Handle, Paper]:
    """The papers by the handles asked for, also those from before they were merged; unknown ones are left out."""
    async with connection.execute(
        "SELECT wanted.value, papers.handle, kind, name, retrieved, body FROM json_each(?) AS wanted"
        " JOIN papers ON papers.id = coalesce("
        "  (SELECT id FROM papers WHERE handle = wanted.value),"
        "  (SELECT paper_id FROM merged_handles WHERE handle = wanted.value))"
        " JOIN records ON paper_id = papers.id JOIN sources ON sources.id = source_id",
        [json.dumps(list(dict.fromkeys(handles)))],
    ) as rows:
        records: dict[tuple[Handle, Handle], list[PaperRecord]] = defaultdict(list)
        async for wanted, handle, *record in rows:
            records[wanted, handle].append(from_row(*record))
    return {wanted: merge(handle, of_paper) for (wanted, handle), of_paper in records.items()}


async def by_handles(db: Database, handles: Sequence[Handle]) -> list[Paper]:
    """The papers in the order asked for; those that the store does not hold are left out."""
    async with db.read() as connection:
        found = await load_by_handles(connection, handles)
    return [found[handle] for handle in handles if handle in found]


async def by_handle(db: Database, handle: Handle) -> Paper | None:
    """The paper, also by a handle that it had before it was merged into another."""
    return next(iter(await by_handles(db, [handle])), None)


async def by_identifiers(db: Database, identifiers: Sequence[Identifier]) -> list[Paper]:
    """The papers that go by these outside names, each once, in their order."""
    wanted = [(i.scheme, i.value) for one in identifiers for i in names_of(one)]
    async with db.read() as connection:
        owners = await owners_of(connection, wanted)
        ids = list(dict.fromkeys(owners[key] for key in wanted if key in owners))
        known = await load(connection, ids)
    return [paper for i in ids if (paper := known[i].before)]


async def by_records(db: Database, records: Sequence[PaperRecord]) -> list[Paper]:
    """The papers that the records are about, each once."""
    async with db.read() as connection:
        ids = await recognised(connection, records)
        known = await load(connection, ids)
    return [paper for i in dict.fromkeys(ids) if (paper := known[i].before)]


async def titles(db: Database, handles: Iterable[Handle]) -> dict[Handle, str]:
    """The titles of papers by the handles asked for, also those from before they were merged."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT wanted.value, title FROM json_each(?) AS wanted JOIN papers ON papers.id = coalesce("
            " (SELECT id FROM papers WHERE handle = wanted.value),"
            " (SELECT paper_id FROM merged_handles WHERE handle = wanted.value))",
            [json.dumps(list(handles))],
        ) as rows,
    ):
        return {row[0]: row[1] async for row in rows}


async def count(db: Database) -> int:
    """How many papers the store holds."""
    async with db.read() as connection, connection.execute("SELECT count(*) FROM papers") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 0
