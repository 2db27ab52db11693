"""The plainer way to look up, while there is no index: the words as they stand, in the tables of papers and authors."""

from __future__ import annotations

import sqlite3
import time

from store.lookup.cascade import MAX_QUERY, Found
from store.lookup.index.fields import Kind
from store.lookup.index.posting_lists import Text
from store.lookup.reranker import Ranker, weight
from store.text.normalize import fold, words

_ROWS = 2_000
_SECONDS = 0.5
_INSTRUCTIONS = 10_000


def look_up(connection: sqlite3.Connection, kind: Kind, query: str, limit: int) -> list[Found]:
    """The best of the first few thousand texts with one of the longest words; after half a second, those so far."""
    folded = fold(query[:MAX_QUERY])
    asked = words(folded)[:8]
    if not asked:
        return []
    longest = sorted(set(asked), key=lambda word: (-len(word), word))[:3]
    end = time.monotonic() + _SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > end), _INSTRUCTIONS)
    texts: list[Text] = []
    try:
        conditions = " OR ".join(f"{kind.text} LIKE '%' || ? || '%'" for _ in longest)
        for id_, text in connection.execute(
            f"SELECT id, {kind.text} FROM {kind.source} WHERE {conditions} LIMIT ?", (*longest, _ROWS)
        ):
            texts.append(Text(id_, fold(text), ""))
    except sqlite3.OperationalError:
        # Interrupted by the handler above: what has been found so far has to do.
        if time.monotonic() <= end:
            raise
    finally:
        connection.set_progress_handler(None, 0)
    ranker = Ranker(folded, asked, [weight(word, 0, 0) for word in asked], names=not kind.has_heads)
    found = [Found(r.text.id, r.text.folded, r.score, r.matched) for r in ranker.rank(texts)]
    return sorted(found, key=lambda f: (-round(f.score, 2), f.id))[:limit]
