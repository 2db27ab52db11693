"""What speaks for and against the papers of two groups, all by authors of one name, being one person's.

Measured are the co-authors in common, words of titles, venues and categories, and affiliations, each with the words
that say it to people. How much a thing counts depends on how rare it is in the whole collection: a venue of thousands
of papers says little, and a co-author called Wei Wang may be two people. Identifiers of the person, and first names
that exclude each other, decide by themselves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from store.summaries.tokens import STOP_WORDS
from store.text.normalize import fold
from store.text.person_names import answers_to, last_word, name_key

SAME_MIDDLE_NAME = 0.1
"""The share of namesakes who have the same middle name or initial as well; of two people drawn at random, about one in
ten to twenty have the same initial. With it F1 of `tests.bench.people` is higher by 0.006, precision by 0.002."""
IDENTIFIERS = {
    "operator": "operator's",
    "author page": "author page",
    "orcid": "ORCID",
    "dblp": "DBLP",
    "openalex": "OpenAlex",
    "s2": "Semantic Scholar",
}
"""What says who somebody is, the most reliable first: that the operator keeps them apart from others, a listing that
was read as one person's, what the person entered, what is curated by hand, and what is gathered by machine, which
splits some people and mixes others."""
SHOWN = 3
"""Names or words that one sentence of evidence gives."""


@dataclass(frozen=True)
class Appearance:
    """A name on one paper: all that is said there of who that was. `ids` are the person's own, as in `IDENTIFIERS`."""

    name: str
    title: str
    coauthors: tuple[str, ...] = ()
    organisation: str = ""
    venue: str = ""
    category: str = ""
    year: int | None = None
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Collection:
    """What is common and what is rare in a collection of papers. Words and names are folded.

    The counts are of papers for `words`, `places` and `organisations`, and of different names for `given` (as
    `beginnings` has them) and `family` (last words). `names` counts all different names, and `people` those among whom
    namesakes are to be expected.
    """

    papers: int
    words: Mapping[str, int]
    places: Mapping[str, float]
    organisations: Mapping[str, float]
    given: Mapping[str, int]
    family: Mapping[str, int]
    names: int
    people: int

    def rarity(self, counts: Mapping[str, float], word: str) -> float:
        """The inverse document frequency of a word (Spärck Jones 1972)."""
        return math.log((self.papers + 1) / (counts.get(word, 0) + 0.5))

    def namesakes(self, name: str) -> float:
        """How many people of a folded name are to be expected, if first names and family names were independent.

        A single word is taken for a family name with a first name that nobody else has.
        """
        first, *rest = name.split(" ")
        given = self.given.get(first, 0) if rest else 0
        share = (self.family.get(last_word(name), 0) + 0.5) / self.names * (given + 0.5) / self.names
        return self.people * share * (SAME_MIDDLE_NAME if len(rest) > 1 else 1)

    def trust(self, name: str) -> float:
        """The probability that two people of this folded name are one: 1 of all who are to be expected besides."""
        return 1 / (1 + self.namesakes(name))


class Group:
    """What papers that are taken for one person's say of that person."""

    def __init__(self, appearances: Iterable[Appearance], known: Collection) -> None:
        self.known = known
        self.spellings: set[str] = set()
        self.ids: set[tuple[str, str]] = set()
        self.coauthors: dict[str, str] = {}
        self.words: Counter[str] = Counter()
        self.places: dict[str, str] = {}
        self.organisations: set[str] = set()
        for one in appearances:
            self.spellings.add(name_key(one.name))
            self.ids.update(one.ids.items())
            self.coauthors.update((name_key(name), name) for name in one.coauthors)
            self.words.update(content_words(one.title))
            self.places.update((fold(place), place) for place in (one.venue, one.category) if place)
            self.organisations.update(content_words(one.organisation))

    def joined(self, other: Group) -> Group:
        """Both groups as one."""
        both = Group((), self.known)
        both.spellings = self.spellings | other.spellings
        both.ids = self.ids | other.ids
        both.coauthors = other.coauthors | self.coauthors
        both.words = self.words + other.words
        both.places = other.places | self.places
        both.organisations = self.organisations | other.organisations
        return both

    @cached_property
    def weighted_words(self) -> dict[str, float]:
        """TF-IDF of the titles' words, of length 1."""
        weights = {w: (1 + math.log(n)) * self.known.rarity(self.known.words, w) for w, n in self.words.items()}
        return _unit(weights)

    @cached_property
    def weighted_organisations(self) -> dict[str, float]:
        """IDF of the affiliations' words, of length 1."""
        return _unit({w: self.known.rarity(self.known.organisations, w) for w in self.organisations})


