"""Entity resolution: which records describe the same paper.

A batch goes one way: find the stored papers that its records may be about, group the records by paper, merge the
papers that turn out to be one, write what has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import aiosqlite

from store.catalog.merge import merge
from store.catalog.near_duplicate_titles import TitlesByAuthor, folded_first_author, load_titles
from store.catalog.records import (
    Key,
    PaperRow,
    StoredPaper,
    find_by_keys,
    has_handle,
    load,
    match_keys,
    next_id,
    redirect,
    save,
    source_ids,
    source_key,
)
from store.models import Handle, Paper, PaperRecord
from store.text.handles import handle as make_handle


@dataclass(frozen=True)
class PaperChange:
    """What the records of a batch did to one paper. `before` is the paper as it was, None for a new one.

    `merged` are stored papers, by id, that turned out to be this one and no longer exist.
    """

    paper_id: int
    status: Literal["new", "changed", "unchanged"]
    before: Paper | None
    after: Paper
    merged: tuple[tuple[int, Paper], ...] = ()


class SeenRecords:
    """Records already seen in this file, by source and paper, to skip duplicates.

    One byte for each paper of the store, since a file may have millions.
    """

    def __init__(self) -> None:
        self._papers: defaultdict[int, bytearray] = defaultdict(bytearray)

    def add(self, source_id: int, paper_id: int) -> bool:
        """Add a source's record of a paper; whether it is the first one."""
        papers = self._papers[source_id]
        papers.extend(bytes(max(0, paper_id + 1 - len(papers))))
        seen, papers[paper_id] = papers[paper_id], True
        return not seen

    def move(self, merged_id: int, survivor_id: int) -> set[int]:
        """Count the records of one paper for another, as its id may be given again.

        Returns the sources of which only the first paper had been seen.
        """
        sources = [i for i, papers in self._papers.items() if merged_id < len(papers) and papers[merged_id]]
        for source_id in sources:
            self._papers[source_id][merged_id] = False
        return {source_id for source_id in sources if self.add(source_id, survivor_id)}


@dataclass
class _Entity:
    """A paper while a batch is resolved. `stored` is None for a new one; `changed` are sources with new records."""

    paper_id: int
    handle: Handle
    stored: StoredPaper | None = None
    records: dict[int, PaperRecord] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    merged: list[_Entity] = field(default_factory=list)


@dataclass
class _Batch:
    """The papers that the records of a batch may be about.

    `entities` are by id, where that of a merged paper leads to the one that survives; `owners` are the ids by key.
    """

    owners: dict[Key, int]
    entities: dict[int, _Entity]
    titles: TitlesByAuthor
    next_id: int
    seen: SeenRecords

    @classmethod
    async def load(cls, connection: aiosqlite.Connection, keyed: Sequence[_Keyed], seen: SeenRecords) -> _Batch:
        """Find candidates: papers with a key of a record, and near duplicates for records of which no key is known."""
        owners, entities = await _load_owners(connection, keyed)
        unknown = [record for record, keys in keyed if not any(key in owners for key in keys)]
        titles = await load_titles(connection, unknown)
        near = {paper_id for record in unknown for paper_id in titles.near(record)}
        entities |= await _load_entities(connection, near - entities.keys())
        return cls(owners, entities, titles, await next_id(connection), seen)

    def find(self, one: _Keyed) -> _Entity | None:
        """The paper that a record is about; where it shows that several papers are one, these are merged first."""
        found = _candidates(one, self.owners, self.entities) or self._near_duplicates(one.record)
        return self._merge(found) if found else None

    def _near_duplicates(self, record: PaperRecord) -> list[_Entity]:
        near = [self.entities[paper_id] for paper_id in self.titles.near(record) if paper_id in self.entities]
        return [entity for entity in near if not _contradicts(record, entity)][:1]

    def _merge(self, entities: Sequence[_Entity]) -> _Entity:
        """The oldest of the papers, with the records of all.

        Of two records of one source that stays which this file has given, else the survivor's.
        """
        survivor = min(entities, key=lambda entity: entity.paper_id)
        for other in entities:
            if other is survivor:
                continue
            from_file = self.seen.move(other.paper_id, survivor.paper_id)
            taken = from_file | (other.records.keys() - survivor.records.keys())
            survivor.changed |= taken
            survivor.records |= {source_id: other.records[source_id] for source_id in taken}
            survivor.merged += [other, *other.merged]
            self.entities |= {i: survivor for i, entity in self.entities.items() if entity is other}
            self.owners |= {key: survivor.paper_id for key, owner in self.owners.items() if owner == other.paper_id}
        return survivor

    def create(self, record: PaperRecord, handle: Handle) -> _Entity:
        """A new paper, still without the record."""
        entity = self.entities[self.next_id] = _Entity(self.next_id, handle)
        self.titles.add(folded_first_author(record), entity.paper_id, record.title)
        self.next_id += 1
        return entity

    def assign(self, one: _Keyed, source_id: int, entity: _Entity) -> None:
        """Make the record what its source says of the paper, unless it is a duplicate within the file."""
        if not self.seen.add(source_id, entity.paper_id) and source_id in entity.records:
            return
        entity.changed.add(source_id)
        entity.records[source_id] = _unless_repeated(one.record, entity.records.get(source_id))
        for key in one.keys:
            self.owners.setdefault(key, entity.paper_id)


