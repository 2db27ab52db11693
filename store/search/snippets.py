"""The part of an abstract where most of what was searched for stands together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from store.search.query import Query
from store.text.normalize import fold
from store.text.stems import stem

LENGTH = 150
"""Characters of a snippet, about; by choice, two lines on a phone."""
MOST_CHARACTERS = 5_000
"""Characters of an abstract that are looked at, which bounds the time."""
_WORD = re.compile(r"\w+")


class Piece(NamedTuple):
    """A part of a snippet, and whether it was searched for."""

    text: str
    is_match: bool


class Snippet(NamedTuple):
    """Consecutive pieces of an abstract, and whether it goes on before and after them."""

    pieces: tuple[Piece, ...]
    is_after_start: bool
    is_before_end: bool


def searched_by(query: Query) -> Mapping[str, bool]:
    """The folded words that a query asks for, and whether each is one exactly; otherwise it is given by its stem."""
    found: dict[str, bool] = {}
    for clause in query.required:
        for term in clause.alternatives:
            if term.kind == "text":
                *first, last = term.folded.split()
                found |= dict.fromkeys(first, True)
                found[stem(last) if term.has_forms else last] = not term.has_forms
    return found


def snippet(abstract: str, searched: Mapping[str, bool]) -> Snippet | None:
    """The stretch with most of the different words, the first of equal ones; None where none of them is there."""
    text = abstract[:MOST_CHARACTERS]
    hits = [(match.start(), match.end(), key) for match in _WORD.finditer(text) if (key := _key(match[0], searched))]
    if not hits:
        return None
    start, end = max((_stretch(text, at, hits) for at, _, _ in hits), key=_worth(hits))
    pieces: list[Piece] = []
    place = start
    for at, until, _ in hits:
        if start <= at and until <= end:
            pieces += [Piece(text[place:at], False)] * (at > place) + [Piece(text[at:until], True)]
            place = until
    if place < end:
        pieces.append(Piece(text[place:end], False))
    return Snippet(tuple(pieces), start > 0, end < len(abstract.rstrip()))


def _key(word: str, searched: Mapping[str, bool]) -> str | None:
    folded = fold(word)
    if searched.get(folded) is True:
        return folded
    stemmed = stem(folded) if folded else ""
    return stemmed if searched.get(stemmed) is False else None


def _stretch(text: str, at: int, hits: list[tuple[int, int, str]]) -> tuple[int, int]:
    """From a little before a hit, between words."""
    start = max(0, at - LENGTH // 4)
    if start:
        start = text.find(" ", start, at + 1) + 1 or at
    end = start + LENGTH
    if end < len(text):
        # A word that is searched for is not cut, however long it is.
        end = max(text.rfind(" ", start, end), next(until for begin, until, _ in hits if begin == at))
    return start, min(end, len(text))


def _worth(hits: list[tuple[int, int, str]]) -> Callable[[tuple[int, int]], tuple[int, int]]:
    def worth(stretch: tuple[int, int]) -> tuple[int, int]:
        start, end = stretch
        inside = [key for at, until, key in hits if start <= at and until <= end]
        return len(set(inside)), -start

    return worth
