"""Taking in what a service found: a paper, or a person with their papers, the first page at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from commands import answers
from commands.addresses import AuthorPage, FoundAuthor, FoundPaper, PaperAction, RefreshedAuthor
from commands.context import OUTBOX_CHANGED, PERSON_ASKED_FOR, PERSON_PROGRESS, Interaction, owner_of, scope_of, view_of
from commands.errors import UserError
from commands.fetching import require_fetching
from commands.respond import show_progress
from commands.views import markdown
from commands.views.layout import CardView
from store import ingest, person_intake
from store.guilds import person_intakes
from store.guilds.person_intakes import PersonIntake
from store.models import PaperRecord, ParsedSource
from store.outside import FoundPerson, PaperPage
from store.storage import button_state

LOOK_S = 5.0
"""Seconds between two looks at how far a person is whom another process fetches."""
PROGRESS_FOR_S = 12 * 60.0
"""For which the card of a person shows how far their papers are; Discord takes changes of a reply for 15 minutes."""


async def paper(interaction: Interaction, address: FoundPaper) -> CardView:
    """Take in a paper that a service found, and open it."""
    record = PaperRecord.model_validate_json(await _kept(interaction, address.question))
    client, owner = interaction.client, owner_of(interaction)
    parsed = ParsedSource(papers=(record,))
    await ingest.take(client.library.db, record.source.name, parsed, asked_by=owner)
    client.dispatch(OUTBOX_CHANGED)
    added = await view_of(interaction).papers_added([record])
    if not added:
        raise UserError("That paper is hidden on this server. Who manages channels can show it again with /hidden.")
    found = added[0]
    return await answers.card(interaction, PaperAction(address.verb, found.handle, trail=address.trail))


async def author(interaction: Interaction, address: FoundAuthor) -> CardView:
    """Fetch a person whom a service found with the first page of their papers; the rest comes in the background."""
    person = FoundPerson.model_validate_json(await _kept(interaction, address.question))
    return await _bring(interaction, person.everywhere, address.trail)


async def refreshed(interaction: Interaction, address: RefreshedAuthor) -> CardView:
    """Fetch again what the service lists of this author; raises `UserError` where they came from none."""
    group, db = await view_of(interaction).group(address.handle), interaction.client.library.db
    known = [one for member in sorted(group) for one in await person_intakes.of_author(db, member)]
    if not known:
        raise UserError("That author's papers came from no service. Look them up again with /author.")
    found: list[FoundPerson] = []
    failures: list[str] = []
    for intake in known:
        answer = await interaction.client.outside.person(intake.person.identifier, fresh=True)
        found += [one.model_copy(update={"elsewhere": intake.person.elsewhere or None}) for one in answer.found[:1]]
        failures += answer.failures
    if not found:
        raise UserError(f"{' '.join(failures) or 'The service no longer has this person.'} Try again later.")
    return await _bring(interaction, found, address.trail)


async def begin(interaction: Interaction, people: Sequence[FoundPerson]) -> PersonIntake:
    """Take in the first page of the papers of one person, unless it is here; the worker goes on from there.

    The page is of the first of the services that gives one. The worker fetches those of the others, too.
    """
    client, db = interaction.client, interaction.client.library.db
    for person in people:
        intake = await person_intakes.begin(db, person, datetime.now(UTC))
        if intake.author is None or not intake.taken:
            intake = await person_intake.take(db, intake, await _first_page(interaction, intake), datetime.now(UTC))
            client.dispatch(OUTBOX_CHANGED)
        if intake.author is not None:
            break
    for other in people:
        await person_intakes.begin(db, other, datetime.now(UTC), intake.author)
    client.dispatch(PERSON_ASKED_FOR)
    return intake


async def _bring(interaction: Interaction, people: Sequence[FoundPerson], trail: str) -> CardView:
    await require_fetching(interaction)
    if refusal := interaction.client.limits.refusal(interaction.user.id, interaction.guild_id, "person"):
        raise UserError(refusal)
    await show_progress(interaction, f"-# Fetching the papers of {markdown.safe(people[0].name, 100)} …")
    intake = await begin(interaction, people)
    if intake.author is None:
        raise UserError(f"{intake.failure} I try again by myself; ask for them again later.")
    return await _page(interaction, AuthorPage(intake.author, trail=trail), intake)


async def _first_page(interaction: Interaction, intake: PersonIntake) -> PaperPage:
    pages = interaction.client.outside.papers_of(intake.person.identifier, fresh=True)
    async with aclosing(pages):
        async for page in pages:
            return page
    return PaperPage(failure="The service gave no papers.")


async def _page(interaction: Interaction, address: AuthorPage, intake: PersonIntake) -> CardView:
    """The author's page, which is replaced as more of their papers come."""
    shown = await answers.card(interaction, address)
    known = await person_intakes.of_author(interaction.client.library.db, address.handle)
    if not all(one.complete and one.person.elsewhere is not None for one in known):
        until = asyncio.get_running_loop().time() + PROGRESS_FOR_S

        async def replacement() -> CardView | None:
            later = await _progress(interaction, intake, until - asyncio.get_running_loop().time())
            return await _page(interaction, address, later) if later else None

        shown.replacement = replacement
    return shown


async def _progress(interaction: Interaction, intake: PersonIntake, within: float) -> PersonIntake | None:
    """The person's intake after the next page of any service; None if none comes within so many seconds."""
    services, client = {one.identifier for one in intake.person.everywhere}, interaction.client
    before, passed = await _intakes(interaction, intake), asyncio.get_running_loop().time
    until = passed() + within
    while (left := until - passed()) > 0:
        is_here = client.does("people")
        wait = left if is_here else min(left, LOOK_S)
        try:
            later: PersonIntake = await client.wait_for(
                PERSON_PROGRESS, check=lambda one: one.person.identifier in services, timeout=wait
            )
            return later
        except TimeoutError:
            if is_here:
                return None
            # What another process does is told by no event.
            if changed := [one for one in await _intakes(interaction, intake) if one not in before]:
                return changed[0]
    return None


async def _intakes(interaction: Interaction, intake: PersonIntake) -> list[PersonIntake]:
    return await person_intakes.of_author(interaction.client.library.db, intake.author) if intake.author else []


async def _kept(interaction: Interaction, token: str) -> str:
    text = await button_state.recall(interaction.client.library.db, "outside", scope_of(interaction), token)
    if text is None:
        raise UserError("That was found too long ago. Ask again with /paper or /author.")
    return text
