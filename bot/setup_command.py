"""`lectern setup`: fetches a team's people and their papers, and says which subscriptions to make in Discord."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import typer

from bot.composition import open_services
from bot.errors import ExpectedError
from bot.library_opening import open_library
from bot.settings import Settings
from seeds.services.outside import OutsideServices
from store import person_intake, team
from store.guilds import person_intakes
from store.library import Library
from store.outside import FoundPerson
from store.preview import DAYS, preview
from store.search.parser import QueryError
from store.search.query import Query
from store.team import Member, People
from store.text import person_identifiers


async def set_up(settings: Settings, people: Sequence[str], categories: Sequence[str], words: Sequence[str]) -> int:
    """Fetch the people and propose what to follow; what is missing is asked for where there is a terminal.

    Status 1 where somebody could not be found, told apart or fetched. No guild is touched.
    """
    asks = sys.stdin.isatty()
    typed = team.lines("\n".join(people))
    if asks and not (typed or categories or words):
        typed, categories, words = _ask()
    if not (typed or categories or words):
        raise ExpectedError("Say who belongs to your team: --person, --people FILE, --category or --words.")
    _queries([], categories, words)
    whole = True
    async with open_library(settings) as library, open_services(settings, library) as services:
        found: list[FoundPerson] = []
        for line in typed:
            person = _chosen(await _find(services.outside, line), asks=asks)
            if person is None:
                whole = False
            elif person not in found:
                found.append(person)
        for person in found:
            whole &= await _bring(library, services.outside, person)
        await _propose(library, found, categories, words)
    return 0 if whole else 1


def _ask() -> tuple[list[str], list[str], list[str]]:
    typer.echo("Who belongs to your team? A name, ORCID or link on each line; an empty line ends it.")
    people = _lines("person")
    categories = typer.prompt("Categories of arXiv, such as cs.CL cs.LG", default="", show_default=False).split()
    typer.echo("Words to look for, one search a line; an empty line ends it.")
    return people, categories, _lines("words")


def _lines(prompt: str) -> list[str]:
    found: list[str] = []
    while line := typer.prompt(f"  {prompt}", default="", show_default=False).strip():
        found.append(line)
    return found


async def _find(people: People, line: str) -> Member:
    member = await team.find(people, line)
    for failure in member.failures:
        typer.echo(f"  not asked: {failure}", err=True)
    return member


def _chosen(member: Member, *, asks: bool) -> FoundPerson | None:
    """Who is meant; where several may be, whoever is at the terminal says."""
    if member.person is not None or not member.candidates:
        if member.person is None:
            typer.echo(f"{member.typed}: nobody found. Give an ORCID or a link to their page.", err=True)
        return member.person
    typer.echo(f"{member.typed}: {member.total} people found", err=not asks)
    for number, person in enumerate(member.candidates, 1):
        typer.echo(f"  {number:>2} {_about(person)}", err=not asks)
    if not asks:
        typer.echo("  Give the address of one of them instead of the name.", err=True)
        return None
    while not 0 <= (number := typer.prompt("  Which one? 0 for none", type=int)) <= len(member.candidates):
        typer.echo(f"  A number from 0 to {len(member.candidates)}.")
    return member.candidates[number - 1] if number else None


def _about(person: FoundPerson) -> str:
    return ", ".join([person.name, *person.facts, person_identifiers.address(person.identifier)])


async def _bring(library: Library, outside: OutsideServices, person: FoundPerson) -> bool:
    """Take in all papers of a person from each service that knows them; what fails is gone on with by the bot."""
    complete = True
    if person.elsewhere is None:
        person = person.model_copy(update={"elsewhere": await outside.elsewhere(person)})
    for one in person.everywhere:
        intake = await person_intakes.begin(library.db, one, datetime.now(UTC))
        pages = outside.papers_of(one.identifier, intake.cursor, fresh=True)
        intake = await person_intake.take_pages(library.db, intake, pages, partial(datetime.now, UTC))
        total = f" of {intake.total}" if intake.total is not None and intake.taken != intake.total else ""
        failure = f"; {intake.failure} The bot goes on when it runs." if intake.failure else ""
        typer.echo(f"{one.name}: {intake.taken}{total} papers from {one.source.name}{failure}")
        complete &= intake.complete
    return complete


async def _propose(
    library: Library, people: Sequence[FoundPerson], categories: Sequence[str], words: Sequence[str]
) -> None:
    typer.echo(f"\nTo follow in Discord, in the channel that is to have them (papers here of the last {DAYS} days):")
    for query in _queries(people, categories, words):
        would_post = await preview(library.view(), query, datetime.now(UTC).date(), 0)
        typer.echo(f"  /subscribe query:{query.canonical()}  ({would_post.recent})")


def _queries(people: Sequence[FoundPerson], categories: Sequence[str], words: Sequence[str]) -> list[Query]:
    try:
        return team.queries(people, " ".join(categories), "\n".join(words))
    except QueryError as error:
        raise ExpectedError(str(error)) from None
