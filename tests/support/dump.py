"""All that a store says, by handles instead of row ids, to compare two stores."""

from __future__ import annotations

from store.storage.connection import Connection
from store.storage.database import Database

CACHES = {"lookup_changes", "lookup_images", "lookup_state", "sqlite_sequence", "sqlite_stat1"}
CACHES |= {"novelty_changes", "novelty_distances", "novelty_words", "intake_applied", "papers_settings"}
"""Tables of which nothing is said: they can be made anew from the others."""
_NAMES = {
    "paper_id": "SELECT handle FROM papers WHERE id = {}",
    "author_id": "SELECT handle FROM authors WHERE id = {}",
    "source_id": "SELECT kind || ' ' || name FROM sources WHERE id = {}",
    "subscription_id": "SELECT query FROM subscriptions WHERE id = {}",
}
_OWN = {"papers": "papers", "authors": "authors", "title_texts": "papers", "author_texts": "authors"}
_WORDS = {"title_words": "papers", "author_words": "authors", "paper_words": "papers"}


async def dump(db: Database, *, without: tuple[str, ...] = ()) -> list[tuple[object, ...]]:
    """Every row of every table, sorted, without these tables or columns (`papers.added`)."""
    async with db.read_papers() as connection:
        listed = await connection.execute_fetchall("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
        virtual = {row[0] for row in listed if "VIRTUAL" in row[1]}
        shadows = {row[0] for row in listed if any(row[0].startswith(f"{name}_") for name in virtual)}
        found: list[tuple[object, ...]] = []
        for table in sorted({row[0] for row in listed} - virtual - shadows - CACHES - set(without)):
            found += await _rows(connection, table, without)
    async with db.write_papers() as connection:
        for words, of in _WORDS.items():
            await connection.execute(f"CREATE VIRTUAL TABLE temp.v_{words} USING fts5vocab(main, {words}, instance)")
            sql = f"SELECT term, (SELECT handle FROM {of} WHERE id = doc), col, offset FROM temp.v_{words}"
            found += [(words, *row) for row in await connection.execute_fetchall(sql)]
            await connection.execute(f"DROP TABLE temp.v_{words}")
    return sorted(found, key=repr)


async def _rows(connection: Connection, table: str, without: tuple[str, ...]) -> list[tuple[object, ...]]:
    columns = []
    for row in await connection.execute_fetchall(f"PRAGMA table_info({table})"):
        column = str(row[1])
        if column == "id":
            columns += [f"(SELECT handle FROM {_OWN[table]} AS o WHERE o.id = {table}.id)"] if table in _OWN else []
        elif f"{table}.{column}" not in without:
            columns.append(
                f"({_NAMES[column].format(f'{table}.{column}')})" if column in _NAMES else f"{table}.{column}"
            )
    return [(table, *row) for row in await connection.execute_fetchall(f"SELECT {', '.join(columns)} FROM {table}")]