class _Keyed(NamedTuple):
    record: PaperRecord
    keys: tuple[Key, ...]


async def resolve(
    connection: aiosqlite.Connection, records: Sequence[PaperRecord], seen: SeenRecords
) -> list[PaperChange]:
    """Store the records, in the caller's transaction; one change for each paper of which they say something.

    A record replaces what its source said before. A second record of one source for one paper in the same file is a
    duplicate within the source, and the first one stands; `seen` is shared by the batches of a file.
    """
    sources = await source_ids(connection, {r.source for r in records})
    keyed = [_Keyed(record, match_keys(record)) for record in records]
    batch = await _Batch.load(connection, keyed, seen)
    for one in keyed:
        entity = batch.find(one) or batch.create(one.record, await _free_handle(connection, one, batch))
        batch.assign(one, sources[source_key(one.record.source)], entity)
    return await _write(connection, batch)


async def identify(connection: aiosqlite.Connection, records: Sequence[PaperRecord]) -> list[int]:
    """The ids of the stored papers that the records are about, by their keys alone."""
    keyed = [_Keyed(record, match_keys(record)) for record in records]
    owners, entities = await _load_owners(connection, keyed)
    return [entity.paper_id for one in keyed for entity in _candidates(one, owners, entities)]


async def _load_owners(
    connection: aiosqlite.Connection, keyed: Sequence[_Keyed]
) -> tuple[dict[Key, int], dict[int, _Entity]]:
    owners = await find_by_keys(connection, {key for _, keys in keyed for key in keys})
    return owners, await _load_entities(connection, set(owners.values()))


async def _load_entities(connection: aiosqlite.Connection, paper_ids: Iterable[int]) -> dict[int, _Entity]:
    stored = await load(connection, paper_ids)
    return {i: _Entity(i, paper.handle, paper, dict(paper.records)) for i, paper in stored.items()}


def _candidates(one: _Keyed, owners: Mapping[Key, int], entities: Mapping[int, _Entity]) -> list[_Entity]:
    """The papers that have a key of the record, the surest first; where there are several, they are one paper."""
    *outside, title = one.keys
    found = {owners[key]: entities[owners[key]] for key in outside if key in owners}
    if title in owners:
        by_title = entities[owners[title]]
        described = (one.record, *(record for entity in found.values() for record in entity.records.values()))
        if not any(_contradicts(record, by_title) for record in described):
            found.setdefault(by_title.paper_id, by_title)
    return list(found.values())


def _contradicts(record: PaperRecord, entity: _Entity) -> bool:
    """Whether a record has another arXiv id or another DOI: then it is another paper, even of the same title."""
    theirs = {i.scheme: i.value for other in entity.records.values() for i in other.identifiers}
    return any(i.scheme in ("arxiv", "doi") and theirs.get(i.scheme, i.value) != i.value for i in record.identifiers)


def _unless_repeated(new: PaperRecord, old: PaperRecord | None) -> PaperRecord:
    """The old record where the new one says the same: the time of a value is when it was first said."""
    return old if old is not None and old.model_copy(update={"source": new.source}) == new else new


async def _free_handle(connection: aiosqlite.Connection, one: _Keyed, batch: _Batch) -> Handle:
    """A handle made of the record's surest key, and of its source where another paper has that key."""
    surest = one.keys[0]
    handle = make_handle("paper", *surest)
    if surest in batch.owners:
        in_batch = {entity.handle for entity in batch.entities.values()}
        while handle in in_batch or await has_handle(connection, handle):
            handle = make_handle(handle, one.record.source.name)
    return handle


async def _write(connection: aiosqlite.Connection, batch: _Batch) -> list[PaperChange]:
    """Write the papers of which the batch said something, if that changes what is known of them."""
    entities = [e for i, e in batch.entities.items() if i == e.paper_id and (e.changed or e.merged)]
    changes = [_change(entity) for entity in entities]
    for entity in entities:
        for merged in entity.merged:
            if merged.stored:
                await redirect(connection, merged.stored, entity.paper_id)
    changed = {
        change.paper_id: PaperRow(change.paper_id, change.after, {i: e.records[i] for i in e.records if i in e.changed})
        for e, change in zip(entities, changes, strict=True)
        if change.status != "unchanged"
    }
    keys = [(key, owner) for key, owner in batch.owners.items() if owner in changed]
    await save(connection, list(changed.values()), keys)
    return changes


def _change(entity: _Entity) -> PaperChange:
    before = entity.stored.paper if entity.stored else None
    after = merge(entity.handle, list(entity.records.values()))
    merged = tuple((other.paper_id, other.stored.paper) for other in entity.merged if other.stored)
    if before == after:
        return PaperChange(entity.paper_id, "unchanged", before, after, merged)
    return PaperChange(entity.paper_id, "changed" if before else "new", before, after, merged)
