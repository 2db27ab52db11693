"""Words of direction and of denial in a sentence: that something is more or less, raised or lowered, or is not so."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from store.text.normalize import fold
from store.text.stems import stem

# Common words of scientific English and their opposites, by choice, as in a dictionary of antonyms; all forms count.
_MORE = (
    "increase raise elevate enhance high higher great greater more promote stimulate upregulate upregulation gain "
    "improve accelerate longer stronger facilitate amplify boost large larger rise augment enrich expand prolong "
    "encourage better faster grow growth positive positively likelier induce induction cause produce favor abundant "
    "exceed double triple outperform superior"
)
_LESS = (
    "decrease reduce reduction low lower less fewer inhibit inhibition suppress suppression impair impede prevent "
    "block downregulate downregulation lose loss deficient deficiency diminish attenuate shorter decline abolish delay "
    "slow weaken limit small smaller abrogate hinder halt interfere disrupt dampen eliminate minimize worse worsen "
    "poor repress counteract ameliorate alleviate antagonize mitigate negative negatively drop fall avert shrink "
    "lessen curb inferior underperform"
)
_NOT = "not no never without neither nor cannot fail failed failure unlikely hardly"
_DENIAL = (
    "lack absence absent unrelated independent independently unaffected unchanged none ineffective insufficient unable "
    "irrelevant dispensable unnecessary uninvolved little"
)
_COMPARISON = "than versus compare"
_HYPHENS = frozenset("-‐‑–")
TURNED = 3
"""Words after a *not* that it turns round, as in *no significant increase*: by choice; of `tests.bench.ask`, as many
sentences are on the right side with 6."""


class Statement(NamedTuple):
    """A sentence as a list of stems, and where its directions are: at what place, and 1 for more or -1 for less.

    `denied` is whether it denies something else than a direction, `compared` whether it sets one thing against another.
    """

    stems: list[str]
    directions: list[tuple[int, int]]
    denied: bool
    compared: bool


def read_statement(text: str) -> Statement:
    """The directions and denials; what is part of a compound, as in `high-risk`, or before a number is no direction."""
    stems: list[str] = []
    in_compound: list[bool] = []
    for piece in text.split():
        words = fold(piece).split()
        stems += map(stem, words)
        in_compound += [len(words) > 1 and not _HYPHENS.isdisjoint(piece)] * len(words)
    lexicon = _lexicon()
    nots = [place for place, one in enumerate(stems) if one in lexicon.turning]
    turning: set[int] = set()
    directions = []
    for place, one in enumerate(stems):
        direction = lexicon.directions.get(one, 0)
        if not direction or in_compound[place] or _is_limit(stems, place):
            continue
        for other in nots:
            if 0 < place - other <= TURNED:
                direction = -direction
                turning.add(other)
        directions.append((place, direction))
    denied = len(nots) > len(turning) or not lexicon.denials.isdisjoint(stems)
    return Statement(stems, directions, denied, not lexicon.comparisons.isdisjoint(stems))


def _is_limit(stems: list[str], place: int) -> bool:
    """Whether a word gives a bound, as in `p less than 0.05`."""
    return place + 2 < len(stems) and stems[place + 1] == "than" and stems[place + 2].isdigit()


def is_direction(term: str) -> bool:
    """Whether a stem says a direction, a denial or a comparison, not what it is about."""
    lexicon = _lexicon()
    return term in lexicon.directions or term in lexicon.denials or term in lexicon.turning


class _Lexicon(NamedTuple):
    directions: dict[str, int]
    turning: frozenset[str]
    denials: frozenset[str]
    comparisons: frozenset[str]


@cache
def _lexicon() -> _Lexicon:
    more, less, turning, denials, comparisons = (
        frozenset(map(stem, words.split())) for words in (_MORE, _LESS, _NOT, _DENIAL, _COMPARISON)
    )
    return _Lexicon(dict.fromkeys(more, 1) | dict.fromkeys(less, -1), turning, denials, comparisons)
