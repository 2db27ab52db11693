"""Which papers under one name are one person's: a pure rule, which gives for every union what speaks for it.

1. What a service's identifier of the person says holds; people whose first names exclude each other stay apart.
2. Papers that share co-authors are one person's, unless the co-authors' names are common as well.
3. Groups are united, the surest first, as long as the evidence between them outweighs how common the name is; a larger
   group knows more about its person, so the evidence is measured anew after each union (agglomerative clustering).
4. Groups for which it nearly does stay apart and are offered: the same person?

A name that the collection is hardly to be expected to have twice is one person's.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from itertools import combinations, count
from typing import NamedTuple

from store.catalog.person_evidence import (
    Appearance,
    Collection,
    Evidence,
    Group,
    contradicts,
    identified,
    in_words,
    measure,
)
from store.text.person_names import name_key

# Log-odds that two groups of papers are one person's. Fitted by `python -m tools.fit_people` to names of the AMiner
# collection, for each kind of evidence as it is between the parts of people's papers; held by
# tests/catalog/test_author_disambiguation.py and, in CI, by the floors for `tests.bench.people`.
WEIGHTS = Evidence(coauthors=45, topic=15.5, places=1.3, organisation=9.4, organisations_known=-1.2)
BASE = -0.9
COMMON_NAME = -0.37
"""For each unit of the logarithm of the number of namesakes to be expected."""

SHARED_COAUTHOR = 0.5
"""The probability that a co-author in common is one person, from which nothing else has to be measured."""
SURE = 1.5
"""Log-odds from which groups are united without asking. Over names that were left out in fitting, precision is 0.963
and recall 0.779 here; at 1.0 precision is 0.936, at 2.0 recall 0.748."""
OFFERED = -0.5
"""Log-odds from which people are asked. United by this, the same names have a recall of 0.857, precision 0.759."""
RARE_NAME = 0.22
"""People of a name to be expected, below which that alone is as sure: -log(0.22) is 1.5."""
MOST_PARTS = 600
"""Groups that are compared each with each, which takes some seconds; of more, only shared co-authors unite."""


class Person(NamedTuple):
    """The papers of one person, by their numbers in what was given, and what united them: a sentence for each union."""

    papers: tuple[int, ...]
    evidence: tuple[tuple[str, ...], ...] = ()


class Offer(NamedTuple):
    """Two persons, by their numbers, who may be one; `evidence` says why."""

    one: int
    other: int
    evidence: tuple[str, ...]


class Division(NamedTuple):
    """The persons of a name, those with most papers first, and which of them may be the same."""

    people: tuple[Person, ...]
    offers: tuple[Offer, ...] = ()


def divide(appearances: Sequence[Appearance], known: Collection) -> Division:
    """Divide the papers of one name, in whatever spellings, among persons.

    The order in which they are given matters for nothing but the numbers.
    """
    parts, namesakes = parts_of(appearances, known)
    united = _united(parts, namesakes) if len(parts) <= MOST_PARTS else parts
    united.sort(key=lambda part: (-len(part.papers), part.papers))
    people = tuple(Person(tuple(sorted(part.papers)), part.evidence) for part in united)
    return Division(people, _offers(united, namesakes) if len(united) <= MOST_PARTS else ())


def parts_of(appearances: Sequence[Appearance], known: Collection) -> tuple[list[Part], float]:
    """What shares co-authors of rare names, and how many people of the name are to be expected."""
    order = sorted(range(len(appearances)), key=lambda number: _sort_key(appearances[number]))
    parts = [Part((number,), Group([appearances[number]], known)) for number in order]
    namesakes = max((known.namesakes(name_key(one.name)) for one in appearances), default=0.0)
    return _with_shared_coauthors(parts, known), namesakes


def score(one: Group, other: Group, namesakes: float) -> float:
    """The log-odds that two groups are one person's, of whose name so many people are to be expected."""
    if contradicts(one, other):
        return -math.inf
    rare = namesakes < RARE_NAME and one.spellings == other.spellings
    if rare or identified(one, other):
        return math.inf
    weighed = sum(weight * value for weight, value in zip(WEIGHTS, measure(one, other), strict=True))
    return prior(namesakes) + weighed


def prior(namesakes: float) -> float:
    """The log-odds without any evidence.

    As fitted; but the fitted names were chosen for having namesakes, as rare ones have not: of those the odds are one
    person to so many more.
    """
    common = math.log(namesakes)
    return max(BASE + COMMON_NAME * common, -common)


class Part(NamedTuple):
    """Papers that have been united so far."""

    papers: tuple[int, ...]
    group: Group
    evidence: tuple[tuple[str, ...], ...] = ()

    def joined(self, other: Part) -> Part:
        """Both as one, with what speaks for it."""
        said = in_words(self.group, other.group)
        return Part(
            (*self.papers, *other.papers), self.group.joined(other.group), (*self.evidence, *other.evidence, said)
        )


def _sort_key(one: Appearance) -> tuple[int, str, str, tuple[str, ...]]:
    return one.year or 0, one.title, one.name, one.coauthors


def _with_shared_coauthors(parts: Sequence[Part], known: Collection) -> list[Part]:
    """Unite what shares an identifier or a co-author of a rare name; thus not every two papers have to be compared."""
    united: list[Part] = []
    for part in parts:
        names = {name for name in part.group.coauthors if known.trust(name) >= SHARED_COAUTHOR}
        apart = []
        for other in united:
            alone = names.isdisjoint(other.group.coauthors) and not identified(part.group, other.group)
            if alone or contradicts(part.group, other.group):
                apart.append(other)
            else:
                part = other.joined(part)
        united = [*apart, part]
    return united


def _united(parts: Sequence[Part], namesakes: float) -> list[Part]:
    """Unite parts, the surest first, until no two are surely one person's."""
    numbered = dict(enumerate(parts))
    new = count(len(parts))
    queue: list[tuple[float, int, int]] = []

    def consider(one: int, other: int) -> None:
        if (found := score(numbered[one].group, numbered[other].group, namesakes)) >= SURE:
            heapq.heappush(queue, (-found, one, other))

    for one, other in combinations(numbered, 2):
        consider(one, other)
    while queue:
        _, one, other = heapq.heappop(queue)
        if one in numbered and other in numbered:
            number = next(new)
            numbered[number] = numbered.pop(one).joined(numbered.pop(other))
            for third in list(numbered):
                if third != number:
                    consider(third, number)
    return list(numbered.values())


def _offers(people: Sequence[Part], namesakes: float) -> tuple[Offer, ...]:
    """For each person the likeliest of those with more papers, where it is likely enough to ask."""
    offers = []
    for number, part in enumerate(people):
        scored = [(score(part.group, other.group, namesakes), -place) for place, other in enumerate(people[:number])]
        best, place = max(scored, default=(-math.inf, 0))
        if best >= OFFERED:
            offers.append(Offer(-place, number, in_words(people[-place].group, part.group)))
    return tuple(offers)
