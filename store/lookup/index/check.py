"""Whether an index agrees with the tables that it is of, and with itself."""

from __future__ import annotations

import sqlite3
from collections import Counter

from store.lookup.index.fields import Kind
from store.lookup.index.posting_lists import vocabulary
from store.lookup.index.vocabulary import Lexicon
from store.lookup.index.writer import indexed
from store.text.normalize import HEAD


def agrees(connection: sqlite3.Connection, kind: Kind, lexicon: Lexicon | None = None) -> bool:
    """Compare what is in the file, in a read transaction of the caller.

    Texts are compared with their source by number and ids, and postings with the texts word by word; that takes long
    where there are many, so that with a lexicon they are compared by their numbers of words and of texts with a word.
    """
    totals = lexicon.totals() if lexicon else None
    rows = [
        connection.execute(f"SELECT count(*), coalesce(sum(id), 0) FROM {table}").fetchone()
        for table in (kind.source, kind.texts)
    ]
    if rows[0] != rows[1]:
        return False
    with vocabulary(connection, kind) as table:
        if totals is None:
            return dict(connection.execute(f"SELECT term, doc FROM {table}")) == _counted(connection, kind)
        written = connection.execute(
            f"SELECT count(*), coalesce(sum(doc), 0) FROM {table} WHERE substr(term, -1) <> ?", (HEAD,)
        ).fetchone()
    return bool(written == totals)


def _counted(connection: sqlite3.Connection, kind: Kind) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for folded, extra in connection.execute(f"SELECT folded, extra FROM {kind.texts}"):
        counts.update(indexed(folded, extra))
    return dict(counts)
