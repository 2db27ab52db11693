"""Names of people: their parts, lists of them, and whether two spellings can be one person's.

Names are compared folded, as `store.text.normalize.fold` gives them, and as words: `["ada", "m", "byron"]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from store.models import Authorship
from store.text.normalize import fold

_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv"))
_ET_AL = re.compile(r"(?:,\s*+|(?<![\s,])\s++|\b)et\.?\s++al\b\.?\s*+$", re.IGNORECASE)
_INITIAL = re.compile(r"\b\w\b")
_GROUP = re.compile(
    r"(?i:^(?:the )?team\b)|-AI$|^OpenAI$"
    r"|(?i:\b(?:team|collaboration|consortium|working group|task force|initiative|committee|organi[sz]ation)$)"
)

LAST_WORD_SQL = "replace(name_key, rtrim(name_key, replace(name_key, ' ', '')), '')"
"""`last_word` of the column `name_key`, exactly as the index `authors_by_last_word` is declared."""

# Not in Xue and Yue, which are other names than Xu and Yu.
# The letters after the first are those that a keyboard has instead of marks: ä, ø, å, ü, ß, đ.
_PAIR = re.compile(r"ae+|oe+|aa+|ss+|dj|(?<![xyq])ue+")
_UNPAIRED = {
    "ae": re.compile(r"(?<!a)a(?![ae])"),
    "aa": re.compile(r"(?<!a)a(?![ae])"),
    "oe": re.compile(r"(?<!o)o(?![oe])"),
    "ue": re.compile(r"(?<![xyqu])u(?![ue])"),
    "ss": re.compile(r"(?<!s)s(?!s)"),
    "dj": re.compile(r"(?<!d)d(?![dj])"),
}
_UMLAUTS = ("ae", "oe", "ue")
_REMEMBERED = 16_384
"""Words whose spellings are remembered: the same few are compared at every keystroke."""


class NameParts(NamedTuple):
    """`Hans Berg, Jr.` in parts; a single name is a family name."""

    given: str
    family: str
    suffix: str


def name_key(name: str) -> str:
    """The form by which two spellings are the same name; never empty."""
    return fold(name) or name.strip()


@lru_cache(maxsize=_REMEMBERED)
def spelling_key(word: str) -> str:
    """What folded spellings of one word of a name share: `mueller` and `muller`, `weiss` and `weis`."""
    return _PAIR.sub(lambda pair: pair[0][0], word)


@lru_cache(maxsize=_REMEMBERED)
def other_spellings(word: str) -> frozenset[str]:
    """Folded spellings with the same key: two letters as one, and one as two, at one place or wherever they stand."""
    key = spelling_key(word)
    found = {
        key,
        *(word[: at.start()] + word[at.start() : at.end() - 1] + word[at.end() :] for at in _PAIR.finditer(word)),
    }
    paired = key
    for pair, unpaired in _UNPAIRED.items():
        places = [match.start() for match in unpaired.finditer(word)]
        found.update(word[:at] + pair + word[at + 1 :] for at in places)
        if len(places) > 1:
            found.add(unpaired.sub(pair, word))
        if pair in _UMLAUTS:
            paired = unpaired.sub(pair, paired)
    return frozenset(other for other in (*found, paired) if other != word and spelling_key(other) == key)


def last_word(folded: str) -> str:
    """The last word of a folded name, which nearly always is a family name or the end of one."""
    return folded.rpartition(" ")[2]


def first_author(authors: Iterable[Authorship]) -> str:
    """The name of the first author; empty where the source does not say who is first."""
    return next((a.name for a in authors if a.position == 1), "")


def is_group(name: str) -> bool:
    """Whether the words of a name say that it is a team's or a collaboration's."""
    return bool(_GROUP.search(name))


def parts(name: str) -> NameParts:
    """The parts of a name that is written with the given name first."""
    whole, comma, suffix = name.partition(", ")
    given, _, last = whole.rpartition(" ")
    if not comma and " " in given and last.lower() in _SUFFIXES:
        given, _, family = given.rpartition(" ")
        return NameParts(given, family, last)
    return NameParts(given, last, suffix)


def given_first(name: str) -> str:
    """`Liu, Xiao` as `Xiao Liu`, `Berg, Hans, Jr.` as `Hans Berg, Jr.`; a name without comma as it is."""
    pieces = [piece.strip() for piece in name.split(",")]
    if len(pieces) == 1 or not all(pieces[:2]) or (pieces[1].lower() in _SUFFIXES and len(pieces) == 2):
        return name.strip(" ,")
    return ", ".join([f"{pieces[1]} {pieces[0]}", *filter(None, pieces[2:])])


def split_names(text: str) -> list[str]:
    """The names in a list with commas or `and` between; what is in brackets after a name is left out."""
    names: list[str] = []
    for piece in re.split(r",|;|\band\b", re.sub(r"\([^()]*\)", "", text)):
        name = piece.strip()
        if name.lower() in _SUFFIXES and names:
            names[-1] = f"{names[-1]}, {name}"
        elif name:
            names.append(name)
    return names


def ends_with_et_al(text: str) -> bool:
    """Whether a list of names says at its end that there are more."""
    return bool(_ET_AL.search(text))


def without_et_al(text: str) -> str:
    """The list without the *et al.* at its end."""
    return _ET_AL.sub("", text)


def has_initial(name: str) -> bool:
    """Whether a name has a word of one letter."""
    return bool(_INITIAL.search(name))


def answers_to(name: Sequence[str], query: Sequence[str]) -> bool:
    """Whether a person of this name, as a paper has it, may be meant by a query. Both are words of folded names.

    A query of one word is a family name. Otherwise the words are the same in any order, or first and family name
    agree, with the family name last or first in the query. There an initial in the query stands for any first name
    with it, and middle names may be initials or, if they are, left out. A first name that the *paper* abbreviates does
    not answer to a full one: it may be another person's.
    """
    if not name or not query:
        return False
    if len(query) == 1:
        return query[0] == name[-1]
    return sorted(query) == sorted(name) or _agrees(query, name) or _agrees([*query[1:], query[0]], name)


def is_fuller(name: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a name is another one with more names or initials in the middle. Both are words of folded names."""
    if len(other) < 2 or len(name) <= len(other) or (name[0], name[-1]) != (other[0], other[-1]):
        return False
    rest = iter(name)
    return all(word in rest for word in other)


def _agrees(query: Sequence[str], name: Sequence[str]) -> bool:
    return (
        len(name) > 1
        and len(query[-1]) > 1
        and query[-1] == name[-1]
        and (query[0] == name[0] or (len(query[0]) == 1 and name[0].startswith(query[0])))
        and _middle_names_agree(query[1:-1], name[1:-1])
    )


def _middle_names_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    if not one or not other:
        return all(len(word) == 1 for word in (*one, *other))
    first, second = one[0], other[0]
    initial = 1 in (len(first), len(second))
    return (first == second or (initial and first[0] == second[0])) and _middle_names_agree(one[1:], other[1:])


def abbreviates(short: str, full: str) -> bool:
    """Whether a folded name has initials where the other, folded too, has more of the same name."""
    one, other = short.split(), full.split()
    return len(short) < len(full) and 1 in map(len, one) and len(other[0]) > 1 and answers_to(other, one)


def is_spelling_of(name: str, person: str) -> bool:
    """Whether a name on a paper may be a person's, in other letters or with initials."""
    return name_key(name) == name_key(person) or abbreviates(fold(name), fold(person))
