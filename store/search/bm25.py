"""BM25 (Robertson et al. 1994): how well a text fits some terms, by how often and how rare they are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from store.text.stems import stem

B = 0.75
"""How much a long text counts less; as is usual."""


class WeightedTerm(NamedTuple):
    """A term, how often it was asked for, and how many papers have it. `words` is a stem unless it is `exact`."""

    words: str
    exact: bool
    times: float
    papers: int


class TextCounts(NamedTuple):
    """A folded text, with how often each stem is in it."""

    text: str
    stems: Counter[str]
    length: int

    @classmethod
    def of(cls, text: str) -> TextCounts:
        """Count the words of a folded text."""
        words = text.split()
        return cls(f" {text} ", Counter(map(stem, words)), len(words))

    def times(self, term: WeightedTerm) -> int:
        """How often a term is in the text."""
        return self.text.count(f" {term.words} ") if term.exact else self.stems[term.words]


class Bm25:
    """The scores of texts in a store of `papers` with so many words on average; `saturation` is BM25's k1.

    `title_weight` is how often a term of the title counts.
    """

    def __init__(
        self, terms: Sequence[WeightedTerm], papers: int, length: float, *, saturation: float, title_weight: int
    ) -> None:
        # Where a former version's counts are too high, no word says less than nothing.
        papers = max([papers, *(term.papers for term in terms)])
        self._terms = [
            (term, term.times * math.log(1 + (papers - term.papers + 0.5) / (term.papers + 0.5))) for term in terms
        ]
        self._length = max(length, 1.0)
        self._saturation = saturation
        self._title_weight = title_weight

    def score(self, title: TextCounts, abstract: TextCounts) -> float:
        """From 0, where no term is there."""
        length = title.length + abstract.length
        norm = self._saturation * (1 - B + B * length / self._length)
        score = 0.0
        for term, weight in self._terms:
            times = self._title_weight * title.times(term) + abstract.times(term)
            score += weight * times * (self._saturation + 1) / (times + norm)
        return score
