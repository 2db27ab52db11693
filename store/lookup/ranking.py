"""How well a text answers a query: words aligned with words, and the whole read as one string.

Each word of the query is given the word of the text that it fits best, with a quality in 0..1: the same word, its
beginning, a misspelling, two words in one, or one in two. A word counts by how rare it is (inverse document
frequency, Spärck Jones 1972). Beside that stands the similarity of the whole strings, which knows the order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from store.lookup.postings import Text

Pairs = tuple[tuple[str, str], ...]

ALIGNED = 48
"""Candidates whose words are aligned; the others are told apart by the similarity of strings alone."""


EXACT, HEADED, BEGUN, ALIKE = 1.0, 0.99, 0.98, 0.97
"""Scores: the same text, the same acronym, the same beginning; and the most that anything else can have."""
_ERROR = 0.02
"""What a typing error in a beginning takes off."""


class Ranked(NamedTuple):
    """A candidate with its score in 0..1, the words that stood for one another, and the least quality of these."""

    text: Text
    score: float
    matched: Pairs
    least: float


class Ranker:
    """Scores candidates for one query."""

    def __init__(self, folded: str, words: Sequence[str], weights: Sequence[float], names: bool) -> None:
        self._folded = folded
        self._words = words
        self._weights = weights
        self._total = sum(weights)
        self._names = names
        self._errors = 0 if len(folded) < 4 else 1 if len(folded) < 12 else 2
        """Typing errors that a beginning may have."""
        self._qualities: dict[tuple[str, str], float] = {}

    def rank(self, texts: Sequence[Text]) -> list[Ranked]:
        """The candidates with their scores, in any order; weak ones are left out if there are many."""
        begun = self._begun(texts)
        others = [text for text in texts if text.id not in begun]
        if len(others) > ALIGNED:
            others = self._likeliest(others)
        return [
            *(self._score(text)._replace(score=ALIKE - _ERROR * begun[text.id]) for text in texts if text.id in begun),
            *map(self._score, others),
        ]

    def _begun(self, texts: Sequence[Text]) -> dict[int, int]:
        """Texts that begin with the query but for typing errors, and how many."""
        length, errors = len(self._folded), self._errors
        if not errors:
            return {}
        near = process.cdist(
            [self._folded], [t.folded[:length] for t in texts], scorer=OSA.distance, score_cutoff=2 * errors
        )[0]
        found = {}
        for text, distance in zip(texts, near.tolist(), strict=True):
            if distance <= 2 * errors:
                # A missing letter shifts what the beginning is compared with by one.
                exact = min(
                    OSA.distance(self._folded, text.folded[:end], score_cutoff=errors)
                    for end in range(length - errors, length + errors + 1)
                )
                if exact <= errors:
                    found[text.id] = exact
        return found

    def _likeliest(self, texts: Sequence[Text]) -> list[Text]:
        choices = [text.folded for text in texts]
        whole = process.cdist([self._folded], choices, scorer=fuzz.token_sort_ratio)[0]
        wanted = dict(zip(self._words, self._weights, strict=True))
        shared = [
            100 * sum(wanted[word] for word in wanted.keys() & set(choice.split())) / self._total for choice in choices
        ]
        order = sorted(range(len(texts)), key=lambda i: -(float(whole[i]) + shared[i]))
        return [texts[i] for i in order[:ALIGNED]]

    def _score(self, text: Text) -> Ranked:
        """Align the words of the query with those of the text."""
        there = text.folded.split()
        places: list[int | None] = [None] * len(self._words)
        qualities = [0.0] * len(self._words)
        partner = [""] * len(self._words)
        used: set[int] = set()
        at: dict[str, int] = {word: place for place, word in reversed(list(enumerate(there)))}
        for i, word in enumerate(self._words):
            found = at.get(word)
            if found is not None:
                qualities[i], partner[i], places[i] = 1.0, word, found
                used.add(found)
        if None in places:
            self._joined(there, text.extra, qualities, partner, used)
            for i, word in enumerate(self._words):
                if qualities[i] < 0.98:
                    best, where = qualities[i], -1
                    for place, other in enumerate(there):
                        if place not in used and (quality := self._quality(word, other)) > best:
                            best, where = quality, place
                    if where >= 0:
                        qualities[i], partner[i], places[i] = best, there[where], where
                        used.add(where)
        asked = sum(q * w for q, w in zip(qualities, self._weights, strict=True)) / self._total
        matched = tuple((w, p) for w, p in zip(self._words, partner, strict=True) if p)
        least = min(qualities)
        if self._names and least >= 0.95:
            ordered = all(a is not None and b is not None and a < b for a, b in pairwise(places))
            return Ranked(text, BEGUN if ordered else ALIKE, matched, least)
        covered = sum(len(there[place]) for place in used) / (sum(map(len, there)) or 1)
        score = 0.62 * asked + 0.12 * covered + 0.26 * self._whole(text.folded, there)
        return Ranked(text, min(ALIKE, score), matched, least)

    def _whole(self, folded: str, there: list[str]) -> float:
        """The similarity of the strings, in 0..1."""
        best = max(fuzz.ratio(self._folded, folded), 0.95 * fuzz.token_sort_ratio(self._folded, folded))
        if self._names:
            joined = "".join(self._words)
            for turn in range(min(len(there), 4)):
                best = max(best, fuzz.ratio(joined, "".join(there[turn:] + there[:turn])))
        elif len(self._folded) < 0.8 * len(folded):
            best = max(best, 0.9 * fuzz.partial_ratio(self._folded, folded))
        return best / 100

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
            known = self._qualities[key] = _quality(word, other, self._names)
        return known


def _quality(word: str, other: str, names: bool) -> float:
    if len(word) == 1:
        return (0.95 if names else 0.4) if other.startswith(word) else 0.0
    if other.startswith(word):
        return 0.75 + 0.2 * len(word) / len(other)
    if names and len(other) == 1 and word.startswith(other):
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
