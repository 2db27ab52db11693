"""Taking in what a guild's member hands over, and what becomes of it when the catalogue learns of the same paper.

Nothing here writes to the catalogue: a member's records belong to the guild, and are merged with everybody's when the
guild reads a paper.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from store.catalog import evidence, records
from store.catalog.entity_resolution import PaperChange
from store.catalog.merge import merge
from store.catalog.records import Key, StoredPaper, match_keys, source_key
from store.errors import StoreError
from store.guilds import merged_matches, own_additions, own_authors, own_papers, percolator
from store.guilds.own_additions import Addition
from store.guilds.own_papers import Owner
from store.guilds.percolator import Update
from store.models import Handle, IntakeReport, Paper, PaperRecord, ParsedSource
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.handles import handle as make_handle

MOST_PAPERS = 2000
"""Papers of its own that a guild can have. Each of its look-ups ranks all of them, which takes some 30 ms."""
MOST_OF_A_PERSON = 500
"""The same for a person in direct messages."""
_PART = 80
"""Records that are worked on at a time: between two waits the event loop is busy for some 20 ms, as with an ingest."""


class TooManyPapersError(StoreError):
    """No room is left for papers that were added here; whoever runs Lectern can import more for everybody."""


@dataclass
class _Known:
    """What the catalogue and the owner know of the papers that the records may be about."""

    catalogue: Mapping[Key, StoredPaper]
    own_keys: dict[Key, Handle]
    own_records: dict[Handle, list[PaperRecord]]
    catalogued: Mapping[Handle, StoredPaper]

    def everything(self, handle: Handle) -> list[PaperRecord]:
        """All that is said of a paper."""
        stored = self.catalogued.get(handle)
        return [*(stored.records.values() if stored else ()), *self.own_records.get(handle, ())]


async def take(db: Database, addition: Addition, source: str, parsed: ParsedSource, now: datetime) -> IntakeReport:
    """Take in what a member handed over, all of it or nothing; it is matched for the owner's subscriptions only.

    Raises `TooManyPapersError`.
    """
    given = [*(record for page in parsed.pages for record in page.papers), *parsed.papers]
    statuses: Counter[str] = Counter()
    seen: set[tuple[Handle, tuple[str, str]]] = set()
    kept = False
    async with db.write() as connection:
        addition = replace(addition, number=await own_additions.next_number(connection, addition.owner, now))
        for start in range(0, len(given), _PART):
            part = given[start : start + _PART]
            known = await _load(connection, addition.owner, part)
            updates = []
            for record in part:
                await asyncio.sleep(0)  # Comparing takes some time, and where a record is known nothing else waits.
                handle = _handle_of(record, known, addition.owner)
                if (handle, source_key(record.source)) in seen:
                    statuses["repeated"] += 1
                    continue
                seen.add((handle, source_key(record.source)))
                update, is_kept = await _store(connection, addition, record, handle, known)
                kept |= is_kept
                statuses["new" if not update.before else "changed" if update.is_change else "unchanged"] += 1
                updates.append(update)
            await percolator.match(connection, updates, now, owner=addition.owner)
        for page in parsed.pages:
            kept |= await own_additions.save_figures(connection, addition, page)
        most = MOST_PAPERS if addition.owner > 0 else MOST_OF_A_PERSON
        if statuses["new"] and await own_papers.count(connection, addition.owner) > most:
            raise TooManyPapersError
    return IntakeReport(
        source=source,
        finished=now,
        new=statuses["new"],
        changed=statuses["changed"],
        unchanged=statuses["unchanged"] + statuses["repeated"],
        problems=parsed.problems,
        addition=addition.number if kept else None,
    )


async def by_records(connection: Connection, owner: Owner, given: Sequence[PaperRecord]) -> list[Handle]:
    """The handles of the papers that these records, which were taken in, are about; each once."""
    known = await _load(connection, owner, given)
    return list(dict.fromkeys(_handle_of(record, known, owner) for record in given))


async def follow(connection: Connection, changes: Sequence[PaperChange], now: datetime, *, notify: bool) -> None:
    """The catalogue has changed: guilds' own papers that are in it by now go by its handles, and merged ones follow."""
    changed = [change for change in changes if change.status != "unchanged" or change.merged]
    if not changed or not await own_papers.any_owner(connection):
        return
    merged = {gone.handle: change.after.handle for change in changed for _, gone in change.merged}
    for owner, handle in await own_papers.owners_of(connection, merged):
        await own_papers.move(connection, owner, handle, merged[handle])
    by_key = {key: change.after for change in changed for key in _keys_of(change.after)}
    moved: dict[tuple[Owner, Handle], Handle] = {}
    for key, owner, handle in await own_papers.owners_of_keys(connection, by_key):
        paper = by_key[key]
        own = (await own_papers.load_records(connection, owner, [handle])).get(handle, [])
        # One that was removed from the catalogue and is back has kept its handle.
        if (
            handle != paper.handle
            and (owner, handle) not in moved
            and all(_agree(record, [_as_record(paper)]) for record in own)
        ):
            moved[owner, handle] = paper.handle
            await own_papers.move(connection, owner, handle, paper.handle)
    await merged_matches.merge_papers(connection, [(handle, survivor) for (_, handle), survivor in moved.items()], now)
    await _refresh(connection, changed, set(moved), now, notify)


