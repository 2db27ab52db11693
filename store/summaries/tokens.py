"""Words, stems and n-grams of a sentence, as the fitted weights know them."""

from __future__ import annotations

import re
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*|%")
STOP_WORDS = frozenset(
    "a about above after again against all also although am an and any are as at be because been before being below "
    "between both but by can cannot could did do does doing down due during each either few for from further had has "
    "have having he her here hers him his how however i if in into is it its itself just may me might more most must "
    "my no nor not now of off on once one only or other our ours out over own s same she should since so some such t "
    "than that the their theirs them then there therefore these they this those though through thus to too under until "
    "up upon us use used using very via was we were what when where whether which while who whom why will with within "
    "without would you your".split()
)
_SUFFIXES = tuple(
    "ization isation ational ations ation ingly edly ings ing ies ied ness ments ment ers er est ed es ive ity al ly s "
    "e".split()
)


def words(text: str) -> list[str]:
    """The words in lower case, in order; every number is `0`."""
    return ["0" if word[0].isdigit() else word for word in _WORD.findall(text.lower())]


def content_stems(words_of_text: list[str]) -> list[str]:
    """The stems of what is neither a stop word nor a number; parts of a compound count by themselves."""
    return [
        stem(part)
        for word in words_of_text
        if word not in STOP_WORDS
        for part in (word.split("-") if "-" in word else (word,))
        if len(part) > 1
    ]


def stem(word: str) -> str:
    """The word without the first suffix that fits and leaves four letters: enough to match words of one abstract."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def ngrams(words_of_sentence: list[str]) -> set[str]:
    """The words, the pairs of neighbours, and the sentence's first one, two and three words (after `^`)."""
    pairs = pairwise(words_of_sentence)
    starts = ("^" + " ".join(words_of_sentence[:count]) for count in (1, 2, 3))
    return {*words_of_sentence, *(f"{first} {second}" for first, second in pairs), *starts}
