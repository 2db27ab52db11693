"""Papers that whoever runs Lectern has removed: what they were, and the records that would bring them back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from store.catalog import merges
from store.catalog.entity_resolution import identify
from store.catalog.evidence import compare
from store.catalog.merge import merge
from store.catalog.merges import PaperBefore
from store.catalog.records import (
    Key,
    PaperRow,
    StoredPaper,
    match_keys,
    save,
    save_superseded,
    source_ids,
    source_key,
)
from store.models import Frozen, Handle, Paper, PaperRecord
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.timestamps import stamp


class RemovedPaper(Frozen):
    """A paper that was removed, as it was."""

    removed: datetime
    before: PaperBefore

    @property
    def described(self) -> tuple[PaperRecord, ...]:
        """All that was known of it."""
        return *self.before.records, *self.before.superseded

    @property
    def paper(self) -> Paper:
        """As its card showed it."""
        return merge(self.before.handle, self.before.records)


async def remove(connection: Connection, stored: StoredPaper, now: datetime) -> PaperBefore:
    """Delete a paper with all that belongs to it, and remember it; its authors and the indexes are to follow."""
    before = await merges.snapshot(connection, stored)
    await connection.execute(
        "INSERT INTO removed_papers (handle, paper_id, removed, before) VALUES (?, ?, ?, ?)",
        [stored.handle, stored.paper_id, stamp(now), before.model_dump_json(exclude_defaults=True)],
    )
    described = (*before.records, *before.superseded)
    await connection.executemany(
        "INSERT OR IGNORE INTO removed_keys (scheme, value, handle) VALUES (?, ?, ?)",
        [(*key, stored.handle) for key in (*before.keys, *(key for record in described for key in match_keys(record)))],
    )
    await connection.execute("DELETE FROM papers WHERE id = ?", [stored.paper_id])
    return before


async def bring_back(connection: Connection, before: PaperBefore, now: datetime) -> Paper:
    """Store a removed paper again as it was; its authors and the indexes are to follow."""
    await connection.execute("DELETE FROM removed_papers WHERE handle = ?", [before.handle])
    ids = await source_ids(connection, [record.source for record in before.records])
    records = {ids[source_key(record.source)]: record for record in before.records}
    paper = StoredPaper(before.paper_id, before.handle, records).paper
    row = PaperRow(before.paper_id, paper, records)
    await save(connection, [row], [(key, before.paper_id) for key in before.keys], now)
    await save_superseded(connection, before.paper_id, before.superseded)
    await connection.execute("UPDATE papers SET added = ? WHERE id = ?", [before.added, before.paper_id])
    await connection.executemany(
        "INSERT INTO merged_handles VALUES (?, ?)", [(handle, before.paper_id) for handle in before.former]
    )
    return paper


async def newest_first(db: Database) -> list[RemovedPaper]:
    """All that were removed."""
    async with db.read() as connection:
        return await _load(connection, "TRUE ORDER BY removed DESC, handle", [])


async def by_handle(connection: Connection, handle: Handle) -> RemovedPaper | None:
    """The removed paper of that handle."""
    return next(iter(await _load(connection, "handle = ?", [handle])), None)


async def by_keys(connection: Connection, keys: Iterable[Key]) -> list[RemovedPaper]:
    """The removed papers that have one of these keys."""
    listed = (
        "handle IN (SELECT handle FROM json_each(?) AS key JOIN removed_keys"
        " ON scheme = key.value ->> 0 AND removed_keys.value = key.value ->> 1) ORDER BY handle"
    )
    return await _load(connection, listed, [json.dumps(list(keys))])


async def without_removed(
    connection: Connection, records: Sequence[PaperRecord]
) -> tuple[list[PaperRecord], list[RemovedPaper]]:
    """The records that do not bring a removed paper back, and for each other one the paper.

    A record that is of a paper which is there as well brings none back, unless its source described the removed one.
    """
    if not await _any(connection):
        return list(records), []
    keys = [match_keys(record) for record in records]
    suspected = await _known_keys(connection, {key for of_record in keys for key in of_record})
    kept: list[PaperRecord] = []
    left_out: list[RemovedPaper] = []
    for record, of_record in zip(records, keys, strict=True):
        found = await by_keys(connection, of_record) if not suspected.isdisjoint(of_record) else []
        removed = next((one for one in found if compare([record], one.described).same), None)
        if removed and (_has_source(removed, record) or not await identify(connection, [record])):
            left_out.append(removed)
        else:
            kept.append(record)
    return kept, left_out


def _has_source(removed: RemovedPaper, record: PaperRecord) -> bool:
    return any(source_key(one.source) == source_key(record.source) for one in removed.described)


async def _known_keys(connection: Connection, keys: Iterable[Key]) -> set[Key]:
    async with connection.execute(
        "SELECT DISTINCT scheme, removed_keys.value FROM json_each(?) AS key JOIN removed_keys"
        " ON scheme = key.value ->> 0 AND removed_keys.value = key.value ->> 1",
        [json.dumps(list(keys))],
    ) as rows:
        return {(row[0], row[1]) async for row in rows}


async def _any(connection: Connection) -> bool:
    async with connection.execute("SELECT 1 FROM removed_papers LIMIT 1") as rows:
        return await rows.fetchone() is not None


async def _load(connection: Connection, condition: str, parameters: Sequence[str]) -> list[RemovedPaper]:
    async with connection.execute(
        f"SELECT removed, before FROM removed_papers WHERE {condition}",  # noqa: S608
        parameters,
    ) as rows:
        return [
            RemovedPaper(removed=removed, before=PaperBefore.model_validate_json(before))
            async for removed, before in rows
        ]
