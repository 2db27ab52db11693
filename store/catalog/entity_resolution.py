"""Entity resolution: which records describe the same paper.

A batch goes one way: find the stored papers that its records may be about, decide by evidence about which they are,
merge the papers that turn out to be one, write what has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Literal, NamedTuple

from store.catalog import merges
from store.catalog.evidence import Evidence, compare, own_identifier
from store.catalog.merge import merge
from store.catalog.near_duplicate_titles import TitlesByAuthor, load_titles, names_to_look_for
from store.catalog.records import (
    Key,
    PaperRow,
    StoredPaper,
    claimed_keys,
    find_by_keys,
    has_handle,
    load,
    match_keys,
    next_id,
    release,
    save,
    source_ids,
    source_key,
)
from store.catalog.seen_records import SeenRecords
from store.models import Handle, Identifier, Paper, PaperRecord
from store.storage.connection import Connection
from store.text.handles import handle as make_handle

MOST_UNITED = 8
"""Papers that one record may unite, far more than there are in practice: every two of them are compared."""


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


@dataclass
class _Entity:
    """A paper while a batch is resolved. `stored` is None for a new one; `changed` are sources with new records."""

    paper_id: int
    handle: Handle
    stored: StoredPaper | None = None
    records: dict[int, PaperRecord] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    merged: list[_Entity] = field(default_factory=list)
    reason: merges.Reason | None = None

    @property
    def described(self) -> list[PaperRecord]:
        """All that is known of the paper, also by records that others took the place of."""
        stored = [entity.stored for entity in (self, *self.merged) if entity.stored]
        earlier = [record for paper in stored for record in paper.superseded]
        earlier += [record for entity in self.merged for record in entity.records.values()]
        return [*self.records.values(), *earlier]

    @property
    def is_as_stored(self) -> bool:
        return self.stored is not None and not self.changed and not self.merged


class _Keyed(NamedTuple):
    """A record with the keys by which its paper is found, that of the title last, and names by which titles are."""

    record: PaperRecord
    keys: tuple[Key, ...]
    names: frozenset[str]

    @classmethod
    def of(cls, record: PaperRecord) -> _Keyed:
        return cls(record, match_keys(record), names_to_look_for(record))


class _Match(NamedTuple):
    """A paper that a record agrees with."""

    evidence: Evidence
    entity: _Entity


class _NotYetStoredError(Exception):
    """A record unites papers that this batch has changed: a merge starts from what is stored, to be undone to it."""


@dataclass
class _Batch:
    """The papers that the records of a batch may be about.

    `entities` are by id, where that of a merged paper leads to the one that survives; `owners` are the ids by key,
    `taken_over` the keys that had led to another paper.
    """

    owners: dict[Key, int]
    entities: dict[int, _Entity]
    titles: TitlesByAuthor
    kept_apart: set[tuple[int, int]]
    next_id: int
    seen: SeenRecords
    taken_over: set[Key] = field(default_factory=set)

    @classmethod
    async def load(cls, connection: Connection, keyed: Sequence[_Keyed], seen: SeenRecords) -> _Batch:
        """Find candidates: papers with a key of a record, and those of its authors that have a title like its own."""
        owners = await find_by_keys(connection, {key for one in keyed for key in one.keys})
        entities = await _load_entities(connection, set(owners.values()))
        # A paper that has the very title by the same author has been compared with those of titles like it.
        unknown = [one for one in keyed if not (known := owners.get(one.keys[-1])) or not _same(one, entities[known])]
        titles = await load_titles(connection, {name for one in unknown for name in one.names})
        near = await asyncio.to_thread(lambda: {i for one in unknown for i in titles.near(one.names, one.record.title)})
        entities |= await _load_entities(connection, near - entities.keys())
        await seen.load(connection, entities)
        return cls(owners, entities, titles, await merges.kept_apart(connection), await next_id(connection), seen)

    def find(self, one: _Keyed, source_id: int) -> _Entity | None:
        """The paper that a record is about; where it shows that several papers are one, these are merged first.

        Raises `_NotYetStoredError` where these are not as they are stored.
        """
        ids = [self.owners[key] for key in one.keys if key in self.owners]
        ids += [paper_id for paper_id in self.titles.near(one.names, one.record.title) if paper_id in self.entities]
        found = {self.entities[i].paper_id: self.entities[i] for i in ids}
        matches = [
            _Match(evidence, entity)
            for entity in found.values()
            if (evidence := compare([one.record], entity.described)).same
        ]
        if not matches:
            return None
        if len(matches) > 1 and self._may_be_one([match.entity for match in matches]):
            return self._merge(one.record, matches)
        # What a source said before of one of them only is about that one.
        surest = max(matches, key=lambda m: (source_id in m.entity.records, m.evidence.sureness, -m.entity.paper_id))
        return surest.entity

    def _may_be_one(self, entities: Sequence[_Entity]) -> bool:
        return len(entities) <= MOST_UNITED and not any(
            self._are_kept_apart(one, other) or compare(one.described, other.described).contradictions
            for one, other in combinations(entities, 2)
        )

    def _are_kept_apart(self, one: _Entity, other: _Entity) -> bool:
        pairs = [(self.entities.get(i), self.entities.get(j)) for i, j in self.kept_apart]
        return (one, other) in pairs or (other, one) in pairs

    def _merge(self, record: PaperRecord, matches: Sequence[_Match]) -> _Entity:
        """The oldest of the papers, with the records of all.

        Of two records of one source that stays which this file has given, else the survivor's.
        """
        entities = [match.entity for match in matches]
        if not all(entity.is_as_stored for entity in entities):
            raise _NotYetStoredError
        survivor = min(entities, key=lambda entity: entity.paper_id)
        survivor.reason = merges.Reason.of(record, {m.entity.handle: m.evidence for m in matches})
        for other in entities:
            if other is survivor:
                continue
            from_file = self.seen.move(other.paper_id, survivor.paper_id)
            taken = (from_file & other.records.keys()) | (other.records.keys() - survivor.records.keys())
            survivor.changed |= taken
            survivor.records |= {source_id: other.records[source_id] for source_id in taken}
            survivor.merged.append(other)
            self.entities[other.paper_id] = survivor
            self.owners |= {key: survivor.paper_id for key, owner in self.owners.items() if owner == other.paper_id}
        return survivor

    def create(self, one: _Keyed, handle: Handle) -> _Entity:
        """A new paper, still without the record."""
        entity = self.entities[self.next_id] = _Entity(self.next_id, handle)
        self.titles.add(one.names, entity.paper_id, one.record.title)
        self.next_id += 1
        return entity

    def assign(self, one: _Keyed, source_id: int, entity: _Entity) -> None:
        """Make the record what its source says of the paper, unless it is a duplicate within the file."""
        if not self.seen.add(source_id, entity.paper_id) and source_id in entity.records:
            return
        keys = claimed_keys(one.record, one.keys, entity.described)
        entity.changed.add(source_id)
        entity.records[source_id] = _unless_repeated(one.record, entity.records.get(source_id))
        own = own_identifier(one.record)
        for key in keys:
            owner = self.entities[self.owners.setdefault(key, entity.paper_id)]
            if owner is not entity and own and key == (own.scheme, own.value) and not _gave(own, owner):
                self.owners[key] = entity.paper_id
                self.taken_over.add(key)


async def resolve(
    connection: Connection, records: Sequence[PaperRecord], seen: SeenRecords, now: datetime
) -> tuple[list[PaperChange], int]:
    """Store the records, in the caller's transaction; one change for each paper of which they say something.

    A record replaces what its source said before. A second record of one source for one paper in the same file is a
    duplicate within the source, and the first one stands; `seen` is shared by the calls for a batch. Returns also how
    many records were stored, at least one: the rest is to be resolved once the changes have been followed.
    """
    sources = await source_ids(connection, {r.source for r in records})
    keyed = await asyncio.to_thread(lambda: [_Keyed.of(record) for record in records])
    batch = await _Batch.load(connection, keyed, seen)
    done = 0
    for one in keyed:
        source_id = sources[source_key(one.record.source)]
        try:
            entity = batch.find(one, source_id)
        except _NotYetStoredError:
            break
        batch.assign(one, source_id, entity or batch.create(one, await _free_handle(connection, one, batch)))
        done += 1
        if done % 8 == 0:
            await asyncio.sleep(0)  # A record that many titles by its authors are like takes some milliseconds.
    return await _write(connection, batch, now), done


async def identify(connection: Connection, records: Sequence[PaperRecord]) -> list[int]:
    """The ids of the stored papers that the records are about, by their keys alone."""
    keyed = [_Keyed.of(record) for record in records]
    owners = await find_by_keys(connection, {key for one in keyed for key in one.keys})
    entities = await _load_entities(connection, set(owners.values()))
    found = {(owners[key], one) for one in keyed for key in one.keys if key in owners}
    return [paper_id for paper_id, one in sorted(found, key=lambda pair: pair[0]) if _same(one, entities[paper_id])]


async def _load_entities(connection: Connection, paper_ids: Iterable[int]) -> dict[int, _Entity]:
    stored = await load(connection, paper_ids)
    return {i: _Entity(i, paper.handle, paper, dict(paper.records)) for i, paper in stored.items()}


def _same(one: _Keyed, entity: _Entity) -> bool:
    return compare([one.record], entity.described).same


def _gave(identifier: Identifier, entity: _Entity) -> bool:
    """Whether the paper has a record of the service whose identifier it is."""
    return any(own_identifier(record) == identifier for record in entity.records.values())


def _unless_repeated(new: PaperRecord, old: PaperRecord | None) -> PaperRecord:
    """The old record where the new one says the same: the time of a value is when it was first said."""
    return old if old is not None and old.model_copy(update={"source": new.source}) == new else new


async def _free_handle(connection: Connection, one: _Keyed, batch: _Batch) -> Handle:
    """A handle made of the record's surest key, and of its source where another paper has that key."""
    surest = claimed_keys(one.record, one.keys)[0]
    handle = make_handle("paper", *surest)
    if surest in batch.owners:
        in_batch = {entity.handle for entity in batch.entities.values()}
        while handle in in_batch or await has_handle(connection, handle):
            handle = make_handle(handle, one.record.source.name)
    return handle


