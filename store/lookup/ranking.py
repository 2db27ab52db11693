"""How well a text answers a query: words aligned with words, and the whole read as one string.

Each word of the query is given the word of the text that it fits best, with a quality in 0..1: the same word, its
beginning, a misspelling, two words in one, or one in two. A word counts by how rare it is (inverse document
frequency, Spärck Jones 1972). Beside that stands the similarity of the whole strings, which knows the order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from store.lookup.postings import Text

Pairs = tuple[tuple[str, str], ...]

ALIGNED = 48
"""Candidates whose words are aligned; the others are told apart by the similarity of strings alone."""


class Ranked(NamedTuple):
    """A candidate with its score in 0..1 and the words that stood for one another."""

    text: Text
    score: float
    matched: Pairs


class Ranker:
    """Scores candidates for one query."""

    def __init__(self, folded: str, words: Sequence[str], weights: Sequence[float], initials: bool) -> None:
        self._folded = folded
        self._words = words
        self._weights = weights
        self._total = sum(weights)
        self._initials = initials
        self._qualities: dict[tuple[str, str], float] = {}

    def rank(self, texts: Sequence[Text]) -> list[Ranked]:
        """The candidates with their scores, in the order given; weak ones are left out if there are many."""
        if len(texts) > ALIGNED:
            texts = self._likeliest(texts)
        return [self.score(text) for text in texts]

    def _likeliest(self, texts: Sequence[Text]) -> list[Text]:
        choices = [text.folded for text in texts]
        whole = process.cdist([self._folded], choices, scorer=fuzz.token_sort_ratio)[0]
        wanted = dict(zip(self._words, self._weights, strict=True))
        shared = [
            100 * sum(wanted[word] for word in wanted.keys() & set(choice.split())) / self._total for choice in choices
        ]
        order = sorted(range(len(texts)), key=lambda i: -(float(whole[i]) + shared[i]))
        return [texts[i] for i in order[:ALIGNED]]

    def score(self, text: Text) -> Ranked:
        """Align the words of the query with those of the text."""
        there = text.folded.split()
        at: dict[str, int] = {}
        for place, word in enumerate(there):
            at.setdefault(word, place)
        qualities = [0.0] * len(self._words)
        partner = [""] * len(self._words)
        used: set[int] = set()
        for i, word in enumerate(self._words):
            found = at.get(word)
            if found is not None:
                qualities[i], partner[i] = 1.0, word
                used.add(found)
        if len(used) < len(self._words):
            self._joined(there, text.extra, qualities, partner, used)
            for i, word in enumerate(self._words):
                if qualities[i] < 1.0:
                    best, where = qualities[i], -1
                    for place, other in enumerate(there):
                        if place not in used and (quality := self._quality(word, other)) > best:
                            best, where = quality, place
                    if where >= 0:
                        qualities[i], partner[i] = best, there[where]
                        used.add(where)
        asked = sum(q * w for q, w in zip(qualities, self._weights, strict=True)) / self._total
        length = sum(map(len, there)) or 1
        covered = sum(len(there[place]) for place in used) / length
        whole = fuzz.ratio(self._folded, text.folded) / 100
        if len(self._folded) < 0.8 * len(text.folded):
            whole = max(whole, 0.9 * fuzz.partial_ratio(self._folded, text.folded) / 100)
        score = 0.62 * asked + 0.12 * covered + 0.26 * whole
        return Ranked(text, min(1.0, score), tuple((w, p) for w, p in zip(self._words, partner, strict=True) if p))

    def _joined(self, there: list[str], extra: str, qualities: list[float], partner: list[str], used: set[int]) -> None:
        """Two words of the query that are one of the text, and one that is two."""
        others = extra.split()
        at = {word: place for place, word in enumerate(there)}
        for i in range(len(self._words) - 1):
            if qualities[i] == 1.0 and qualities[i + 1] == 1.0:
                continue
            for n in (2, 3):
                joined = "".join(self._words[i : i + n])
                if joined in at:
                    for k in range(i, min(i + n, len(self._words))):
                        qualities[k], partner[k] = 0.98, joined
                    used.add(at[joined])
        for i, word in enumerate(self._words):
            if qualities[i] == 1.0 or len(word) < 2:
                continue
            if word in others:
                qualities[i], partner[i] = 1.0, word
            for place in range(len(there)):
                joined, end = there[place], place + 1
                while end < len(there) and len(joined) < len(word) and word.startswith(joined):
                    joined += there[end]
                    end += 1
                if joined == word and end > place + 1:
                    qualities[i], partner[i] = 0.98, " ".join(there[place:end])
                    used.update(range(place, end))
                    break

    def _quality(self, word: str, other: str) -> float:
        key = (word, other)
        known = self._qualities.get(key)
        if known is None:
            known = self._qualities[key] = _quality(word, other, self._initials)
        return known


def _quality(word: str, other: str, initials: bool) -> float:
    if len(word) == 1:
        return (0.95 if initials else 0.4) if other.startswith(word) else 0.0
    if other.startswith(word):
        return 0.75 + 0.2 * len(word) / len(other)
    if initials and len(other) == 1 and word.startswith(other):
        return 0.7
    allowed = 1 if len(word) < 5 else 2 if len(word) < 9 else 3
    distance = OSA.distance(word, other, score_cutoff=allowed)
    if distance <= allowed:
        return max(0.0, 1 - 1.2 * distance / max(len(word), len(other)))
    if len(word) >= 4 and len(other) > len(word):
        distance = OSA.distance(word, other[: len(word)], score_cutoff=1)
        if distance <= 1:
            return 0.6
    return 0.0


def weight(word: str, texts: int, total: int) -> float:
    """What a word counts that `texts` of `total` texts hold, or of which it is not known (0)."""
    rarity = math.log(1 + max(total, 10_000) / (texts + 0.5)) if texts else 6.0
    return rarity * min(len(word), 5) / 5


Weigh = Callable[[str], float]
