"""The faithfulness check: does a sentence by a language model say only what its source sentences say?

In doubt it refuses. A sentence passes if each number, web address and name in it stands in the sources, in the same
order; if each other word does, too (except a few for "the authors report"); if it negates and hedges what the sources
negate and hedge, and nothing else; and if it keeps the order of words, except for one phrase that may move as a whole.
So shortened and joined sentences pass, free paraphrases hardly ever do. `tests.bench.faithfulness` measures both; the
thresholds were set by hand with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq

from store.summaries.tokens import STOP_WORDS, stem

Fault = Literal["form", "link", "number", "name", "polarity", "words", "order"]

MAX_LENGTH = 400
"""Characters of a sentence."""

_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}/\S*")
_PIECE = re.compile(r"\d+(?:[.,]\d+)*(?![^\W\d_])|[^\W_]+(?:['’][^\W\d_]+)*|[,;:.()?!%]")
_CLAUSE_MARKS = frozenset(",;:.()?!")
_PLAIN_CHARACTERS = frozenset(" .,;:-–'’\"“”()%?!")
_AUTHOR = frozenset({stem("author"), stem("authors")})
_REPORTING = frozenset(map(stem, "paper article propose present introduce describe report".split()))
_REPORTING_WITHIN = 4
"""Content words at the beginning of a sentence among which those of reporting need no source."""
_NEGATORS = frozenset(
    "not no never without cannot neither nor none nothing hardly barely rarely seldom fail fails failed failing lack "
    "lacks lacking unable less fewer few little rather instead".split()
)
_HEDGES = frozenset("may might could perhaps possibly potentially likely partially sometimes often".split())
_QUALIFIERS = _NEGATORS | _HEDGES
_IGNORED = (
    STOP_WORDS
    - _QUALIFIERS
    - frozenset("more most all only both same each before after above below over under up down".split())
)
"""Function words, which are not compared."""
_SCOPE = 4
"""Content words after a negation or hedge, within its clause, that it can be about."""
_NUMBERS = {
    word: str(value)
    for value, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
    if value > 1
}


class _Word(NamedTuple):
    stem: str
    literal: str | None
    """The number or name exactly as the sources must have it; None for another word."""
    kind: Literal["number", "name", "word"]
    clause: int
    """Number of the clause within the text."""


def find_faults(sentence: str, sources: Sequence[str]) -> frozenset[Fault]:
    """What `sentence` has that `sources`, the sentences it is said to rest on, do not bear out; empty if it passes."""
    if len(sentence) > MAX_LENGTH:
        return frozenset({"form"})
    sentence = unicodedata.normalize("NFKC", sentence)
    source = unicodedata.normalize("NFKC", "\n".join(sources))
    faults: set[Fault] = set()
    if not _well_formed(sentence, source):
        faults.add("form")
    links = {link.rstrip(".,;:)") for link in _LINK.findall(source)}
    if any(link.rstrip(".,;:)") not in links for link in _LINK.findall(sentence)):
        faults.add("link")
    words, source_words = _words(_LINK.sub(" ", sentence)), _words(_LINK.sub(" ", source))
    literals = [word.literal for word in source_words if word.literal]
    stems = {word.stem for word in source_words}
    for place, word in enumerate(words):
        capitalised_opening = place == 0 and word.kind == "name" and word.stem in stems
        if word.literal and word.literal not in literals and not capitalised_opening:
            faults.add("number" if word.kind == "number" else "name")
        elif word.stem not in stems and not (
            word.stem in _AUTHOR or (place < _REPORTING_WITHIN and word.stem in _REPORTING)
        ):
            faults.add("words")
    pairs = _align(words, source_words)
    if _polarity_changed(words, source_words, pairs):
        faults.add("polarity")
    if not _in_order([word.literal for word in words if word.literal in literals], literals):
        faults.add("order")
    out_of_order = [place for place, word in enumerate(words) if word.stem in stems and place not in pairs]
    if not _is_moved_phrase(out_of_order, words, source_words):
        faults.add("order")
    return frozenset(faults or (() if words else {"words"}))


def _well_formed(sentence: str, source: str) -> bool:
    """One line of letters, digits and plain punctuation; any other character only if the sources have it."""
    known = _PLAIN_CHARACTERS | set(source) - {"\n"}
    return bool(sentence.strip()) and all(char.isalnum() or char in known for char in sentence)


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    clause, opening = 0, True
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in _CLAUSE_MARKS:
            clause += 1
            opening = opening or piece in ".?!:"
            continue
        low = piece.lower().replace("’", "'")
        kind, literal = _literal(piece, low, opening)
        if low not in _IGNORED or (kind == "name" and sum(map(str.isupper, piece)) > 1):
            compared = literal if kind == "number" and literal else _qualifier(low) or stem(low)
            words.append(_Word(compared, literal, kind, clause))
        opening = False
    return words


def _qualifier(low: str) -> str | None:
    return "not" if low.endswith("n't") else low if low in _QUALIFIERS else None


def _literal(piece: str, low: str, opening: bool) -> tuple[Literal["number", "name", "word"], str | None]:
    if piece[0].isdigit() and piece[-1].isdigit() and not any(map(str.isalpha, piece)):
        return "number", piece.replace(",", "")
    if low in _NUMBERS:
        return "number", _NUMBERS[low]
    capitals = sum(map(str.isupper, piece))
    if capitals > 1 or any(map(str.isdigit, piece)) or (capitals and not opening):
        return "name", piece[:-1] if piece.endswith("s") and piece[:-1].isupper() else piece
    return "word", None


def _align(words: Sequence[_Word], source: Sequence[_Word]) -> dict[int, int]:
    """The longest common subsequence: places in `words` and the places in `source` that they are matched to."""
    edits = LCSseq.editops([word.stem for word in words], [word.stem for word in source])
    return {block.a + step: block.b + step for block in edits.as_matching_blocks() for step in range(block.size)}


def _polarity_changed(words: Sequence[_Word], source: Sequence[_Word], pairs: dict[int, int]) -> bool:
    """Whether something is negated that was not, or no longer negated or hedged that was."""
    for place, word in enumerate(words):
        if word.stem in _NEGATORS:
            about = pairs.get(place + 1)
            if place not in pairs or (about is not None and not 0 < about - pairs[place] <= _SCOPE):
                return True
    kept = set(pairs.values())
    for place, word in enumerate(source):
        if word.stem in _QUALIFIERS and place not in kept:
            for later in range(place + 1, min(place + 1 + _SCOPE, len(source))):
                if source[later].clause != word.clause or source[later].stem in _QUALIFIERS:
                    break
                if later in kept:
                    return True
    return False


def _in_order(literals: Sequence[str | None], source: Sequence[str]) -> bool:
    rest = iter(source)
    return all(any(literal == other for other in rest) for literal in literals)


def _is_moved_phrase(places: Sequence[int], words: Sequence[_Word], source: Sequence[_Word]) -> bool:
    """Whether the words at `places` are none, or several that stand together here and in the sources."""
    if not places:
        return True
    phrase = [words[place].stem for place in places]
    together = places[-1] - places[0] == len(places) - 1
    stretches = (source[start : start + len(phrase)] for start in range(len(source)))
    return len(places) > 1 and together and any([word.stem for word in stretch] == phrase for stretch in stretches)
