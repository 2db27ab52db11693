"""Query expansion: the words of the vocabulary that each word of a query may stand for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from store.lookup import scoring
from store.lookup.candidates import Alternative
from store.lookup.index.snapshot import Snapshot
from store.text.person_names import other_spellings


class QueryExpansion:
    """Expands the words of one query into clauses, each method more widely than the one before."""

    def __init__(self, words: Sequence[str], snapshot: Snapshot) -> None:
        self._words = words
        self._vocabulary = snapshot.vocabulary
        self._texts = snapshot.texts
        self._counts = [self._vocabulary.count(word) for word in words]
        self._spellings = cache(self._find_spellings)
        self._completions = cache(self._find_completions)

    def as_typed(self, *, names_otherwise: bool = False) -> list[list[Alternative]]:
        """The words as they are; the last one may be unfinished, and any two may be one.

        With `names_otherwise` also as a name may be spelt otherwise, unless it is one known word alone: all that is
        spelt otherwise would crowd out what is spelt so.
        """
        clauses = self._known()
        if not self._counts[-1] and len(self._words[-1]) > 1:
            clauses[-1] = list(self._completions(self._words[-1]))
        for at in range(len(self._words) - 1):
            if count := self._vocabulary.count(joined := self._words[at] + self._words[at + 1]):
                for clause in clauses[at : at + 2]:
                    clause.append(self._alternative(joined, count, scoring.JOINED_WEIGHT))
        if names_otherwise and (len(self._words) > 1 or not self._counts[0]):
            for word, clause in zip(self._words, clauses, strict=True):
                counts = {other: self._vocabulary.count(other) for other in other_spellings(word)}
                known = {other: count for other, count in sorted(counts.items()) if count}
                clause += self._any_of(known, 1 - scoring.ERROR_WEIGHT)
        return clauses

    def unknown_respelt(self) -> list[list[Alternative]]:
        """Unknown words with their nearest spelling; any word may be cut short, joined or split."""
        clauses = self._known()
        for word, count, clause in zip(self._words, self._counts, clauses, strict=True):
            if not count and len(word) >= 2:
                two = len(word) >= scoring.TWO_ERROR_LETTERS
                clause += self._spellings(word, 2)[:1] if two else self._spellings(word, 1)
                clause += self._splits(word)
            clause += self._completions(word)
        self._add_joined(clauses)
        return clauses

    def all_respelt(self) -> list[list[Alternative]]:
        """All words but frequent ones with all near spellings; any word may be cut short or joined."""
        clauses = self._known()
        for word, count, clause in zip(self._words, self._counts, clauses, strict=True):
            if len(word) >= 2 and count <= self._texts * scoring.FREQUENT:
                clause += self._spellings(word, 1 if len(word) < scoring.FAR_TWO_ERROR_LETTERS else 2)
                clause += self._completions(word)
        self._add_joined(clauses)
        return clauses

    def substrings(self) -> list[list[Alternative]]:
        """Unknown words as parts of others: `codebench` in `naturalcodebench`."""
        clauses = self._known()
        for word, count, clause in zip(self._words, self._counts, clauses, strict=True):
            if not count and len(word) >= scoring.SUBSTRING_LETTERS:
                found = self._vocabulary.containing(word, scoring.ALTERNATIVES)
                clause += self._any_of({match.word: match.texts for match in found}, scoring.SUBSTRING_WEIGHT)
        return clauses

    def _known(self) -> list[list[Alternative]]:
        return [
            [self._alternative(word, count)] if count else []
            for word, count in zip(self._words, self._counts, strict=True)
        ]

    def _alternative(self, expression: str, texts: int, factor: float = 1.0) -> Alternative:
        return Alternative(expression, texts, factor * math.log(1 + self._texts / (texts + 0.5)))

    def _any_of(self, counts: dict[str, int], factor: float) -> list[Alternative]:
        if not counts:
            return []
        expression = " OR ".join(counts)
        return [self._alternative(f"({expression})" if len(counts) > 1 else expression, sum(counts.values()), factor)]

    def _find_spellings(self, word: str, distance: int) -> list[Alternative]:
        """Words at most so many edits away, one alternative for each distance; a number has no other spelling."""
        by_distance: dict[int, dict[str, int]] = {}
        if not word.isdigit():
            for match in self._vocabulary.similar(word, distance, scoring.ALTERNATIVES):
                by_distance.setdefault(match.distance, {})[match.word] = match.texts
        return [
            alternative
            for edits, counts in by_distance.items()
            for alternative in self._any_of(counts, 1 - scoring.ERROR_WEIGHT * edits)
        ]

    def _find_completions(self, word: str) -> list[Alternative]:
        if len(word) < 3:
            return []
        found = self._vocabulary.completions(word, scoring.ALTERNATIVES)
        return self._any_of({match.word: match.texts for match in found}, scoring.COMPLETION_WEIGHT)

    def _splits(self, word: str) -> list[Alternative]:
        """Pairs of words that were typed as one."""
        pairs = []
        for at in range(2, len(word) - 1):
            left, right = self._vocabulary.count(word[:at]), self._vocabulary.count(word[at:])
            if left and right and left + right <= scoring.EXPRESSION_COST / 2:
                pairs.append(self._alternative(f"({word[:at]} AND {word[at:]})", min(left, right)))
        return sorted(pairs, key=lambda pair: pair.texts)[: scoring.SPLITS]

    def _add_joined(self, clauses: list[list[Alternative]]) -> None:
        """Add words that were typed as two or three to the clauses of all these."""
        for length in (2, 3):
            for at in range(len(self._words) - length + 1):
                joined = "".join(self._words[at : at + length])
                count = self._vocabulary.count(joined)
                alternatives = [self._alternative(joined, count, float(length))] if count else []
                whole = length == len(self._words)
                if whole or (length == 2 and not all(self._counts[at : at + 2])):
                    two = whole and len(joined) >= scoring.TWO_ERROR_LETTERS
                    alternatives += self._spellings(joined, 2 if two else 1)
                    alternatives += self._completions(joined)
                for clause in clauses[at : at + length]:
                    clause += alternatives
