"""What a guild said of authors, brought to the handles and papers of today: who is one, and whose a paper is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from store.catalog import authors, papers
from store.guilds import own_authors, own_papers, person_corrections
from store.guilds.own_papers import Owner
from store.guilds.person_corrections import Joined, Moved
from store.models import Handle
from store.storage.database import Database
from store.text.person_names import name_key

Said = Joined | Moved


@dataclass(frozen=True)
class CorrectedPeople:
    """The people after what was said of them."""

    said: Sequence[tuple[Said, Said]] = ()
    """What was said, as it was said and with the handles that papers and people go by now; what means nothing any
    more is left out."""
    groups: Mapping[Handle, frozenset[Handle]] = field(default_factory=dict)
    moved: Mapping[tuple[Handle, Handle], Handle | None] = field(default_factory=dict)
    """By paper and person named on it: of whom it is instead."""

    def group(self, person: Handle) -> frozenset[Handle]:
        """All who are one with the person, who is among them."""
        return self.groups.get(person, frozenset([person]))

    def whose(self, paper: Handle, person: Handle) -> Handle | None:
        """Of whom the paper is on which the person is named; None where that is nobody who is known."""
        return self.moved.get((paper, person), person)

    @property
    def people(self) -> set[Handle]:
        """Everybody of whom something was said."""
        moved = {one for (_, person), whose in self.moved.items() for one in (person, whose) if one}
        return moved.union(*self.groups.values())

    def of(self, person: Handle) -> list[tuple[Said, Said]]:
        """What was said of the person, as `said`."""
        group = self.group(person)
        return [(said, now) for said, now in self.said if not group.isdisjoint(people_of(now))]


def people_of(said: Said) -> tuple[Handle, ...]:
    """Of whom something was said."""
    if isinstance(said, Joined):
        return said.first, said.second
    return (said.person, said.whose) if said.whose else (said.person,)


def groups_of(pairs: Iterable[tuple[Handle, Handle]]) -> dict[Handle, frozenset[Handle]]:
    """Everybody who is in a pair, with all to whom a chain of pairs leads from there."""
    groups: dict[Handle, frozenset[Handle]] = {}
    for one, other in pairs:
        group = groups.get(one, frozenset([one])) | groups.get(other, frozenset([other]))
        groups |= dict.fromkeys(group, group)
    return groups


async def load(db: Database, owner: Owner) -> CorrectedPeople:
    """What the owner and the operator said, of the people and papers of today."""
    async with db.read() as connection:
        joined = await person_corrections.joined(connection, owner)
        moved = await person_corrections.moved(connection, owner)
    if not joined and not moved:
        return CorrectedPeople()
    everything: list[Said] = [*joined, *moved]
    people = await authors.moved(db, [person for said in everything for person in people_of(said)])
    now_joined = [
        said.model_copy(
            update={"first": people.get(said.first, said.first), "second": people.get(said.second, said.second)}
        )
        for said in joined
    ]
    now_moved = await _moved(db, owner, moved, people)
    return CorrectedPeople(
        said=[
            *((said, now) for said, now in zip(joined, now_joined, strict=True) if now.first != now.second),
            *((said, now) for said, now in zip(moved, now_moved, strict=True) if now),
        ],
        groups=groups_of((now.first, now.second) for now in now_joined if now.first != now.second),
        # The operator's come first, so that the owner's go before them.
        moved={(now.paper, now.person): now.whose for now in now_moved if now},
    )


async def _moved(
    db: Database, owner: Owner, said: Sequence[Moved], people: Mapping[Handle, Handle]
) -> list[Moved | None]:
    """What was said of papers, of the person who is named there now; None where that is nobody."""
    if not said:
        return []
    async with db.read() as connection:
        own = await own_papers.moved(connection, owner, [one.paper for one in said])
    known = await papers.current_handles(db, [own.get(one.paper, one.paper) for one in said])
    now = [
        one.model_copy(
            update={
                "paper": known.get(handle := own.get(one.paper, one.paper), handle),
                "person": people.get(one.person, one.person),
                "whose": people.get(one.whose, one.whose) if one.whose else None,
            }
        )
        for one in said
    ]
    named = await named_on(db, owner, [one.paper for one in now], [one.person for one in now])
    return [one if (one.paper, one.person) in named else await _of_namesake(db, one) for one in now]


async def _of_namesake(db: Database, moved: Moved) -> Moved | None:
    """The same of who is named there instead, since the papers of the name were divided anew.

    Where a paper was only said not to be the person's, that has come true.
    """
    if moved.whose is None:
        return None
    named = [one.handle for one in await authors.of_paper(db, moved.paper) if name_key(one.name) == moved.name]
    return moved.model_copy(update={"person": named[0]}) if named else None


async def named_on(
    db: Database, owner: Owner, on: Iterable[Handle], people: Iterable[Handle]
) -> set[tuple[Handle, Handle]]:
    """Which of these people are named on which of these papers, as paper and person."""
    on, people = list(on), list(people)
    everybodys = await authors.named_on(db, on, people)
    async with db.read() as connection:
        return everybodys | await own_authors.named_on(connection, owner, on, people)
