"""Candidate generation: chooses the texts to rank, reading as few postings as will do.

Each word of the query is a clause: a list of alternatives, each an expression of FTS5. Texts that match every clause
come first. Where there are none, those that match alternatives of the largest total weight are chosen, each weighted
by its rarity.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from store.lookup.index.posting_lists import PostingLists
from store.lookup.index.prefix_index import Ids
from store.lookup.index.snapshot import Snapshot
from store.lookup.scoring import (
    ALTERNATIVE_COST,
    CANDIDATES,
    COOCCURRENCE,
    EXPRESSION_COST,
    FEW_TEXTS,
    FULL_SHARE,
    MAX_REQUIRED,
    MIN_SHARE,
    MORE_POSTINGS,
    QUERY_COST,
    RARE_POSTINGS,
    RARE_WORDS,
    SKIP_COST,
)


class Alternative(NamedTuple):
    """What a word of the query may stand for: an expression of FTS5, about how many texts match it, and its weight."""

    expression: str
    texts: int
    weight: float

    @property
    def cost(self) -> float:
        """Postings to read; those of words joined by OR cost more, because they are merged."""
        return _cost(self.texts, self.expression)


def _cost(texts: int, expression: str) -> float:
    return texts * (1 + expression.count(" OR ") / ALTERNATIVE_COST)


Clauses = Sequence[Sequence[Alternative]]
"""For each word of the query, what it may stand for; empty if nothing is known for it."""


class Candidates(NamedTuple):
    """Ids of texts to rank, and whether others that match as well had to be left out."""

    ids: list[int]
    truncated: bool


class CandidateGenerator:
    """Generates candidates for one query, within a limit of postings read."""

    def __init__(
        self, snapshot: Snapshot, postings: PostingLists, number: int, initials: int = 0, prefixes: int = 0
    ) -> None:
        self._snapshot = snapshot
        self._postings = postings
        self._number = max(CANDIDATES, number)
        self._initials = initials
        """`initial_signature` of the query; names need words with all these initials."""
        self._prefixes = prefixes
        """`prefix_signatures` of the query; titles that share more of it are preferred."""
        self._read: dict[str, Ids] = {}
        self._spent = 0.0

    def is_selective(self, clauses: Clauses) -> bool:
        """Whether the known clauses can be expected to match few texts."""
        required, total = self._required(clauses), max(1, self._snapshot.texts)
        expected = total * prod(COOCCURRENCE * clause.texts / total for clause in required)
        return expected < RARE_POSTINGS

    @staticmethod
    def _skipping_cost(clause: Alternative, required: Sequence[Alternative]) -> float:
        """Cost of a clause among others: FTS5 skips through its postings once for each text of the rarest one."""
        return min(clause.cost, SKIP_COST * required[0].texts)

    def matching_all(self, clauses: Clauses) -> Candidates:
        """Texts that match every clause. Frequent ones are left out if the others are selective enough."""
        required = self._required(clauses)
        if not required:
            return Candidates([], truncated=False)
        return self._most_promising(self._conjunction(required))

    def matching_all_but_one(self, clauses: Clauses) -> Candidates:
        """Texts that match every clause but one; none if the rarest clause is rare, so that `matching_most` will do."""
        required = self._required(clauses)
        if len(required) < 3 or required[0].texts * RARE_WORDS < RARE_POSTINGS:
            return Candidates([], truncated=False)
        ids = [
            self._conjunction([other for other in required if other is not omitted])
            for omitted in required[:4]
            if sum(other.cost for other in required if other is not omitted) < EXPRESSION_COST
        ]
        return self._most_promising(np.unique(np.concatenate(ids))) if ids else Candidates([], truncated=False)

    def _conjunction(self, clauses: Sequence[Alternative]) -> Ids:
        """Texts that match all of these."""
        expression = " AND ".join(f"({clause.expression})" for clause in clauses)
        return self._matching(expression, sum(clause.cost for clause in clauses))

    def _required(self, clauses: Clauses) -> list[Alternative]:
        """The rarest clauses, alternatives joined, until few texts can be expected to match them all."""
        total = max(1, self._snapshot.texts)
        joined = [
            Alternative(" OR ".join(dict.fromkeys(a.expression for a in clause)), sum(a.texts for a in clause), 0.0)
            for clause in clauses
            if clause
        ]
        required: list[Alternative] = []
        expected, cost = float(total), 0.0
        for clause in sorted(set(joined), key=lambda c: (c.cost, c.expression)):
            cost += self._skipping_cost(clause, [*required, clause])
            too_costly = cost > EXPRESSION_COST and expected < 4 * RARE_POSTINGS
            if required and (expected < FEW_TEXTS or len(required) == MAX_REQUIRED or too_costly):
                break
            expected *= min(1.0, (COOCCURRENCE if required else 1) * clause.texts / total)
            required.append(clause)
        return required

    def matching_most(self, clauses: Clauses) -> Candidates:
        """The texts that match alternatives of the largest total weight."""
        alternatives = sorted({a for clause in clauses for a in clause}, key=lambda a: (a.texts, a.expression))
        rare: list[Alternative] = []
        read = 0
        for alternative in alternatives:
            if rare and read + alternative.texts > (RARE_POSTINGS if len(rare) < RARE_WORDS else MORE_POSTINGS):
                break
            rare.append(alternative)
            read += alternative.texts
        if not rare:
            return Candidates([], truncated=False)
        frequent = [a for a in alternatives[len(rare) :] if min(a.cost, SKIP_COST * read) <= EXPRESSION_COST / 3][:3]
        among = " OR ".join(a.expression for a in rare)
        if read > RARE_POSTINGS and frequent:
            # Even the rarest alternative is frequent: only texts that match two of them.
            among = f"({among}) AND ({' OR '.join(a.expression for a in frequent)})"
            matches = [(self._matching(among, read + sum(a.cost for a in frequent)), 0.0)]
        else:
            matches = [(self._matching(a.expression, a.cost), a.weight) for a in rare]
        if read > self._number:
            cost = _cost(read, among)
            matches += [
                (self._matching(f"({a.expression}) AND ({among})", min(a.cost, SKIP_COST * read) + cost), a.weight)
                for a in frequent
            ]
        return self._heaviest(matches)

    def _heaviest(self, matches: Sequence[tuple[Ids, float]]) -> Candidates:
        """Of texts and the weights of what they match, those of the largest total weight."""
        ids = np.concatenate([found for found, _ in matches])
        weights = np.concatenate([np.full(len(found), weight, np.float32) for found, weight in matches])
        unique, at = np.unique(ids, return_inverse=True)
        sums = np.bincount(at, weights)
        least = MIN_SHARE * sums.max(initial=0.0)
        if len(sums) > self._number:
            least = max(least, np.partition(sums, len(sums) - self._number)[len(sums) - self._number])
        sure, equal = unique[sums > least], unique[sums == least]
        room = max(0, self._number - len(sure))
        best, complete = self._snapshot.doc_values.most_shared_prefixes(equal, room, self._prefixes)
        truncated = not complete and least > FULL_SHARE * sums.max(initial=0.0)
        return Candidates([*sure.tolist(), *best.tolist()], bool(truncated))

    def _most_promising(self, ids: Ids) -> Candidates:
        if self._initials:
            ids = self._snapshot.doc_values.with_initials(ids, self._initials)
        best, complete = self._snapshot.doc_values.most_shared_prefixes(ids, 3 * self._number, self._prefixes)
        return Candidates(best.tolist(), not complete)

    def _matching(self, expression: str, cost: float) -> Ids:
        ids = self._read.get(expression)
        if ids is None:
            if self._spent and self._spent + cost > QUERY_COST:
                return np.zeros(0, np.uint32)
            self._spent += cost
            ids = self._read[expression] = self._postings.matching(expression, 2 * RARE_POSTINGS)
        return ids