async def _write(connection: Connection, batch: _Batch, now: datetime) -> list[PaperChange]:
    """Write the papers of which the batch said something, if that changes what is known of them."""
    entities = [e for i, e in batch.entities.items() if i == e.paper_id and (e.changed or e.merged)]
    changes = await asyncio.to_thread(lambda: [_change(entity) for entity in entities])
    for entity in entities:
        gone = [merged.stored for merged in entity.merged if merged.stored]
        if entity.stored and entity.reason:
            await merges.store(connection, entity.stored, gone, list(entity.records.values()), entity.reason, now)
    changed = {
        change.paper_id: PaperRow(change.paper_id, change.after, {i: e.records[i] for i in e.records if i in e.changed})
        for e, change in zip(entities, changes, strict=True)
        if change.status != "unchanged"
    }
    keys = [(key, i) for key, i in batch.owners.items() if i in changed or key in batch.taken_over]
    await release(connection, batch.taken_over)
    await save(connection, list(changed.values()), keys, now)
    return changes


def _change(entity: _Entity) -> PaperChange:
    before = entity.stored.paper if entity.stored else None
    after = merge(entity.handle, list(entity.records.values()))
    merged = tuple((other.paper_id, other.stored.paper) for other in entity.merged if other.stored)
    if before == after:
        return PaperChange(entity.paper_id, "unchanged", before, after, merged)
    return PaperChange(entity.paper_id, "changed" if before else "new", before, after, merged)
