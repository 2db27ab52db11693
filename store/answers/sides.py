"""The side of a sentence: whether it says what a question or claim says, or the contrary; None where that is not sure.

The rules read directions and denials, no meaning. What they cannot tell is unsure: a comparison, a claim with several
directions, a sentence that denies something else. `docs/asking.md` says how often they are right.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from store.answers.directions import Statement, is_direction, read_statement
from store.answers.question import Question, TermWeights
from store.models import Paper
from store.text.normalize import fold
from store.text.stems import stem

Side = Literal["for", "against"]

LEAST_COVERED, LEAST_COVERED_BY_PAPER = 0.15, 0.5
"""Share of the weight of a question's terms, but for directions, that a sentence has which is on a side, and its title
and abstract together: by choice, for what stands on a side to be about what was asked. Of the evidence of
`tests.bench.ask`, as much is on the right side with 0.1 and 0.2, and with 0.4."""
LEAST_TERMS = 2
"""Terms of a question that a sentence on the subject has, if the question has as many: by choice, for short ones."""
LEAST_COVERED_WITHOUT_DIRECTIONS = 0.4
"""The same of a sentence where the question has no direction to agree with, so that a denial has to be about the whole
of it. Of the questions of PubMedQA that `tests.bench.ask` reads, 0.86 of what is for and 0.73 of what is against are
right; with 0 it was 0.81 and 0.55, and where a denial left it unsure 0.63 and 0.39."""
MAX_TEXT = 10_000
"""Characters of a title and of an abstract that are looked at."""
LEAST_AGREED = 0.2
"""By how much the directions of one kind outweigh the others, from 0 to 1: by choice, so that two that are as near are
unsure. Of `tests.bench.ask`, as many sentences are on the right side with 0 as with 0.9."""
NEARBY = 3
"""Words within which a direction counts nearly in full; one farther from the question's terms counts less. With 1.5 a
fifth more of the evidence of `tests.bench.ask` is on the wrong side, with 8 less is on any."""
_FAR = 50


class Sides:
    """Tells sides for one question."""

    def __init__(self, question: Question, weights: TermWeights) -> None:
        self._claim = read_statement(question.text)
        terms = [term for term in question.terms if not is_direction(term)]
        self._terms = frozenset(terms or question.terms)
        self._weights = weights
        self._open = question.is_open

    def is_on_subject(self, statement: Statement) -> bool:
        """Whether a sentence has enough of what is asked about."""
        shared = self._terms.intersection(statement.stems)
        return len(shared) >= min(LEAST_TERMS, len(self._terms)) and self._covered(shared) >= LEAST_COVERED

    def is_paper_on_subject(self, paper: Paper) -> bool:
        """Whether title and abstract of a paper do."""
        words = fold(f"{paper.title[:MAX_TEXT]} {(paper.abstract or '')[:MAX_TEXT]}").split()
        return self._covered(map(stem, words)) >= LEAST_COVERED_BY_PAPER

    def _covered(self, stems: Iterable[str]) -> float:
        return self._weights.share(self._terms.intersection(stems), self._terms)

    def side(self, statement: Statement) -> Side | None:
        """The side of a sentence that is on the subject; None where that is not sure."""
        if self._open or self._claim.compared:
            return None
        claimed = {direction for _, direction in self._claim.directions}
        if len(claimed) > 1:
            return None
        if not claimed:
            return self._side_by_denial(statement)
        if self._claim.denied or statement.denied or not statement.directions:
            return None
        balance = self._balance(statement)
        if abs(balance) < LEAST_AGREED:
            return None
        return "for" if (balance > 0) == (claimed == {1}) else "against"

    def _side_by_denial(self, statement: Statement) -> Side | None:
        if self._covered(statement.stems) < LEAST_COVERED_WITHOUT_DIRECTIONS:
            return None
        return "for" if statement.denied == self._claim.denied else "against"

    def _balance(self, statement: Statement) -> float:
        """From -1, where all says less, to 1, where all says more."""
        places = [place for place, one in enumerate(statement.stems) if one in self._terms]
        weighed = [
            (direction, NEARBY / (NEARBY - 1 + min((abs(place - other) for other in places), default=_FAR)))
            for place, direction in statement.directions
        ]
        return sum(direction * weight for direction, weight in weighed) / sum(weight for _, weight in weighed)
