"""What the words of a query may stand for, as groups of words that there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from store.lookup.candidates import AFFORDED, Group
from store.lookup.index.snapshot import Memory
from store.lookup.reranker import PART

_ALTERNATIVES = 24
"""Words that one word may stand for in one way."""
_CUTS = 3
"""Places at which a word may be two, those with the rarest words."""
_TRUSTED = 0.002
"""Share of texts with a word from which it is hardly a misspelling of another."""
_TWO_ERRORS = 6
"""Letters from which a word may have two errors."""


class Meanings:
    """The groups for the words of one query."""

    def __init__(self, words: Sequence[str], memory: Memory) -> None:
        self._words = words
        self._lexicon = memory.lexicon
        self._texts = memory.texts
        self._counts = [self._lexicon.count(word) for word in words]
        self._spelt = cache(self._like)
        self._completed = cache(self._begun_by)

    def typed(self) -> list[list[Group]]:
        """The words as they are; the last one may be unfinished."""
        places = [
            [self._group(word, count)] if count else [] for word, count in zip(self._words, self._counts, strict=True)
        ]
        if not self._counts[-1] and len(self._words[-1]) > 1:
            places[-1] = self._completed(self._words[-1])
        for at in range(len(self._words) - 1):
            if count := self._lexicon.count(joined := self._words[at] + self._words[at + 1]):
                for place in places[at : at + 2]:
                    place.append(self._group(joined, count, 2.0))
        return places

    def near(self) -> list[list[Group]]:
        """Unknown words with their likeliest spelling; any may be cut short, run together or typed as two."""
        places = []
        for word, count in zip(self._words, self._counts, strict=True):
            place = [self._group(word, count)] if count else []
            if not count and len(word) >= 2:
                place += self._spelt(word, 2)[:1] if len(word) >= _TWO_ERRORS else self._spelt(word, 1)
                place += self._cut(word)
            places.append(place + self._completed(word))
        self._together(places)
        return places

    def far(self) -> list[list[Group]]:
        """All words but the commonest may be misspelt, longer ones twice."""
        places = []
        for word, count in zip(self._words, self._counts, strict=True):
            place = [self._group(word, count)] if count else []
            if len(word) >= 2 and count <= self._texts * _TRUSTED:
                place += self._spelt(word, 1 if len(word) < 4 else 2)
                place += self._completed(word)
            places.append(place)
        self._together(places)
        return places

    def within(self) -> list[list[Group]]:
        """Unknown longer words as parts of others: `codebench` of `naturalcodebench`."""
        places = []
        for word, count in zip(self._words, self._counts, strict=True):
            place = [self._group(word, count)] if count else []
            if not count and len(word) >= PART:
                parts = {like.word: like.texts for like in self._lexicon.containing(word, _ALTERNATIVES)}
                place += self._any_of(parts, 0.7)
            places.append(place)
        return places

    def _group(self, expression: str, texts: int, share: float = 1.0) -> Group:
        return Group(expression, texts, share * math.log(1 + self._texts / (texts + 0.5)))

    def _any_of(self, counts: dict[str, int], share: float) -> list[Group]:
        if not counts:
            return []
        expression = " OR ".join(counts)
        return [self._group(f"({expression})" if len(counts) > 1 else expression, sum(counts.values()), share)]

    def _like(self, word: str, distance: int) -> list[Group]:
        near: dict[int, dict[str, int]] = {}
        for like in self._lexicon.similar(word, distance, _ALTERNATIVES) if not word.isdigit() else ():
            near.setdefault(like.distance, {})[like.word] = like.texts
        return [group for apart, counts in near.items() for group in self._any_of(counts, 1 - 0.15 * apart)]

    def _begun_by(self, word: str) -> list[Group]:
        if len(word) < 3:
            return []
        completions = self._lexicon.completions(word, _ALTERNATIVES)
        return self._any_of({like.word: like.texts for like in completions}, 0.9)

    def _cut(self, word: str) -> list[Group]:
        """Two words that were run together."""
        groups = []
        for at in range(2, len(word) - 1):
            left, right = self._lexicon.count(word[:at]), self._lexicon.count(word[at:])
            if left and right and left + right <= AFFORDED / 2:
                groups.append(self._group(f"({word[:at]} AND {word[at:]})", min(left, right)))
        return sorted(groups, key=lambda group: group.texts)[:_CUTS]

    def _together(self, places: list[list[Group]]) -> None:
        """One word that was typed as two or three stands at the places of all."""
        for length in (2, 3):
            for at in range(len(self._words) - length + 1):
                joined = "".join(self._words[at : at + length])
                groups = [self._group(joined, count, float(length))] if (count := self._lexicon.count(joined)) else []
                whole = length == len(self._words)
                if whole or (length == 2 and not all(self._counts[at : at + 2])):
                    groups += self._spelt(joined, 2 if whole and len(joined) >= _TWO_ERRORS else 1)
                    groups += self._completed(joined)
                for place in places[at : at + length]:
                    place += groups
