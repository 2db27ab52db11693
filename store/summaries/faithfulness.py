"""The gate: whether a sentence that a language model wrote says nothing that its source sentences do not say.

It errs on the side of refusing. A sentence passes if every number, web address and name in it stands in the sources,
in the sources' order; if all its other words do (a few words for "the authors report" are free); if it denies what
they deny, and nothing else; and if it keeps their order of words, but for one phrase that may move as a whole. That
lets shortened and joined sentences through, hardly ever a free paraphrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq

from store.summaries.tokens import STOP_WORDS, stem

Fault = Literal["form", "link", "number", "name", "polarity", "words", "order"]

LONGEST = 400
"""Of a written sentence, in characters."""

_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}/\S*")
_PIECE = re.compile(r"\d+(?:[.,]\d+)*(?![^\W\d_])|[^\W_]+(?:['’][^\W\d_]+)*|[,;:.()?!%]")
_CLAUSE = frozenset(",;:.()?!")
_PLAIN_MARKS = frozenset(" .,;:-–'’\"“”()%?!")
_AUTHOR = frozenset({stem("author"), stem("authors")})
_REPORTING = frozenset(map(stem, "paper article propose present introduce describe report".split()))
_OPENING = 4
"""Among how many first words those of reporting are free."""
_NEGATORS = frozenset(
    "not no never without cannot neither nor none nothing hardly barely rarely seldom fail fails failed failing lack "
    "lacks lacking unable less fewer few little rather instead".split()
)
_HEDGES = frozenset("may might could perhaps possibly potentially likely partially sometimes often".split())
_QUALIFIERS = _NEGATORS | _HEDGES
_FREE = (
    STOP_WORDS
    - _QUALIFIERS
    - frozenset("more most all only both same each before after above below over under up down".split())
)
"""Words that say nothing by themselves."""
_REACH = 4
"""How many words after a negation, within its clause, it can be about."""
_NUMBERS = {
    word: str(value)
    for value, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
    if value > 1
}


class _Word(NamedTuple):
    stem: str
    anchor: str | None
    """The number or name as it must stand in the sources; None for another word."""
    kind: Literal["number", "name", "word"]
    clause: int


def faults(sentence: str, sources: Sequence[str]) -> frozenset[Fault]:
    """What speaks against `sentence`, given the sentences that it is said to rest on; empty if it passes."""
    if len(sentence) > LONGEST:
        return frozenset({"form"})
    sentence = unicodedata.normalize("NFKC", sentence)
    source = unicodedata.normalize("NFKC", "\n".join(sources))
    found: set[Fault] = set()
    if not _well_formed(sentence, source):
        found.add("form")
    links = {link.rstrip(".,;:)") for link in _LINK.findall(source)}
    if any(link.rstrip(".,;:)") not in links for link in _LINK.findall(sentence)):
        found.add("link")
    said, given = _words(_LINK.sub(" ", sentence)), _words(_LINK.sub(" ", source))
    anchors = [word.anchor for word in given if word.anchor]
    stems = {word.stem for word in given}
    for place, word in enumerate(said):
        opens_small = place == 0 and word.kind == "name" and word.stem in stems
        if word.anchor and word.anchor not in anchors and not opens_small:
            found.add("number" if word.kind == "number" else "name")
        elif word.stem not in stems and not (word.stem in _AUTHOR or (place < _OPENING and word.stem in _REPORTING)):
            found.add("words")
    pairs = _alignment(said, given)
    if _turned(said, given, pairs):
        found.add("polarity")
    if not _in_order([word.anchor for word in said if word.anchor in anchors], anchors):
        found.add("order")
    if not _one_phrase([p for p, word in enumerate(said) if word.stem in stems and p not in pairs], said, given):
        found.add("order")
    return frozenset(found or ({"words"} if not said else ()))


def _well_formed(sentence: str, source: str) -> bool:
    """One line of letters, digits and plain punctuation; any other sign only if the sources have it."""
    known = _PLAIN_MARKS | set(source) - {"\n"}
    return bool(sentence.strip()) and all(sign.isalnum() or sign in known for sign in sentence)


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    clause, opening = 0, True
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in _CLAUSE:
            clause += 1
            opening = opening or piece in ".?!:"
            continue
        low = piece.lower().replace("’", "'")
        kind, anchor = _anchor(piece, low, opening)
        if low not in _FREE or (kind == "name" and sum(map(str.isupper, piece)) > 1):
            said = anchor if kind == "number" and anchor else _negation(low) or stem(low)
            words.append(_Word(said, anchor, kind, clause))
        opening = False
    return words


def _negation(low: str) -> str | None:
    return "not" if low.endswith("n't") else low if low in _QUALIFIERS else None


def _anchor(piece: str, low: str, opening: bool) -> tuple[Literal["number", "name", "word"], str | None]:
    if piece[0].isdigit() and piece[-1].isdigit() and not any(map(str.isalpha, piece)):
        return "number", piece.replace(",", "")
    if low in _NUMBERS:
        return "number", _NUMBERS[low]
    capitals = sum(map(str.isupper, piece))
    if capitals > 1 or any(map(str.isdigit, piece)) or (capitals and not opening):
        return "name", piece[:-1] if piece.endswith("s") and piece[:-1].isupper() else piece
    return "word", None


def _alignment(said: Sequence[_Word], given: Sequence[_Word]) -> dict[int, int]:
    """The longest common subsequence: places in `said` and where these words stand in `given`."""
    edits = LCSseq.editops([word.stem for word in said], [word.stem for word in given])
    return {block.a + step: block.b + step for block in edits.as_matching_blocks() for step in range(block.size)}


def _turned(said: Sequence[_Word], given: Sequence[_Word], pairs: dict[int, int]) -> bool:
    """Whether something is denied that was not, or no longer denied or hedged that was."""
    for place, word in enumerate(said):
        if word.stem in _NEGATORS:
            about = pairs.get(place + 1)
            if place not in pairs or (about is not None and not 0 < about - pairs[place] <= _REACH):
                return True
    kept = set(pairs.values())
    for place, word in enumerate(given):
        if word.stem in _QUALIFIERS and place not in kept:
            for later in range(place + 1, min(place + 1 + _REACH, len(given))):
                if given[later].clause != word.clause or given[later].stem in _QUALIFIERS:
                    break
                if later in kept:
                    return True
    return False


def _in_order(wanted: Sequence[str | None], given: Sequence[str]) -> bool:
    rest = iter(given)
    return all(any(anchor == other for other in rest) for anchor in wanted)


def _one_phrase(moved: Sequence[int], said: Sequence[_Word], given: Sequence[_Word]) -> bool:
    """Whether the words out of order are none, or two and more that stand together here and in the sources."""
    if not moved:
        return True
    phrase = [said[place].stem for place in moved]
    together = moved[-1] - moved[0] == len(moved) - 1
    there = (given[at : at + len(phrase)] for at in range(len(given)))
    return len(moved) > 1 and together and any([word.stem for word in words] == phrase for words in there)
