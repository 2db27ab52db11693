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

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from store.lookup.index.posting_lists import Text

Pairs = tuple[tuple[str, str], ...]

_MOST_ERRORS = 3
ALIGNED, ALIGNED_AT_ONCE = 48, 6
"""Candidates whose words are aligned, the likeliest first, so many at once, until they are far behind the best."""
_FIRST_LETTER = 0.65
"""Quality of an initial that may stand for a name typed in full, or for any other."""
_WITHIN, PART = 0.7, 5
"""Quality of a part of a word that is not its beginning, and the letters that it has to have."""
_LONG = 8
"""Letters from which a word may have two typing errors and be beyond doubt."""
_FAR_BEHIND = 0.08


EXACT, HEADED, BEGUN, ALIKE = 1.0, 0.99, 0.98, 0.97
"""Scores: the same text, the same acronym, the same beginning; and the most that anything else can have."""
FITS = 0.6
"""A text of this score is what was asked for, give or take some letters; below it is merely the closest."""
_ERROR, _ERROR_IN_ALL = 0.02, 0.005
"""What a typing error takes off, in a beginning and in a whole text."""


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
        self._digits = _digits(folded)
        self._errors = 0 if len(folded) < 4 else 1 if len(folded) < 12 else 2
        """Typing errors that a beginning may have."""
        self._near: list[dict[str, float]] = [{} for _ in words]
        """For each word of the query, the words of candidates that it may stand for, with their qualities."""
        self._compared: set[str] = set()
        self._alike = len(words) == 1 or (names and any(len(word) == 1 for word in words))
        self._joins = {
            joined: range(at, at + length)
            for length in (2, 3)
            for at in range(len(words) - length + 1)
            if (joined := "".join(words[at : at + length]))
        }

    def rank(self, texts: Sequence[Text]) -> list[Ranked]:
        """The candidates, best known first, with their scores; weak ones are left out if there are many."""
        begun = self._begun(texts)
        ranked = [self._beginning(text, begun[text.id]) for text in texts if text.id in begun]
        # A text may begin like what is in it as typed: `Jing Jiang`.
        others = [text for text in texts if text.id not in begun or (begun[text.id] and self._folded in text.folded)]
        if self._alike:
            # All that hold the word are alike; which are wanted, only popularity can tell.
            others = others[: 2 * ALIGNED]
        elif len(others) > ALIGNED_AT_ONCE:
            others = self._likeliest(others)
        best = 0.0
        for start in range(0, len(others), ALIGNED_AT_ONCE):
            some = others[start : start + ALIGNED_AT_ONCE]
            self._compare({word for text in some for word in text.folded.split()})
            scored = [self._score(text) for text in some]
            ranked += scored
            promising = max(r.score for r in scored)
            if promising < best - _FAR_BEHIND:
                break
            best = max(best, promising)
        return ranked

    def _beginning(self, text: Text, errors: int) -> Ranked:
        matched = tuple(zip(self._words, text.folded.split(), strict=False))
        whole = abs(len(text.folded) - len(self._folded)) <= errors
        if errors:
            score = ALIKE - (_ERROR_IN_ALL if whole else _ERROR) * errors
            return Ranked(text, score, matched, 1.0 if whole or not self._names else 0.0)
        return Ranked(text, EXACT if whole else BEGUN, matched, 1.0)

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
                    (
                        OSA.distance(self._folded, text.folded[:end], score_cutoff=errors)
                        for end in range(length - errors, length + errors + 1)
                        if self._digits == _digits(text.folded[:end])
                    ),
                    default=errors + 1,
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

    def _compare(self, others: set[str]) -> None:
        """Find out which of these words the words of the query may stand for."""
        new = sorted(others - self._compared)
        self._compared |= others
        if not new:
            return
        distances = process.cdist(self._words, new, scorer=OSA.distance, score_cutoff=_MOST_ERRORS)
        for word, near, apart in zip(self._words, self._near, distances, strict=True):
            # What comes later is the better reading.
            if len(word) >= PART:
                near |= {other: _WITHIN for other in new if word in other}
            if self._names:
                near |= {other: _FIRST_LETTER for other in new if len(other) == 1 and word.startswith(other)}
            near |= {other: self._cut_short(word, other) for other in new if other.startswith(word)}
            for at in np.flatnonzero(apart <= _errors(word)).tolist():
                other, distance = new[at], int(apart[at])
                if not distance or not (word.isdigit() and other.isdigit()):
                    near[other] = max(0.0, 1 - 1.2 * distance / max(len(word), len(other)))
            if len(word) >= 4:
                longer = [other for other in new if len(other) > len(word) and other not in near]
                starts = [other[: len(word)] for other in longer]
                for _, _, at in process.extract(word, starts, scorer=OSA.distance, score_cutoff=1, limit=None):
                    near[longer[at]] = 0.6

    def _cut_short(self, word: str, other: str) -> float:
        if len(word) == 1:
            return 0.95 if self._names else 0.4
        return 0.75 + 0.2 * len(word) / len(other)

    def _score(self, text: Text) -> Ranked:
        """Align the words of the query with those of the text."""
        there = text.folded.split()
        at = {word: place for place, word in reversed(list(enumerate(there)))}
        places = [at.get(word, -1) for word in self._words]
        qualities = [1.0 if place >= 0 else 0.0 for place in places]
        used = {place for place in places if place >= 0}
        if 0.0 in qualities:
            self._joined(there, at, text.extra, places, qualities, used)
            for i, near in enumerate(self._near):
                if qualities[i] == 0.0:
                    for other in near.keys() & at.keys():
                        if near[other] > qualities[i] and at[other] not in used:
                            qualities[i], places[i] = near[other], at[other]
                    used.add(places[i])
            used.discard(-1)
        asked = sum(q * w for q, w in zip(qualities, self._weights, strict=True)) / self._total
        matched = tuple((w, there[place]) for w, place in zip(self._words, places, strict=True) if place >= 0)
        least = min(qualities)
        if self._names and least >= 0.95:
            whole = places[-1] == len(there) - 1 and (len(places) == 1 or places[0] == 0) and len(self._words[-1]) > 1
            ordered = -1 not in places and all(a < b for a, b in pairwise(places))
            return Ranked(text, BEGUN if ordered and whole else ALIKE, matched, least)
        covered = sum(len(there[place]) for place in used) / (sum(map(len, there)) or 1)
        score = 0.62 * asked + 0.12 * covered + 0.26 * self._whole(text.folded, there)
        return Ranked(text, min(ALIKE, score), matched, least)

    def _joined(
        self,
        there: list[str],
        at: dict[str, int],
        extra: str,
        places: list[int],
        qualities: list[float],
        used: set[int],
    ) -> None:
        """Two or three words of the query that are one of the text, and one that is two or three."""
        for joined in self._joins.keys() & at.keys():
            for i in self._joins[joined]:
                qualities[i], places[i] = 0.98, at[joined]
            used.add(at[joined])
        wanted = {word: i for i, word in enumerate(self._words) if qualities[i] == 0.0 and len(word) > 1}
        for word in extra.split() if wanted and extra else ():
            if word in wanted:
                qualities[wanted[word]] = 0.98
        for length in (2, 3) if wanted else ():
            for place in range(len(there) - length + 1):
                i = wanted.get("".join(there[place : place + length]), -1)
                if i >= 0:
                    qualities[i], places[i] = 0.98, place
                    used.update(range(place, place + length))

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


def beyond_doubt(matched: Pairs) -> bool:
    """Whether all words may well stand for those of the text: `simcse` is another system than `simsem`."""
    return all(
        other.startswith(word)
        or (len(matched) > 1 and (word in other or other in word))
        or OSA.distance(word, other) <= (1 if len(word) < _LONG else 2)
        for word, other in matched
    )


def _digits(text: str) -> str:
    """The digits in order: another number is another paper, not a misspelt one."""
    return "".join(filter(str.isdigit, text))


def _errors(word: str) -> int:
    """Typing errors that a word may have and still stand for another."""
    return 0 if len(word) < 2 else 1 if len(word) < 5 else 2 if len(word) < 9 else _MOST_ERRORS


def weight(word: str, texts: int, total: int) -> float:
    """What a word counts that `texts` of `total` texts hold, or of which it is not known (0)."""
    rarity = math.log(1 + max(total, 10_000) / (texts + 0.5)) if texts else 6.0
    return rarity * min(len(word), 5) / 5
