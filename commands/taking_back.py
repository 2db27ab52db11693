"""Taking back what was added by mistake: a button under the answer to `/add`, and one under a paper that was added."""

from __future__ import annotations

from commands.buttons import StatefulButton
from commands.context import Interaction, owner_of, view_of
from commands.custom_ids import OwnPaper, TakeBack
from commands.errors import UserError
from commands.permissions import is_manager
from commands.respond import first_answer, reply
from commands.views import markdown, paper_cards
from commands.views.layout import ButtonSpec, CardView
from store import own_removal
from store.errors import NotFoundError
from store.models import Handle

MOST_NAMED = 3
"""People who are named as having added a paper; the others are counted."""


class TakeBackButton(StatefulButton[TakeBack], id_type=TakeBack):
    """Undoes an addition, and says so in place of its card."""

    async def answer(self, interaction: Interaction) -> None:
        await first_answer(interaction.response.defer)
        await interaction.edit_original_response(view=await _take_back(interaction, self.state.addition))


class OwnPaperButton(StatefulButton[OwnPaper], id_type=OwnPaper):
    """Removes what was added here of a paper, after a question."""

    async def answer(self, interaction: Interaction) -> None:
        if self.state.verb == "ask":
            await reply(interaction, _question(interaction, self.state.handle), private=True)
        else:
            await first_answer(interaction.response.defer)
            await interaction.edit_original_response(view=await _remove(interaction, self.state.handle))


async def name_adders(interaction: Interaction, card: CardView, handle: Handle) -> CardView:
    """The card of a paper; where it was added here, with who did so, and for those who may a button to remove it."""
    people = await view_of(interaction).added_by(handle)
    if people:
        card.note = f"-# Added here by {_named(people)}"
    if interaction.user.id in people or (people and is_manager(interaction)):
        card.note_buttons = [ButtonSpec("Remove", OwnPaper("ask", handle))]
    return card


def _named(people: list[int]) -> str:
    more = f" and {len(people) - MOST_NAMED} more" if len(people) > MOST_NAMED else ""
    return ", ".join(f"<@{person}>" for person in people[:MOST_NAMED]) + more


async def _take_back(interaction: Interaction, addition: int) -> CardView:
    db, manager = interaction.client.library.db, is_manager(interaction)
    try:
        count = await own_removal.take_back(db, owner_of(interaction), addition, interaction.user.id, manager=manager)
    except NotFoundError:
        raise UserError("That has been taken back already.") from None
    what = markdown.counted(count, "paper") if count else "the figures"
    return paper_cards.message(f"Taken back by <@{interaction.user.id}>: {what}. What others added stays.")


async def _question(interaction: Interaction, handle: Handle) -> CardView:
    view = view_of(interaction)
    people, paper = await view.added_by(handle), await view.paper(handle)
    if not people or paper is None:
        raise UserError("That has been removed already.")
    if is_manager(interaction):
        what = f"what {_named(people)} added"
    elif interaction.user.id in people:
        what = "what you added"
    else:
        raise own_removal.NotAllowedError
    card = paper_cards.message(f"Remove {what} of “{markdown.safe(paper.title, 300)}”? What everybody sees stays.")
    card.note_buttons = [ButtonSpec("Yes, remove it", OwnPaper("sure", handle))]
    return card


async def _remove(interaction: Interaction, handle: Handle) -> CardView:
    db, manager = interaction.client.library.db, is_manager(interaction)
    try:
        await own_removal.remove_paper(db, owner_of(interaction), handle, interaction.user.id, manager=manager)
    except NotFoundError:
        raise UserError("That has been removed already.") from None
    return paper_cards.message("Removed.")
