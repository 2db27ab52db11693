"""One entry a person, of the people whom several services found under one name; who may be another stays apart.

Two are one person where they share an identifier, as ORCID or the name with a number by which DBLP tells namesakes
apart, or where their names may be one and they share a paper. Who has another identifier of the same kind is another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from store.outside import FoundPerson
from store.text.normalize import fold
from store.text.person_names import answers_to

LEAST_WORDS = 4
"""Words of a title from which two people of one name who both have it are one. In AMiner's names, of 118 such titles
that a name has more than once all but one are one person's."""
NUMBERED = "numbered name"


class Known(NamedTuple):
    """A person as a service knows them, and titles of their papers."""

    person: FoundPerson
    titles: frozenset[str]


def known(person: FoundPerson, titles: Sequence[str]) -> Known:
    """The person with the titles that say who they are."""
    folded = map(fold, titles)
    return Known(person, frozenset(title for title in folded if len(title.split()) >= LEAST_WORDS))


def united(found: Sequence[Known]) -> tuple[FoundPerson, ...]:
    """Each person once, in the order of the first of each; of one service there are never two in one."""
    groups: dict[int, list[Known]] = {number: [one] for number, one in enumerate(found)}
    place = {number: number for number in groups}
    for joins in (_share_identifier, _share_paper):
        for one, other in combinations(range(len(found)), 2):
            first, second = sorted((place[one], place[other]))
            if first == second or not joins(found[one], found[other]) or _apart(groups[first], groups[second]):
                continue
            groups[first] += groups.pop(second)
            place = {number: first if at == second else at for number, at in place.items()}
    return tuple(
        members[0].person.model_copy(update={"elsewhere": tuple(one.person for one in members[1:]) or None})
        for members in groups.values()
    )


def may_be_one(one: FoundPerson, other: FoundPerson) -> bool:
    """Whether a name of the one may be a name of the other, as one abbreviates the other."""
    names = [fold(name).split() for name in (one.name, *one.other_names)]
    others = [fold(name).split() for name in (other.name, *other.other_names)]
    return any(a == b or answers_to(a, b) or answers_to(b, a) for a in names for b in others if len(a) > 1 < len(b))


def _share_identifier(one: Known, other: Known) -> bool:
    return any(not values.isdisjoint(_ids(other.person)[kind]) for kind, values in _ids(one.person).items())


def _share_paper(one: Known, other: Known) -> bool:
    return not one.titles.isdisjoint(other.titles) and may_be_one(one.person, other.person)


def _apart(members: Sequence[Known], others: Sequence[Known]) -> bool:
    """Whether somebody in the one group cannot be somebody in the other."""
    for one in members:
        for other in others:
            if one.person.source.kind == other.person.source.kind:
                return True
            theirs = _ids(other.person)
            for kind, values in _ids(one.person).items():
                if theirs[kind] and values.isdisjoint(theirs[kind]):
                    return True
    return False


def _ids(person: FoundPerson) -> defaultdict[str, set[str]]:
    """What the person goes by, by kind."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in person.identifiers:
        found[one.scheme].add(one.value)
    for name in person.other_names:
        if name[-4:].isdecimal() and name[-5:-4] == " ":
            found[NUMBERED].add(fold(name))
    return found
