"""From handles to row ids before a search, and from row ids to hits after it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from store.lookup import scoring
from store.lookup.cascade import ScoredText
from store.lookup.index.fields import TITLES, Field
from store.models import Handle, Hit


def ids_of(connection: sqlite3.Connection, field: Field, handles: Sequence[Handle]) -> list[int]:
    """Row ids of these papers or authors, in this order; unknown handles are left out."""
    sql = f"SELECT handle, id FROM {field.source} WHERE handle IN (SELECT value FROM json_each(?))"
    ids = dict(connection.execute(sql, (json.dumps(list(handles)),))) if handles else {}
    return [ids[handle] for handle in handles if handle in ids]


def _id_of_alias(connection: sqlite3.Connection, field: Field, handle: Handle) -> int | None:
    """Row id of what an alias stands for, also if it turned out to be another since; None if it is gone."""
    ids = ids_of(connection, field, [handle])
    if not ids:
        of_papers = "SELECT paper_id FROM merged_handles WHERE handle = ?"
        of_people = "SELECT author_id FROM merged_authors WHERE handle = ?"
        ids = [row[0] for row in connection.execute(of_papers if field is TITLES else of_people, (handle,))]
    return ids[0] if ids else None


def hits_of(connection: sqlite3.Connection, field: Field, found: Iterable[ScoredText]) -> list[Hit]:
    """Hits in this order; texts that were deleted meanwhile are left out."""
    found = list(found)
    rows = {
        id_: (handle, text)
        for id_, handle, text in connection.execute(
            f"SELECT id, handle, {field.text} FROM {field.source} WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([f.id for f in found]),),
        )
    }
    return [
        Hit(handle=rows[f.id][0], text=rows[f.id][1], score=f.score, matched=f.matched) for f in found if f.id in rows
    ]


def own_hits(ranked: Sequence[ScoredText], texts: Sequence[tuple[Handle, str]]) -> list[Hit]:
    """Hits among texts that are in no index; the ids of what was ranked are their places."""
    return [Hit(handle=texts[f.id][0], text=texts[f.id][1], score=f.score, matched=f.matched) for f in ranked]


def merged(hits: Sequence[Hit], own: Sequence[Hit]) -> list[Hit]:
    """Hits of the catalogue and of a guild's own texts, best first, each paper or author once."""
    best: dict[Handle, Hit] = {}
    for hit in sorted([*hits, *own], key=lambda hit: -round(hit.score, 2)):
        best.setdefault(hit.handle, hit)
    return list(best.values())


def with_alias_first(
    connection: sqlite3.Connection, field: Field, hits: list[Hit], texts: Sequence[tuple[Handle, str]], meant: Handle
) -> list[Hit]:
    """The hits, first what an alias stands for, in the catalogue or among `texts`; the same where it is gone."""
    in_catalogue = _id_of_alias(connection, field, meant)
    if in_catalogue is not None:
        found = hits_of(connection, field, [ScoredText(in_catalogue, "", scoring.EXACT, ())])
    else:
        found = [Hit(handle=handle, text=text, score=scoring.EXACT) for handle, text in texts if handle == meant]
    first = [hit.model_copy(update={"taught": True}) for hit in found[:1]]
    return first + [hit for hit in hits if not first or hit.handle != first[0].handle]
