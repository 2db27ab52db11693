"""Corrections: what whoever runs Lectern says of a paper, in a record that goes before those of its sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from store.catalog.entity_resolution import PaperChange
from store.catalog.merge import merge
from store.catalog.records import Key, PaperRow, StoredPaper, match_keys, release, save, source_ids
from store.models import CorrectedField, Paper, PaperRecord, Source
from store.storage.connection import Connection

SOURCE_NAME = "corrected by the operator"


async def correct(
    connection: Connection, stored: StoredPaper, values: Mapping[CorrectedField, object], now: datetime
) -> PaperChange:
    """Let these be the paper's values, beside what was corrected before; None where there is no such value.

    Authors and indexes are to follow.
    """
    source = Source(kind="operator", name=SOURCE_NAME, retrieved=now)
    (source_id,) = (await source_ids(connection, [source])).values()
    former = stored.records.get(source_id)
    fields = {**{field: getattr(former, field) for field in (former.corrects if former else ())}, **values}
    corrects = tuple(sorted(fields))
    correction = PaperRecord.model_validate(
        {"title": stored.paper.title, **fields, "source": source, "corrects": corrects}
    )
    after = merge(stored.handle, [*_others(stored), correction])
    row = PaperRow(stored.paper_id, after, {source_id: correction})
    await save(connection, [row], [(key, stored.paper_id) for key in _keys(after, correction)], now)
    return PaperChange(stored.paper_id, "changed", stored.paper, after)


async def undo(connection: Connection, stored: StoredPaper, now: datetime) -> PaperChange | None:
    """Take back all that was corrected in a paper; None where nothing was. Authors and indexes are to follow."""
    former = [(source_id, record) for source_id, record in stored.records.items() if record.corrects]
    if not former:
        return None
    after = merge(stored.handle, _others(stored))
    for source_id, correction in former:
        await connection.execute(
            "DELETE FROM records WHERE paper_id = ? AND source_id = ?", [stored.paper_id, source_id]
        )
        others = {key for record in (*_others(stored), *stored.superseded) for key in match_keys(record)}
        await release(connection, [key for key in _keys(stored.paper, correction) if key not in others])
    await save(connection, [PaperRow(stored.paper_id, after, {})], [], now)
    return PaperChange(stored.paper_id, "changed", stored.paper, after)


def _others(stored: StoredPaper) -> list[PaperRecord]:
    return [record for record in stored.records.values() if not record.corrects]


def _keys(paper: Paper, correction: PaperRecord) -> tuple[Key, ...]:
    """Those by which records with the corrected title or authors find the paper."""
    return match_keys(correction.model_copy(update={"authors": paper.authors, "published": paper.published}))
