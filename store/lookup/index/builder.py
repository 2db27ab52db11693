"""Builds an index in short transactions, so that others can write meanwhile and an interrupted build is resumed,
and checks a built index against the source tables.
"""

from __future__ import annotations

import sqlite3
from collections import Counter

from store.lookup.index.fields import FORMAT, Field
from store.lookup.index.posting_lists import vocabulary_table
from store.lookup.index.snapshot import BuildProgress
from store.lookup.index.vocabulary import Vocabulary
from store.lookup.index.writer import index_terms, replace_texts
from store.storage.database import Database
from store.text.normalize import HEAD

_BATCH = 5_000
"""Texts indexed in one transaction, about 0.1 s."""
_MERGED_PAGES = 2_000
"""Pages that FTS5 merges in one transaction."""


async def is_built(db: Database, field: Field) -> bool:
    """Whether the index tables are complete and have the current format."""
    async with db.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT 1 FROM lookup_state WHERE kind = ? AND format = ? AND built_to IS NULL", (field.name, FORMAT)
        )
    return bool(list(rows))


async def wipe(db: Database, field: Field) -> None:
    """Empty the index of this field, whatever state it is in."""
    async with db.write_papers() as connection:
        await connection.execute(f"DROP TABLE IF EXISTS {field.words}")
        await connection.execute(
            f"CREATE VIRTUAL TABLE {field.words} USING fts5 "
            "(words, content = '', columnsize = 0, detail = none, tokenize = \"ascii tokenchars ':'\")"
        )
        await connection.execute(f"DROP TABLE IF EXISTS {field.texts}")
        await connection.execute(
            f"CREATE TABLE {field.texts} (id INTEGER PRIMARY KEY, folded TEXT NOT NULL, extra TEXT NOT NULL) STRICT"
        )
        await connection.execute("DELETE FROM lookup_images WHERE kind = ?", (field.name,))
        await connection.execute("DELETE FROM lookup_changes WHERE kind = ?", (field.name,))
        await connection.execute(
            "INSERT INTO lookup_state (kind, format, generation, built_to) VALUES (?, ?, 1, 0) "
            "ON CONFLICT DO UPDATE SET format = excluded.format, generation = generation + 1, built_to = 0",
            (field.name, FORMAT),
        )


async def build(db: Database, field: Field, progress: BuildProgress) -> None:
    """Index everything that is not indexed yet."""
    async with db.read() as connection:
        rows = list(await connection.execute_fetchall("SELECT format FROM lookup_state WHERE kind = ?", (field.name,)))
        ((total,),) = await connection.execute_fetchall(f"SELECT count(*) FROM {field.source}")
        ((done,),) = await connection.execute_fetchall(f"SELECT count(*) FROM {field.texts}")
    if not rows or rows[0][0] != FORMAT:
        await wipe(db, field)
        done = 0
    more = True
    while more:
        async with db.write_papers() as connection:
            batch = await connection.execute_fetchall(
                f"SELECT id, {field.text} FROM {field.source} "
                "WHERE id > (SELECT built_to FROM lookup_state WHERE kind = ?) ORDER BY id LIMIT ?",
                (field.name, _BATCH),
            )
            texts = {row[0]: row[1] for row in batch}
            if texts:
                await replace_texts(connection, field, texts)
            more = len(texts) == _BATCH
            await connection.execute(
                "UPDATE lookup_state SET built_to = ? WHERE kind = ?", (max(texts) if more else None, field.name)
            )
        done += len(texts)
        progress(f"Indexing {field.name}s", done, max(done, total))
    if done > _BATCH:
        await _merge(db, field)


async def _merge(db: Database, field: Field) -> None:
    """Merge the FTS5 segments, so that each posting list is read from one place."""
    pages = -_MERGED_PAGES
    while True:
        async with db.write_papers() as connection:
            before = connection.total_changes
            await connection.execute(f"INSERT INTO {field.words} ({field.words}, rank) VALUES ('merge', ?)", (pages,))
            if connection.total_changes - before < 2:
                return
        pages = _MERGED_PAGES


def is_consistent(connection: sqlite3.Connection, field: Field, vocabulary: Vocabulary | None = None) -> bool:
    """Whether the index agrees with its source table and with itself, in a read transaction of the caller.

    Texts are compared with the source by count and sum of ids. Posting lists are compared with the texts term by
    term, which is slow for large stores; given a vocabulary, only the totals of terms and postings are compared.
    """
    totals = vocabulary.totals() if vocabulary else None
    rows = [
        connection.execute(f"SELECT count(*), coalesce(sum(id), 0) FROM {table}").fetchone()
        for table in (field.source, field.texts)
    ]
    if rows[0] != rows[1]:
        return False
    with vocabulary_table(connection, field) as table:
        if totals is None:
            return dict(connection.execute(f"SELECT term, doc FROM {table}")) == _counted(connection, field)
        written = connection.execute(
            f"SELECT count(*), coalesce(sum(doc), 0) FROM {table} WHERE substr(term, -1) <> ?", (HEAD,)
        ).fetchone()
    return bool(written == totals)


def _counted(connection: sqlite3.Connection, field: Field) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for folded, extra in connection.execute(f"SELECT folded, extra FROM {field.texts}"):
        counts.update(index_terms(folded, extra))
    return dict(counts)