class Evidence(NamedTuple):
    """How much of each kind two groups share. `coauthors` is in people, of whom one with a common name counts less."""

    coauthors: float
    topic: float
    places: float
    organisation: float
    organisations_known: float


def identified(one: Group, other: Group) -> bool | None:
    """What identifiers say of the groups being one person's: the most reliable service that knows both decides."""
    for service in IDENTIFIERS:
        own, theirs = ({value for name, value in group.ids if name == service} for group in (one, other))
        if own and theirs:
            return not own.isdisjoint(theirs)
    return None


def contradicts(one: Group, other: Group) -> bool:
    """Whether the groups cannot be one person's: other identifiers in one service, or names that exclude each other."""
    same = identified(one, other)
    if same is not None:
        return not same
    return not all(may_be_one(a, b) for a in one.spellings for b in other.spellings)


def measure(one: Group, other: Group) -> Evidence:
    """What the groups share."""
    trust = one.known.trust
    shared = one.coauthors.keys() & other.coauthors.keys()
    places = sum(one.known.rarity(one.known.places, place) for place in one.places.keys() & other.places.keys())
    return Evidence(
        coauthors=sum(map(trust, shared)),
        topic=_dot(one.weighted_words, other.weighted_words),
        places=math.log1p(places),
        organisation=_dot(one.weighted_organisations, other.weighted_organisations),
        organisations_known=float(bool(one.organisations and other.organisations)),
    )


def in_words(one: Group, other: Group) -> tuple[str, ...]:
    """What speaks for the groups being one person's, the strongest kinds first."""
    shared_ids = {service for service, _ in one.ids & other.ids}
    said = [f"the same {title} identifier" for service, title in IDENTIFIERS.items() if service in shared_ids]
    if shared := one.coauthors.keys() & other.coauthors.keys():
        rarest = sorted(shared, key=lambda name: (-one.known.trust(name), name))
        said.append(f"with {_listed([one.coauthors[name] for name in rarest])} on both")
    if words := one.organisations & other.organisations:
        rarest = sorted(words, key=lambda word: (-one.known.rarity(one.known.organisations, word), word))
        said.append(f"affiliations that share “{_listed(rarest[:2])}”")
    if words := one.words.keys() & other.words.keys():
        rarest = sorted(words, key=lambda w: (-one.weighted_words[w] * other.weighted_words[w], w))
        said.append(f"titles that share “{_listed(rarest)}”")
    if places := one.places.keys() & other.places.keys():
        rarest = sorted(places, key=lambda place: (-one.known.rarity(one.known.places, place), place))
        said.append(f"both in {_listed([one.places[place] for place in rarest])}")
    return tuple(said)


def beginnings(name: str) -> set[str]:
    """The first word of a folded name, and its initial, which may stand for it; none of a single word."""
    first, _, rest = name.partition(" ")
    return {first, first[:1]} if rest else set()


def content_words(text: str) -> set[str]:
    """The folded words of a text that say what it is about."""
    return {word for word in fold(text).split() if len(word) > 1 and word not in STOP_WORDS}


def may_be_one(one: str, other: str) -> bool:
    """Whether two folded names may be one person's: as one abbreviates or leaves out what the other has."""
    first, second = one.split(), other.split()
    return one == other or answers_to(first, second) or answers_to(second, first)


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return sum(weight * large[word] for word, weight in small.items() if word in large)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:SHOWN])
