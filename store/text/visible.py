"""Text as it is seen: without control characters and others that are invisible or turn the direction of writing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

MOST_MARKS = 4
"""Marks that may stand on one letter; no written language has more."""

_NOTHING = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
"""Categories of characters that show nothing: control, format, surrogate, for private use, not assigned."""
_MARKS = frozenset(("Mn", "Me"))
_SEEN_FORMATS = frozenset("\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2\U000110bd\U000110cd")
"""Format characters that show: the joiners of Indic and Arabic scripts and of emoji, and marks around numbers."""
_UNSEEN_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xE0100, 0xE01F0)
}
"""Letters, marks and symbols without a shape: fillers, joiners of marks and variation selectors of rare scripts."""


def one_line(text: str) -> str:
    """The text on one line, with single spaces; it may be empty."""
    return " ".join(visible(" ".join(text.split())).split())


def visible(text: str) -> str:
    """The characters that are seen, and spaces; line breaks and tabs are not kept."""
    if text.isascii() and text.isprintable():
        return text
    categories = {character: unicodedata.category(character) for character in set(text)}
    unseen = [ord(c) for c, category in categories.items() if c in _UNSEEN_LETTERS or _shows_nothing(c, category)]
    text = text.translate(dict.fromkeys(unseen))
    return text if _MARKS.isdisjoint(categories.values()) else "".join(_without_piles(text, categories))


def _shows_nothing(character: str, category: str) -> bool:
    return category in _NOTHING and character not in _SEEN_FORMATS


def _without_piles(text: str, categories: Mapping[str, str]) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if categories[character] in _MARKS else 0
        if marks <= MOST_MARKS:
            yield character
