"""Reading the index in the file: which texts hold words, and the texts themselves.

Each answer is aggregated into one row: sqlite3 lets go of the interpreter's lock at every row, and would have to win
it back from every other busy thread several hundred times a look-up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from store.lookup.index.fields import Kind
from store.lookup.index.prefix_index import Ids


class Text(NamedTuple):
    """A candidate: its folded text, and the words beside it by which it is found."""

    id: int
    folded: str
    extra: str


class Postings:
    """One kind's tables through one connection."""

    def __init__(self, connection: sqlite3.Connection, kind: Kind) -> None:
        self._connection = connection
        self._matching = (
            f"SELECT group_concat(rowid, ' ') FROM (SELECT rowid FROM {kind.words} WHERE {kind.words} MATCH ? LIMIT ?)"
        )
        self._texts = (
            "SELECT group_concat(id || char(9) || folded || char(9) || extra, char(10)) "
            f"FROM {kind.texts} WHERE id IN (SELECT value FROM json_each(?))"
        )

    def matching(self, expression: str, limit: int) -> Ids:
        """The ids of texts that match an expression of FTS5, of at most `limit`, in ascending order."""
        (ids,) = self._connection.execute(self._matching, (expression, limit)).fetchone()
        return np.fromstring(ids, np.uint32, sep=" ") if ids else np.zeros(0, np.uint32)

    def texts(self, ids: Iterable[int]) -> list[Text]:
        """The texts of these ids, in ascending order of ids; what is no longer there is left out."""
        (rows,) = self._connection.execute(self._texts, (json.dumps(list(ids)),)).fetchone()
        if not rows:
            return []
        return [Text(int(i), folded, extra) for i, folded, extra in (row.split("\t") for row in rows.split("\n"))]


@contextmanager
def vocabulary(connection: sqlite3.Connection, kind: Kind) -> Iterator[str]:
    """A table of the words in the postings (`term`) and the texts that hold each (`doc`), for the time being."""
    # It is temporary, but a connection for reading only would refuse it.
    connection.execute("PRAGMA query_only = OFF")
    try:
        connection.execute(f"CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', '{kind.words}', 'row')")
        try:
            yield "temp.vocabulary"
        finally:
            connection.execute("DROP TABLE temp.vocabulary")
    finally:
        connection.execute("PRAGMA query_only = ON")
