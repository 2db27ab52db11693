"""Rows of papers and authors around a look-up: filters, handles, aliases."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from store.lookup.cascade import MAX_QUERY
from store.lookup.index.fields import TITLES, Kind
from store.models import Frozen, Handle
from store.text.normalize import fold
from store.text.partial_dates import PartialDate


class Filters(Frozen):
    """What a paper must be besides; None where it does not matter."""

    author: Handle | None = None
    category: str | None = None
    since: PartialDate | None = None
    until: PartialDate | None = None
    code: bool | None = None


def ids_of(connection: sqlite3.Connection, kind: Kind, handles: Sequence[Handle]) -> list[int]:
    """The ids of these papers or authors, in this order; those that are not there are left out."""
    sql = f"SELECT handle, id FROM {kind.source} WHERE handle IN (SELECT value FROM json_each(?))"
    ids = dict(connection.execute(sql, (json.dumps(list(handles)),))) if handles else {}
    return [ids[handle] for handle in handles if handle in ids]


def alias_of(connection: sqlite3.Connection, kind: Kind, query: str, guild_id: int | None) -> list[int]:
    """The paper or author that the query stands for in the guild, if any."""
    if guild_id is None:
        return []
    row = connection.execute(
        "SELECT handle FROM aliases WHERE guild_id = ? AND kind = ? AND folded = ?",
        (guild_id, kind.name, fold(query[:MAX_QUERY])),
    ).fetchone()
    if row is None:
        return []
    ids = ids_of(connection, kind, row)
    if not ids and kind is TITLES:
        merged = connection.execute("SELECT paper_id FROM merged_handles WHERE handle = ?", row).fetchone()
        ids = list(merged or ())
    return ids


def papers_of(connection: sqlite3.Connection, author: Handle) -> list[int]:
    """The papers that name this author."""
    rows = connection.execute(
        "SELECT paper_id FROM authorships WHERE author_id = (SELECT id FROM authors WHERE handle = ?)", (author,)
    )
    return [row[0] for row in rows]


def rows_of(
    connection: sqlite3.Connection, kind: Kind, ids: Sequence[int], filters: Filters | None
) -> dict[int, tuple[str, str]]:
    """Handle and text by id, of those that the filters let through."""
    conditions: list[str] = ["id IN (SELECT value FROM json_each(?))"]
    values: list[str | int] = [json.dumps(list(ids))]
    if filters and filters.category is not None:
        conditions.append("(category = ? OR category LIKE ? || '.%')")
        values += [filters.category, filters.category]
    if filters and filters.since is not None:
        conditions.append("published >= ?")
        values.append(filters.since)
    if filters and filters.until is not None:
        # What is not known is not so: a paper of 2024 may be later than 2024-05.
        conditions.append("published < ? || '~' AND published NOT IN (?, ?)")
        values += [filters.until, *(filters.until[:length] if length < len(filters.until) else "" for length in (4, 7))]
    if filters and filters.code is not None:
        conditions.append("has_code IS 1" if filters.code else "has_code IS NOT 1")
    return {
        id_: (handle, text)
        for id_, handle, text in connection.execute(
            f"SELECT id, handle, {kind.text} FROM {kind.source} WHERE {' AND '.join(conditions)}", values
        )
    }
