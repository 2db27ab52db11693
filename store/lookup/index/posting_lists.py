"""Reads posting lists and folded texts from the index tables.

Every statement returns one aggregated row: sqlite3 releases the interpreter lock for each row, and a look-up would
otherwise have to win it back from other busy threads several hundred times.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from store.lookup.index.fields import Field
from store.lookup.index.prefix_index import Ids


class Text(NamedTuple):
    """A candidate: its folded text, and extra index terms such as joined compounds (`mrben` for `MR-Ben`)."""

    id: int
    folded: str
    extra: str


class PostingLists:
    """The index tables of one field, read through one connection."""

    def __init__(self, connection: sqlite3.Connection, field: Field) -> None:
        self._connection = connection
        self._matching = (
            "SELECT group_concat(rowid, ' ') "
            f"FROM (SELECT rowid FROM {field.words} WHERE {field.words} MATCH ? LIMIT ?)"
        )
        self._texts = (
            "SELECT group_concat(id || char(9) || folded || char(9) || extra, char(10)) "
            f"FROM {field.texts} WHERE id IN (SELECT value FROM json_each(?))"
        )

    def matching(self, expression: str, limit: int) -> Ids:
        """Ids of at most `limit` texts that match an FTS5 expression, ascending."""
        (ids,) = self._connection.execute(self._matching, (expression, limit)).fetchone()
        return np.fromstring(ids, np.uint32, sep=" ") if ids else np.zeros(0, np.uint32)

    def texts(self, ids: Iterable[int]) -> list[Text]:
        """The texts with these ids, by ascending id; deleted ones are left out."""
        wanted = list(ids)
        (rows,) = self._connection.execute(self._texts, (json.dumps(wanted),)).fetchone() if wanted else (None,)
        if not rows:
            return []
        return [Text(int(i), folded, extra) for i, folded, extra in (row.split("\t") for row in rows.split("\n"))]


@contextmanager
def vocabulary_table(connection: sqlite3.Connection, field: Field) -> Iterator[str]:
    """Create a temporary table of index terms (`term`) with their document frequencies (`doc`); yields its name."""
    # The table is temporary, but a query-only connection would still refuse to create it.
    connection.execute("PRAGMA query_only = OFF")
    try:
        connection.execute(f"CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', '{field.words}', 'row')")
        try:
            yield "temp.vocabulary"
        finally:
            connection.execute("DROP TABLE temp.vocabulary")
    finally:
        connection.execute("PRAGMA query_only = ON")
