"""Choosing texts to rank: those that hold what the words of a query may stand for, from as few postings as will do.

For each word of the query there is a place with groups of words that it may stand for. Texts with something for every
place come first; where there is none that will do, those that hold the most, each group counting by how rare it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from store.lookup.index.posting_lists import Postings
from store.lookup.index.prefix_index import Ids
from store.lookup.index.snapshot import Memory

CANDIDATES = 100
"""Texts that are ranked at a time, unless more are asked for."""
READ = 6_000
"""Postings of rare words that are brought into memory at a time."""
AFFORDED, BUDGET = 120_000, 400_000
"""Cost of one expression, about 5 ms, from which words are left out of it; and of all of a look-up."""
_FEW = 20
"""Texts that are few enough, so that no more words have to be asked for."""
_SKIP = 60
"""Postings that could be read in the time that it takes to skip to a given text."""
_TOGETHER = 4
"""How many times oftener than by chance words of one text are in another together: words of a field keep company."""
_WORDS, _POSTINGS = 3, 600
"""Rare words that are read in any case, and postings from which no more are."""
_SHARE = 0.5
"""Of the most that any text holds of the query, the share that a candidate has to hold."""


class Group(NamedTuple):
    """What a word of the query may stand for: an expression of FTS5, about how many texts match it, what it counts."""

    expression: str
    texts: int
    weight: float

    @property
    def cost(self) -> float:
        """Postings that are read, each compared with those of the other alternatives."""
        return _cost(self.texts, self.expression)


def _cost(texts: int, expression: str) -> float:
    return texts * (1 + expression.count(" OR ") / 8)


Places = Sequence[Sequence[Group]]


class Chosen(NamedTuple):
    """Ids of texts, and whether others that hold as much had to be left out."""

    ids: list[int]
    crowded: bool


class Chooser:
    """Chooses candidates for one query."""

    def __init__(self, memory: Memory, postings: Postings, number: int, initials: int = 0, starts: int = 0) -> None:
        self._memory = memory
        self._postings = postings
        self._number = max(CANDIDATES, number)
        self._initials = initials
        """Letters that words of a name have to begin with besides."""
        self._starts = starts
        """Beginnings of words that the likeliest titles have."""
        self._read: dict[str, Ids] = {}
        self._spent = 0.0

    def single_out(self, places: Places) -> bool:
        """Whether the places that have something are of few enough texts, at little enough cost."""
        chosen, total = self._sufficient(places), max(1, self._memory.texts)
        expected = total * prod(_TOGETHER * group.texts / total for group in chosen)
        return expected < READ and sum(self._skipping(group, chosen) for group in chosen) < 2 * BUDGET

    @staticmethod
    def _skipping(group: Group, chosen: Sequence[Group]) -> float:
        """The cost of a group among others: FTS5 goes through it once for each text of the first, the rarest."""
        return min(group.cost, _SKIP * chosen[0].texts)

    def with_all(self, places: Places) -> Chosen:
        """Texts with something for each place, as far as more places make a difference; common words are left out."""
        chosen = self._sufficient(places)
        if not chosen:
            return Chosen([], crowded=False)
        return self._best(self._having(chosen))

    def with_all_but_one(self, places: Places) -> Chosen:
        """The same but for one place. For words of which even the rarest is common; nothing otherwise."""
        chosen = self._sufficient(places)
        if len(chosen) < 3 or chosen[0].texts * _WORDS < READ:
            return Chosen([], crowded=False)
        ids = [
            self._having([other for other in chosen if other is not left_out])
            for left_out in chosen[:4]
            if sum(other.cost for other in chosen if other is not left_out) < AFFORDED
        ]
        return self._best(np.unique(np.concatenate(ids))) if ids else Chosen([], crowded=False)

    def _having(self, groups: Sequence[Group]) -> Ids:
        """Texts that hold all of these."""
        expression = " AND ".join(f"({group.expression})" for group in groups)
        return self._matching(expression, sum(group.cost for group in groups))

    def _sufficient(self, places: Places) -> list[Group]:
        """The rarest places, each as one group, until few texts can be expected to have them all."""
        total = max(1, self._memory.texts)
        merged = [
            Group(" OR ".join(dict.fromkeys(group.expression for group in place)), sum(g.texts for g in place), 0.0)
            for place in places
            if place
        ]
        chosen: list[Group] = []
        expected, cost = float(total), 0.0
        for group in sorted(set(merged), key=lambda g: (g.cost, g.expression)):
            cost += self._skipping(group, [*chosen, group])
            if chosen and (expected < _FEW or len(chosen) == 6 or (cost > AFFORDED and expected < 4 * READ)):
                break
            expected *= min(1.0, (_TOGETHER if chosen else 1) * group.texts / total)
            chosen.append(group)
        return chosen

    def with_most(self, places: Places) -> Chosen:
        """The texts that hold the most of all groups."""
        groups = sorted({group for place in places for group in place}, key=lambda g: (g.texts, g.expression))
        rare: list[Group] = []
        read = 0
        for group in groups:
            if rare and read + group.texts > (READ if len(rare) < _WORDS else _POSTINGS):
                break
            rare.append(group)
            read += group.texts
        if not rare:
            return Chosen([], crowded=False)
        common = [group for group in groups[len(rare) :] if min(group.cost, _SKIP * read) <= AFFORDED / 3][:3]
        among = " OR ".join(group.expression for group in rare)
        if read > READ and common:
            # Even the rarest is common: only texts that hold two of them.
            among = f"({among}) AND ({' OR '.join(group.expression for group in common)})"
            held = [(self._matching(among, read + sum(group.cost for group in common)), 0.0)]
        else:
            held = [(self._matching(group.expression, group.cost), group.weight) for group in rare]
        if read > self._number:
            cost = _cost(read, among)
            held += [
                (
                    self._matching(f"({group.expression}) AND ({among})", min(group.cost, _SKIP * read) + cost),
                    group.weight,
                )
                for group in common
            ]
        ids = np.concatenate([found for found, _ in held])
        weights = np.concatenate([np.full(len(found), weight, np.float32) for found, weight in held])
        unique, at = np.unique(ids, return_inverse=True)
        sums = np.bincount(at, weights)
        least = _SHARE * sums.max(initial=0.0)
        if len(sums) > self._number:
            least = max(least, np.partition(sums, len(sums) - self._number)[len(sums) - self._number])
        sure, equal = unique[sums > least], unique[sums == least]
        best, all_there = self._memory.traits.closest(equal, max(0, self._number - len(sure)), self._starts)
        crowded = not all_there and least > 0.8 * sums.max(initial=0.0)
        return Chosen([*sure.tolist(), *best.tolist()], bool(crowded))

    def _best(self, ids: Ids) -> Chosen:
        if self._initials:
            ids = self._memory.traits.with_initials(ids, self._initials)
        best, all_there = self._memory.traits.closest(ids, 3 * self._number, self._starts)
        return Chosen(best.tolist(), not all_there)

    def _matching(self, expression: str, cost: float) -> Ids:
        ids = self._read.get(expression)
        if ids is None:
            if self._spent and self._spent + cost > BUDGET:
                return np.zeros(0, np.uint32)
            self._spent += cost
            ids = self._read[expression] = self._postings.matching(expression, 2 * READ)
        return ids
