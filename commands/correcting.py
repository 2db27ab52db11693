"""Correcting who is who: buttons that say that two people are one, or whose a paper is, and that take it back.

Everybody may, as with words that were taught: what they say names them, holds for their server alone, and anybody there
can undo it.
"""

from __future__ import annotations

from commands import answers
from commands.addresses import AuthorPage, NotTheirs, PaperAction, PersonCorrections
from commands.author_pages import known_author
from commands.buttons import StatefulButton
from commands.context import Interaction, view_of
from commands.custom_ids import JoinPeople, MovePaper, NobodysPaper
from commands.errors import UserError
from commands.respond import edit_or_reply
from commands.views import correction_cards
from commands.views.layout import CardView
from store import correcting_people
from store.errors import NotFoundError
from store.models import Handle


class JoinPeopleButton(StatefulButton[JoinPeople], id_type=JoinPeople):
    """Joins two people, or parts them again; then shows the page."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, _join(interaction, self.state))


class MovePaperButton(StatefulButton[MovePaper], id_type=MovePaper):
    """Gives a paper to another person; then shows its authors."""

    async def answer(self, interaction: Interaction) -> None:
        state = self.state
        await edit_or_reply(interaction, _move(interaction, state.handle, state.person, state.other))


class NobodysPaperButton(StatefulButton[NobodysPaper], id_type=NobodysPaper):
    """Takes a paper from a person, or gives it back; then shows its authors."""

    async def answer(self, interaction: Interaction) -> None:
        state = self.state
        if state.verb == "nobody":
            await edit_or_reply(interaction, _move(interaction, state.handle, state.person, None))
        else:
            await edit_or_reply(interaction, _put_back(interaction, state.handle, state.person))


async def not_theirs(interaction: Interaction, address: NotTheirs) -> CardView:
    """The question whose a paper is that is not by the person."""
    view = view_of(interaction)
    paper, who = await view.paper(address.handle), await known_author(view, address.person)
    if paper is None:
        raise UserError("That paper is no longer in the store. Look it up again with /paper.")
    authors = {one.handle for one in await view.authors_of(paper.handle)}
    offered = [one for one in await view.alike(who.handle) if one.handle not in authors]
    return correction_cards.whose(paper, who, offered, address)


async def corrections(interaction: Interaction, address: PersonCorrections) -> CardView:
    """All that was said of a person."""
    view = view_of(interaction)
    who = await known_author(view, address.handle)
    return correction_cards.corrections(who, await correcting_people.of_person(view, who.handle), address)


async def _join(interaction: Interaction, state: JoinPeople) -> CardView:
    view = view_of(interaction)
    if state.verb == "part":
        if not await correcting_people.part(view, state.handle, state.other):
            raise UserError("That has been undone already.")
        note = f"-# Undone by <@{interaction.user.id}>: they are two people again."
    else:
        try:
            joined = await correcting_people.join(view, state.handle, state.other, interaction.user.id)
        except NotFoundError:
            raise UserError("One of the two is no longer in the store. Look them up again with /author.") from None
        note = "-# They have one page here from now on." if joined else "-# They have one page here already."
    card = await answers.card(interaction, AuthorPage(state.handle))
    card.note = note
    return card


async def _move(interaction: Interaction, paper: Handle, person: Handle, whose: Handle | None) -> CardView:
    view = view_of(interaction)
    try:
        await correcting_people.move(view, paper, person, whose, interaction.user.id)
    except NotFoundError:
        raise UserError("That has changed meanwhile. Open the paper again with /paper.") from None
    return await _authors(interaction, paper, "")


async def _put_back(interaction: Interaction, paper: Handle, person: Handle) -> CardView:
    if not await correcting_people.put_back(view_of(interaction), paper, person):
        raise UserError("That has been undone already.")
    return await _authors(interaction, paper, f"-# Undone by <@{interaction.user.id}>.")


async def _authors(interaction: Interaction, paper: Handle, note: str) -> CardView:
    card = await answers.card(interaction, PaperAction("authors", paper))
    card.note = note
    return card
