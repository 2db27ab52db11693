"""Search over a few texts without an index: every one is ranked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from store.lookup import scoring
from store.lookup.cascade import ScoredText
from store.lookup.index.fields import Field
from store.lookup.index.posting_lists import Text
from store.lookup.index.writer import index_row
from store.lookup.reranker import Reranker, WordPairs
from store.text.normalize import HEAD, fold, words

_indexed = lru_cache(maxsize=20_000)(index_row)
"""Folding takes longer than ranking, and the same texts are searched at every keystroke."""


def text_of(id_: int, field: Field, text: str) -> Text:
    """A text of a field in the form in which it is compared."""
    return Text(id_, *_indexed(field, text))


def search(field: Field, query: str, texts: Sequence[Text], limit: int, most_words: int) -> list[ScoredText]:
    """The texts by how well they match the query, best first; only its first `most_words` words are looked at."""
    folded = fold(query[: scoring.MAX_QUERY])
    query_words = words(folded)[:most_words]
    if not query_words:
        return []
    weights = [scoring.word_weight(word, 0, 0) for word in query_words]
    reranker = Reranker(folded, query_words, weights, names=not field.has_acronyms)
    best = {r.text.id: ScoredText(r.text.id, r.text.folded, r.score, r.matched) for r in reranker.rank(texts)}
    acronym = "".join(query_words) + HEAD
    for text in texts:
        if (score := _whole_score(text, folded, acronym)) and (text.id not in best or best[text.id].score < score):
            best[text.id] = ScoredText(text.id, text.folded, score, _in_order(query_words, text))
    return sorted(best.values(), key=lambda f: (-round(f.score, 2), f.id))[:limit]


def _whole_score(text: Text, folded: str, acronym: str) -> float:
    if text.folded == folded:
        return scoring.EXACT
    if acronym in text.extra.split():
        return scoring.ACRONYM
    return scoring.PREFIX if text.folded.startswith(folded) else 0.0


def _in_order(query_words: Sequence[str], text: Text) -> WordPairs:
    return tuple(zip(query_words, text.folded.split(), strict=False))
