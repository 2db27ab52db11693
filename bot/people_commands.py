"""`lectern people`: what the operator says for everybody of who is who, and what servers said for themselves."""

from __future__ import annotations

from collections import Counter

import typer

from bot.errors import ExpectedError
from bot.library_opening import open_library
from bot.naming_papers import named_paper
from bot.settings import Settings
from store import correcting_people, keeping_apart
from store.catalog import people_apart
from store.correcting_people import JoinedPeople, PersonCorrection
from store.errors import NotFoundError
from store.guilds import person_corrections
from store.guilds.own_papers import EVERYBODY
from store.library import Library
from store.models import Author

OPERATOR = 0
"""Who said what the operator says; no user of Discord has this id."""


async def same(settings: Settings, one: str, other: str, *, undo: bool) -> None:
    """Let two people be one for everybody, or take that back."""
    async with open_library(settings) as library:
        view, first, second = library.view(), await _named(library, one), await _named(library, other)
        if undo:
            # What was said may be of handles that lead to others now.
            pairs = ((first.handle, second.handle), (one, other))
            if not any([await correcting_people.part(view, *pair) for pair in pairs]):
                raise ExpectedError("That was not said of these two; lectern people corrections lists what was.")
            typer.echo("They are two people again.")
            return
        await keeping_apart.allow(library.db, first.handle, second.handle)
        if not await correcting_people.join(view, first.handle, second.handle, OPERATOR):
            raise ExpectedError("They are one person already.")
        typer.echo("\n".join(["They have one page for everybody:", _line(first), _line(second)]))
        typer.echo(f"To undo this: lectern people same --undo {first.handle} {second.handle}")


async def apart(settings: Settings, one: str, other: str, *, undo: bool) -> None:
    """Keep two people apart for good, or take that back."""
    async with open_library(settings) as library:
        first, second = await _named(library, one), await _named(library, other)
        if first.handle == second.handle:
            raise ExpectedError("That is one person in the store; lectern people not-by takes single papers away.")
        if undo:
            if not await keeping_apart.allow(library.db, first.handle, second.handle):
                raise ExpectedError("That was not said of these two; lectern people corrections lists what was.")
            typer.echo("Their papers decide again whether they are one.")
            return
        await correcting_people.part(library.view(), first.handle, second.handle)
        await keeping_apart.keep_apart(library.db, first.handle, second.handle)
        typer.echo("\n".join(["They stay two people:", _line(first), _line(second)]))
        typer.echo(f"To undo this: lectern people apart --undo {first.handle} {second.handle}")


async def not_by(settings: Settings, paper: str, person: str, but: str | None, *, undo: bool) -> None:
    """Take a paper from a person and give it to another, or take that back."""
    async with open_library(settings) as library:
        view, shown, who = library.view(), await named_paper(library, paper), await _named(library, person)
        if undo:
            if not await correcting_people.put_back(view, shown.handle, who.handle):
                raise ExpectedError("That was not said of the two; lectern people corrections lists what was.")
            typer.echo(f"“{shown.title}” is by {who.name} again.")
            return
        whose = await _named(library, but) if but else None
        try:
            await correcting_people.move(view, shown.handle, who.handle, whose.handle if whose else None, OPERATOR)
        except NotFoundError:
            raise ExpectedError(f"“{shown.title}” is not by {who.name} here.") from None
        typer.echo(f"“{shown.title}” is not by {who.name}, but by {whose.name if whose else 'somebody else'}.")
        typer.echo(f"To undo this: lectern people not-by --undo {shown.handle} {who.handle}")


async def corrections(settings: Settings) -> None:
    """Print what the operator said, and what servers said with how many of them say it."""
    async with open_library(settings) as library:
        async with library.db.read() as connection:
            owners = await person_corrections.owners(connection)
            kept = await people_apart.pairs(connection)
        said: Counter[str] = Counter()
        for owner in owners:
            for one in await correcting_people.of_owner(library.view(owner)):
                if one.said.owner == owner:
                    said["\n".join(_described(one))] += 1
        people = await library.view().uncorrected(handle for pair in kept for handle in pair)
    for text, times in said.items():
        typer.echo(text)
        if "--undo" not in text:
            typer.echo(f"  said by {times} of the servers, and people in direct messages, for themselves")
    for first, second in kept:
        typer.echo("\n".join(["Two people:", _line(people[first]), _line(people[second])]))
        typer.echo(f"  to undo: lectern people apart --undo {first} {second}")
    if not said and not kept:
        typer.echo("Nobody has corrected who is who.")


def _described(one: PersonCorrection) -> list[str]:
    if isinstance(one, JoinedPeople):
        command, names = "same", f"{one.said.first} {one.said.second}"
        lines = ["One person:", _line(one.first), _line(one.second)]
    else:
        command, names = "not-by", f"{one.said.paper} {one.said.person}"
        whose = one.whose.name if one.whose else "somebody else"
        lines = [f"“{one.paper.title}” is not by {one.person.name}, but by {whose}:", _line(one.person)]
        lines += [_line(one.whose)] if one.whose else []
    if one.said.owner == EVERYBODY:
        return [*lines, f"  to undo: lectern people {command} --undo {names}"]
    but = f" --but {one.said.whose}" if not isinstance(one, JoinedPeople) and one.said.whose else ""
    return [*lines, f"  for everybody: lectern people {command} {names}{but}"]


def _line(who: Author) -> str:
    about = f"; {who.distinction}" if who.distinction else ""
    return f"  {who.handle} {who.name}, {who.papers} {'paper' if who.papers == 1 else 'papers'}{about}"


async def _named(library: Library, text: str) -> Author:
    """The person whom a handle or a whole name names, whatever was said of them."""
    view = library.view()
    if found := (await view.uncorrected([text])).get(text):
        return found
    if author := await view.author(text):
        return author
    bearers = await view.bearers(text)
    if len(bearers) > 1:
        listed = "\n".join(map(_line, bearers))
        raise ExpectedError(f"{len(bearers)} people are called {text!r}; name one by handle:\n{listed}")
    if not bearers:
        raise ExpectedError(f"Nobody is called {text!r}; name the person by handle or whole name.")
    return bearers[0]
