"""Search without an index, while it is being built: scans the tables of papers and authors for the longest words."""

from __future__ import annotations

import sqlite3
import time

from store.lookup import exhaustive
from store.lookup.cascade import ScoredText
from store.lookup.index.fields import Field
from store.lookup.index.posting_lists import Text
from store.lookup.scoring import (
    FALLBACK_LONGEST,
    FALLBACK_ROWS,
    FALLBACK_SECONDS,
    FALLBACK_WORDS,
    MAX_QUERY,
)
from store.text.normalize import fold, words

_CHECK_INSTRUCTIONS = 10_000
"""Instructions of SQLite's virtual machine between two looks at the clock, about 0.5 ms."""


def search(connection: sqlite3.Connection, field: Field, query: str, limit: int) -> list[ScoredText]:
    """Rank the first rows that contain one of the longest words; when time is up, those read so far."""
    query_words = words(fold(query[:MAX_QUERY]))[:FALLBACK_WORDS]
    if not query_words:
        return []
    longest = sorted(set(query_words), key=lambda word: (-len(word), word))[:FALLBACK_LONGEST]
    end = time.monotonic() + FALLBACK_SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > end), _CHECK_INSTRUCTIONS)
    texts: list[Text] = []
    try:
        conditions = " OR ".join(f"{field.text} LIKE '%' || ? || '%'" for _ in longest)
        for id_, text in connection.execute(
            f"SELECT id, {field.text} FROM {field.source} WHERE {conditions} LIMIT ?", (*longest, FALLBACK_ROWS)
        ):
            texts.append(exhaustive.text_of(id_, field, text))
    except sqlite3.OperationalError:
        # Interrupted by the handler above: what was read so far has to do.
        if time.monotonic() <= end:
            raise
    finally:
        connection.set_progress_handler(None, 0)
    return exhaustive.search(field, query, texts, limit, FALLBACK_WORDS)
