"""Building an index: in short transactions, so that others can write meanwhile, and from where it was broken off."""

from __future__ import annotations

from store.lookup.index.fields import FORMAT, Kind
from store.lookup.index.snapshot import Progress
from store.lookup.index.writer import replace_texts
from store.storage.database import Database

_BATCH = 5_000
_MERGED_PAGES = 2_000


async def is_built(db: Database, kind: Kind) -> bool:
    """Whether the tables are complete and of this format."""
    async with db.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT 1 FROM lookup_state WHERE kind = ? AND format = ? AND built_to IS NULL", (kind.name, FORMAT)
        )
    return bool(list(rows))


async def wipe(db: Database, kind: Kind) -> None:
    """Make the index of this kind empty, whatever state it is in."""
    async with db.write() as connection:
        await connection.execute(f"DROP TABLE IF EXISTS {kind.words}")
        await connection.execute(
            f"CREATE VIRTUAL TABLE {kind.words} USING fts5 "
            "(words, content = '', columnsize = 0, detail = none, tokenize = \"ascii tokenchars ':'\")"
        )
        await connection.execute(f"DROP TABLE IF EXISTS {kind.texts}")
        await connection.execute(
            f"CREATE TABLE {kind.texts} (id INTEGER PRIMARY KEY, folded TEXT NOT NULL, extra TEXT NOT NULL) STRICT"
        )
        await connection.execute("DELETE FROM lookup_images WHERE kind = ?", (kind.name,))
        await connection.execute("DELETE FROM lookup_changes WHERE kind = ?", (kind.name,))
        await connection.execute(
            "INSERT INTO lookup_state (kind, format, generation, built_to) VALUES (?, ?, 1, 0) "
            "ON CONFLICT DO UPDATE SET format = excluded.format, generation = generation + 1, built_to = 0",
            (kind.name, FORMAT),
        )


async def build(db: Database, kind: Kind, progress: Progress) -> None:
    """Index everything that is not yet in the index."""
    async with db.read() as connection:
        rows = list(await connection.execute_fetchall("SELECT format FROM lookup_state WHERE kind = ?", (kind.name,)))
        ((total,),) = await connection.execute_fetchall(f"SELECT count(*) FROM {kind.source}")
        ((done,),) = await connection.execute_fetchall(f"SELECT count(*) FROM {kind.texts}")
    if not rows or rows[0][0] != FORMAT:
        await wipe(db, kind)
        done = 0
    more = True
    while more:
        async with db.write() as connection:
            batch = await connection.execute_fetchall(
                f"SELECT id, {kind.text} FROM {kind.source} "
                "WHERE id > (SELECT built_to FROM lookup_state WHERE kind = ?) ORDER BY id LIMIT ?",
                (kind.name, _BATCH),
            )
            texts = {row[0]: row[1] for row in batch}
            if texts:
                await replace_texts(connection, kind, texts)
            more = len(texts) == _BATCH
            await connection.execute(
                "UPDATE lookup_state SET built_to = ? WHERE kind = ?", (max(texts) if more else None, kind.name)
            )
        done += len(texts)
        progress(f"Indexing {kind.name}s", done, max(done, total))
    if done > _BATCH:
        await _merge(db, kind)


async def _merge(db: Database, kind: Kind) -> None:
    """Bring the postings together: a word is then read in one place instead of in several."""
    pages = -_MERGED_PAGES
    while True:
        async with db.write() as connection:
            before = connection.total_changes
            await connection.execute(f"INSERT INTO {kind.words} ({kind.words}, rank) VALUES ('merge', ?)", (pages,))
            if connection.total_changes - before < 2:
                return
        pages = _MERGED_PAGES
