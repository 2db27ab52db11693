"""How many authors two lists have in common, however the sources write names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rapidfuzz import fuzz

ALIKE_NAMES = 80
"""From here on two names are one with a typing error or a broken accent."""
MOST_MISSPELT = 20
"""Names without an equal that are compared letter by letter."""


def given_first(words: list[str]) -> tuple[str, ...]:
    """The words of a name, where initials stand after the family name before it: `Lau J. H.` is `J. H. Lau`."""
    given = len(words)
    while given > 1 and len(words[given - 1]) == 1:
        given -= 1
    return (*words[given:], *words[:given])


def count_common(names: Sequence[Sequence[str]], among: Sequence[Sequence[str]]) -> int:
    """How many names are among others: with an initial in common, family name first, or with a typing error."""
    given_by_family: defaultdict[str, list[str]] = defaultdict(list)
    for words in among:
        given_by_family[words[-1]] += words[:-1] or [""]
    turned = {tuple(sorted(words)) for words in among}
    found = 0
    strange = []
    for words in names:
        if tuple(sorted(words)) in turned:
            found += 1
        elif words[-1] in given_by_family:
            found += _initials_agree(words[:-1], given_by_family[words[-1]])
        else:
            strange.append("".join(words))
    joined = ["".join(words) for words in among]
    return found + sum(any(fuzz.ratio(name, n) >= ALIKE_NAMES for n in joined) for name in strange[:MOST_MISSPELT])


def _initials_agree(given: Sequence[str], known: Sequence[str]) -> bool:
    """Whether a person's given names may be among those known with the family name; a family name alone may be."""
    return not given or "" in known or not {word[0] for word in given}.isdisjoint(word[0] for word in known if word)
