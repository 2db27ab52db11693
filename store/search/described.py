"""Papers that fit a description in somebody's own words, which need not have all of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from store.models import Handle
from store.search import words
from store.search.bm25 import Bm25, TextCounts, WeightedTerm
from store.search.candidates import SearchTerm, sharing_words
from store.search.ranked import Text
from store.search.words import WordCounts
from store.storage.connection import Connection
from store.summaries.tokens import STOP_WORDS
from store.text.normalize import fold
from store.text.stems import stem

CANDIDATES = 240
"""Papers that share words with the description and are ranked, which bounds the time; by choice."""
SATURATION = 2.0
"""BM25's k1, above the usual 1.2, as a description says the same several times: in `tests.bench.described` the mean
reciprocal rank is 0.656 with 2 and 0.645 with 1.2."""
SIMILARITY_WEIGHT = 1.0
"""What the largest cosine of vectors counts, beside the largest score by words: 0.70 with 1, 0.67 with a half."""
SENTENCES_WEIGHT = 0.5
"""How much the mean vector of the description's sentences adds to that of the whole: with it 0.70, without 0.69."""
MOST_CHARACTERS = 4_000
"""Characters of a description that are read."""


class Description:
    """A description: how often each content word and each stem is in it."""

    def __init__(self, text: str) -> None:
        self.text = text[:MOST_CHARACTERS]
        found = [word for word in fold(self.text).split() if len(word) > 1 and word not in STOP_WORDS]
        self.words = Counter(found)
        self.stems = Counter(map(stem, found))


async def candidates(connection: Connection, asked: Description) -> tuple[list[Handle], WordCounts]:
    """Papers of the catalogue that share words with the description, and in how many papers its words are."""
    counts = await words.counts(connection, asked.words, asked.stems)
    forms = await words.forms(connection, asked.stems)
    terms = [
        SearchTerm(forms[one], times * math.log((counts.papers + 1) / (papers + 1)), papers)
        for one, times in asked.stems.items()
        if (papers := counts.stems.get(one, 0))
    ]
    return await sharing_words(connection, terms, CANDIDATES), counts


def scores(
    asked: Description, texts: Sequence[Text], counts: WordCounts, similarities: Mapping[Handle, float]
) -> dict[Handle, float]:
    """How well each text fits: the mean of BM25 over words and over stems, and the cosine of vectors.

    Each is a share of the largest; a paper without a vector counts as the others do on average.
    """
    counted = {one.handle: (TextCounts.of(one.title), TextCounts.of(one.abstract)) for one in texts}
    by_words = _bm25(asked.words, counts.words, counts, counted, exact=True)
    by_stems = _bm25(asked.stems, counts.stems, counts, counted, exact=False)
    most_similar = max(similarities.values(), default=0.0)
    usual = sum(similarities.values()) / len(similarities) if similarities else 0.0
    found = {}
    for one in texts:
        similar = similarities.get(one.handle, usual) / most_similar if most_similar > 0 else 0.0
        found[one.handle] = (by_words[one.handle] + by_stems[one.handle]) / 2 + SIMILARITY_WEIGHT * similar
    return found


def _bm25(
    asked: Mapping[str, int],
    holding: Mapping[str, int],
    counts: WordCounts,
    texts: Mapping[Handle, tuple[TextCounts, TextCounts]],
    *,
    exact: bool,
) -> dict[Handle, float]:
    terms = [WeightedTerm(word, exact, times, holding.get(word, 0)) for word, times in asked.items()]
    bm25 = Bm25(terms, counts.papers, counts.length, saturation=SATURATION, title_weight=1)
    found = {handle: bm25.score(title, abstract) for handle, (title, abstract) in texts.items()}
    most = max(found.values(), default=0.0) or 1.0
    return {handle: score / most for handle, score in found.items()}
