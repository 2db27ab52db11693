"""Correcting who is who, for one guild or for everybody: that two people are one, and that a paper is another's."""

from __future__ import annotations

from collections.abc import Sequence

from store.catalog import authors
from store.corrected_people import Said, people_of
from store.errors import NotFoundError
from store.guilds import person_corrections
from store.guilds.person_corrections import Joined, Moved
from store.models import Author, Frozen, Handle, Paper
from store.people_view import PeopleView
from store.text.person_names import name_key
from store.view import View


async def join(view: PeopleView, one: Handle, other: Handle, by: int) -> bool:
    """Let two people be one for the view's owner, as the user `by` said; False where they are so already.

    Raises `NotFoundError` where one is not there, and `TooManyCorrectionsError`.
    """
    moved = await authors.moved(view.db, [one, other])
    one, other = moved.get(one, one), moved.get(other, other)
    if len(await view.uncorrected([one, other])) < len({one, other}):
        raise NotFoundError
    if other in await view.group(one):
        return False
    async with view.db.write() as connection:
        await person_corrections.join(connection, view.owner, one, other, by)
    return True


async def part(view: PeopleView, one: Handle, other: Handle) -> bool:
    """Take back what was said by `join`, of the handles that it was said of; False where nothing was."""
    async with view.db.write() as connection:
        return await person_corrections.part(connection, view.owner, one, other)


async def move(view: PeopleView, paper: Handle, person: Handle, whose: Handle | None, by: int) -> bool:
    """Let a paper that is shown as the person's be by `whose`, or by nobody who is known; False where it is so already.

    Raises `NotFoundError` where the paper is not the person's or `whose` is not there, and `TooManyCorrectionsError`.
    """
    corrected, group = await view.corrections(), await view.group(person)
    named = [one for one in await view.named_on(paper) if corrected.whose(paper, one) in group]
    if not named or (whose and await view.author(whose) is None):
        raise NotFoundError
    if whose in group:
        return False
    people = await view.uncorrected(named)
    names = [(one, name_key(people[one].name)) for one in named if one in people]
    async with view.db.write() as connection:
        await person_corrections.move(connection, view.owner, paper, names, whose, by)
    return True


async def put_back(view: PeopleView, paper: Handle, person: Handle) -> bool:
    """Take back what was said by `move`, of the handles that it was said of; False where nothing was."""
    async with view.db.write() as connection:
        return await person_corrections.put_back(connection, view.owner, paper, person)


class JoinedPeople(Frozen):
    """That two people are one, as it was said, and who they are apart."""

    said: Joined
    first: Author
    second: Author


class MovedPaper(Frozen):
    """That a paper is another's, as it was said; `whose` is None where nobody knows of whom."""

    said: Moved
    paper: Paper
    person: Author
    whose: Author | None


PersonCorrection = JoinedPeople | MovedPaper


async def of_person(view: View, person: Handle) -> list[PersonCorrection]:
    """What was said of a person, the newest first."""
    group = await view.group(person)
    return await _described(view, (await view.corrections()).of(min(group)))


async def of_owner(view: View) -> list[PersonCorrection]:
    """All that the view's owner or the operator said, the newest first."""
    return await _described(view, (await view.corrections()).said)


async def of_paper(view: View, paper: Handle) -> list[PersonCorrection]:
    """What was said of whose a paper is, the newest first."""
    said = (await view.corrections()).said
    return await _described(view, [(was, now) for was, now in said if isinstance(now, Moved) and now.paper == paper])


async def _described(view: View, said: Sequence[tuple[Said, Said]]) -> list[PersonCorrection]:
    people = await view.uncorrected(person for _, now in said for person in people_of(now))
    on = {paper.handle: paper for paper in await view.papers([now.paper for _, now in said if isinstance(now, Moved)])}
    found: list[PersonCorrection] = []
    for was, now in said:
        if any(person not in people for person in people_of(now)):
            continue
        if isinstance(was, Joined) and isinstance(now, Joined):
            found.append(JoinedPeople(said=was, first=people[now.first], second=people[now.second]))
        elif isinstance(was, Moved) and isinstance(now, Moved) and now.paper in on:
            whose = people[now.whose] if now.whose else None
            found.append(MovedPaper(said=was, paper=on[now.paper], person=people[now.person], whose=whose))
    return sorted(found, key=lambda one: one.said.said, reverse=True)
