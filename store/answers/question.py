"""A question or claim as its content terms, each with its weight in a store."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from store.models import Frozen
from store.summaries.tokens import STOP_WORDS
from store.text.normalize import fold
from store.text.stems import stem

MOST_TERMS = 24
"""Content terms of a question that are read, the first ones, which bounds the work. By choice: of the claims of the
development set the longest has 21."""
_ASKING = frozenset("anybody anyone anything evidence paper papers someone study studies whether".split())
"""What people write around what they ask, beside stop words."""
_OPEN = frozenset("what which who whom whose how why when where".split())
"""First words of questions that cannot be answered by yes or no."""


class Question(Frozen):
    """What somebody asked. `terms` are the stems of its content words, each once, in order."""

    text: str
    terms: tuple[str, ...]
    is_open: bool
    """Whether it asks for more than yes or no, so that no sentence is for or against it."""


def read_question(text: str) -> Question:
    """The content terms: all but stop words, which include denials and question words, and single letters."""
    words = fold(text).split()
    terms = dict.fromkeys(stem(word) for word in words if is_content(word))
    return Question(text=text, terms=tuple(terms)[:MOST_TERMS], is_open=bool(words) and words[0] in _OPEN)


def is_content(word: str) -> bool:
    """Whether a folded word says what a question is about."""
    return len(word) > 1 and word not in STOP_WORDS and word not in _ASKING


class TermWeights(Frozen):
    """The inverse document frequency of each term of a question (Spärck Jones 1972) in a store of `papers`."""

    papers: int
    holding: Mapping[str, int]
    """How many papers have a form of each term; a term that is missing is in none."""

    def weight(self, term: str) -> float:
        """With one paper more that has every word, and at least 1, as even in a small store each word counts."""
        return 1 + max(0.0, math.log((self.papers + 1) / (self.holding.get(term, 0) + 1)))

    def share(self, terms: Iterable[str], of: Iterable[str]) -> float:
        """The share of the weight of some terms that others of them have, from 0 to 1."""
        whole = math.fsum(map(self.weight, of))
        return math.fsum(map(self.weight, terms)) / whole if whole else 0.0