async def outlive(connection: Connection, handle: Handle) -> None:
    """A paper is no longer in the catalogue: what guilds' own records say of it is all that they see of it now."""
    for owner, _ in await own_papers.owners_of(connection, [handle]):
        view = (await own_papers.load_by_handles(connection, owner, [handle]))[handle]
        await own_papers.save(connection, owner, view, in_catalogue=False)
        await own_authors.save(connection, owner, handle, view.authors)


async def _refresh(
    connection: Connection,
    changed: Sequence[PaperChange],
    moved: set[tuple[Owner, Handle]],
    now: datetime,
    notify: bool,
) -> None:
    """Merge guilds' records with the changed papers anew, and match the outcome for their subscriptions."""
    handles = {change.after.handle for change in changed}
    owners = {*(await own_papers.owners_of(connection, handles)), *((owner, h) for owner, h in moved if h in handles)}
    for owner, handle in sorted(owners):
        before = await own_papers.load_folded(connection, owner, handles=[handle])
        view = (await own_papers.load_by_handles(connection, owner, [handle]))[handle]
        await own_papers.save(connection, owner, view, in_catalogue=True)
        await own_authors.save(connection, owner, handle, view.authors)
        was = tuple(own.folded for own in before)
        await percolator.match(connection, [Update(view, was)], now, notify=notify, owner=owner)


async def _load(connection: Connection, owner: Owner, given: Iterable[PaperRecord]) -> _Known:
    keys = {key for record in given for key in match_keys(record)}
    ids = await records.find_by_keys(connection, keys)
    stored = await records.load(connection, set(ids.values()))
    own_keys = await own_papers.find_by_keys(connection, owner, keys)
    catalogued = {paper.handle: paper for paper in stored.values()}
    own = await own_papers.load_records(connection, owner, [*own_keys.values(), *catalogued])
    return _Known({key: stored[id_] for key, id_ in ids.items() if id_ in stored}, own_keys, own, catalogued)


def _handle_of(record: PaperRecord, known: _Known, owner: Owner) -> Handle:
    """The paper that a record is about, one of the catalogue's before one of the owner's own; else a new handle."""
    keys = match_keys(record)
    for key in keys:
        if (stored := known.catalogue.get(key)) and _agree(record, list(stored.records.values())):
            return stored.handle
    for key in keys:
        if (handle := known.own_keys.get(key)) and _agree(record, known.everything(handle)):
            return handle
    free = make_handle("paper", f"of {owner}", *keys[0])
    # The title is what tells apart records that claim the same identifier.
    return free if free not in known.own_records else make_handle(free, *keys[-1])


def _agree(record: PaperRecord, others: Sequence[PaperRecord]) -> bool:
    return evidence.compare([record], others).same


async def _store(
    connection: Connection, addition: Addition, record: PaperRecord, handle: Handle, known: _Known
) -> tuple[Update, bool]:
    """Keep the record beside what was said before; the paper as the owner saw and sees it, and whether it is kept."""
    before_records = known.everything(handle)
    before = merge(handle, before_records) if before_records else None
    own = known.own_records.setdefault(handle, [])
    same = False
    same_source = next((r for r in own if source_key(r.source) == source_key(record.source)), None)
    if same_source is None:
        own.append(record)
    elif not (same := own_papers.says_the_same(same_source, record)):
        own[own.index(same_source)] = record
    after = merge(handle, known.everything(handle))
    kept = await own_additions.save_record(connection, addition, handle, record, known=same)
    if not same:
        keys = match_keys(record)
        known.own_keys.update({key: handle for key in keys if key not in known.own_keys})
        in_catalogue = handle in known.catalogued
        await own_papers.save(connection, addition.owner, after, keys, in_catalogue=in_catalogue)
        await own_authors.save(connection, addition.owner, handle, after.authors)
    return Update(after, (before,) if before else ()), kept


def _as_record(paper: Paper) -> PaperRecord:
    """The merged paper as if one source had said it all, to be compared with records."""
    return PaperRecord(
        source=paper.sources[0],
        title=paper.title,
        authors=paper.authors,
        authors_complete=paper.authors_complete,
        published=paper.published,
        identifiers=paper.identifiers,
    )


def _keys_of(paper: Paper) -> tuple[Key, ...]:
    return match_keys(_as_record(paper))
