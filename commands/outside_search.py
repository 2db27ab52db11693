"""What the store has no good answer to, asked of services: candidates beside those of the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from commands.addresses import CardAddress, FoundAuthor, FoundPaper, OutsidePapers, OutsidePeople, PaperAction
from commands.context import Interaction, scope_of, view_of
from commands.errors import UserError
from commands.verbs import PaperVerb
from commands.views import markdown, outside_cards
from commands.views.layout import CardView
from commands.views.outside_cards import Found, Here
from store.models import Author, Handle, Paper, PaperRecord
from store.outside import FoundPerson
from store.storage import button_state
from store.text.normalize import fold

T = TypeVar("T")


class Frame(NamedTuple):
    """What a card of the library has around its entries, and keeps when there are others beside them."""

    heading: str
    address: CardAddress
    footnote: str


OUTSIDE = "outside: "
"""What the last suggestion of autocomplete puts before what was typed: the store is not asked then."""
SEARCHING = "-# Searching outside …"


async def papers(interaction: Interaction, address: OutsidePapers) -> CardView:
    """What services find for what was typed; raises `UserError` where that is forgotten."""
    typed = await _typed(interaction, "title", address.question)
    return outside_cards.found(_heading(typed), [], await _papers(interaction, typed, address.verb, []), address)


async def papers_for(interaction: Interaction, typed: str, verb: PaperVerb) -> CardView:
    """The same for what somebody types now."""
    question = await button_state.keep(view_of(interaction).db, "title", scope_of(interaction), typed)
    return await papers(interaction, OutsidePapers(verb, question))


async def papers_beside(
    interaction: Interaction, typed: str, verb: PaperVerb, here: Sequence[tuple[Paper, CardAddress]], frame: Frame
) -> CardView:
    """What services find for what was typed, beside what is closest to it in the library."""
    found = await _papers(interaction, typed, verb, here)
    known = [Here(outside_cards.paper_here(paper), opened) for paper, opened in here]
    return outside_cards.found(frame.heading, known, found, frame.address, frame.footnote)


async def people(interaction: Interaction, address: OutsidePeople) -> CardView:
    """Whom services find for what was typed; raises `UserError` where that is forgotten."""
    typed = await _typed(interaction, "author", address.question)
    return outside_cards.found(_heading(typed), [], await _people(interaction, typed), address)


async def people_for(interaction: Interaction, typed: str) -> CardView:
    """The same for what somebody types now."""
    question = await button_state.keep(view_of(interaction).db, "author", scope_of(interaction), typed)
    return await people(interaction, OutsidePeople(question))


async def people_beside(
    interaction: Interaction, typed: str, here: Sequence[tuple[Author, CardAddress]], frame: Frame
) -> CardView:
    """Whom services find for what was typed, beside those of the library whose names are closest to it."""
    known = [Here(outside_cards.author_here(author), opened) for author, opened in here]
    return outside_cards.found(frame.heading, known, await _people(interaction, typed), frame.address, frame.footnote)


def _heading(typed: str) -> str:
    return f"### Found outside for “{markdown.echo(typed, 200)}”"


async def _papers(
    interaction: Interaction, typed: str, verb: PaperVerb, here: Sequence[tuple[Paper, CardAddress]]
) -> Found:
    if refusal := _refusal(interaction):
        return Found(failures=(refusal,))
    answer = await interaction.client.outside.papers_titled(typed)
    view, shown = view_of(interaction), {paper.handle for paper, _ in here}
    entries: list[tuple[str, CardAddress]] = []
    for record in answer.found[: outside_cards.MOST_OUTSIDE]:
        known = await view.papers_named(record.identifiers)
        if not known:
            token = await _keep(interaction, record)
            entries.append((outside_cards.paper_outside(record), FoundPaper(verb, token)))
        elif known[0].handle not in shown:
            entries.append((outside_cards.paper_here(known[0]), PaperAction(verb, known[0].handle)))
    total = len(entries) + max(0, len(answer.found) - outside_cards.MOST_OUTSIDE)
    return Found(entries, answer.failures, total, exact=_is_called(answer.found[:1], typed, lambda one: one.title))


async def _people(interaction: Interaction, typed: str) -> Found:
    if refusal := _refusal(interaction):
        return Found(failures=(refusal,))
    answer = await interaction.client.outside.people_named(typed)
    people = answer.found[: outside_cards.MOST_OUTSIDE]
    tokens = [await _keep(interaction, person) for person in people]
    entries = [
        (outside_cards.person_outside(person), FoundAuthor(token)) for person, token in zip(people, tokens, strict=True)
    ]
    exact = _is_called(answer.found[:1], typed, lambda one: one.name)
    return Found(entries, answer.failures, len(answer.found), exact=exact)


def _is_called(first: Sequence[T], typed: str, name: Callable[[T], str]) -> bool:
    return any(fold(name(one)) == fold(typed) for one in first)


def _refusal(interaction: Interaction) -> str | None:
    return interaction.client.limits.refusal(interaction.user.id, interaction.guild_id, "search")


async def _keep(interaction: Interaction, found: PaperRecord | FoundPerson) -> Handle:
    """A token for what a service said, so that opening it needs no second request."""
    text = found.model_dump_json(exclude_defaults=True)
    return await button_state.keep(view_of(interaction).db, "outside", scope_of(interaction), text)


async def _typed(interaction: Interaction, purpose: button_state.Purpose, question: str) -> str:
    typed = await button_state.recall(view_of(interaction).db, purpose, scope_of(interaction), question)
    if typed is None:
        raise UserError("That was asked too long ago. Ask again.")
    return typed
