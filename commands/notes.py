"""The notes on a paper: those that the team shares, and one's own."""

from __future__ import annotations

from commands.buttons import StatefulButton
from commands.context import Interaction, view_of
from commands.errors import UserError
from commands.list_ids import PaperNotes
from commands.respond import reply
from commands.views import note_cards
from commands.views.layout import CardView
from store.guilds import paper_notes


class PaperNotesButton(StatefulButton[PaperNotes], id_type=PaperNotes):
    """Shows the notes on a paper that the person may read, to them alone."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._notes(interaction), private=True)

    async def _notes(self, interaction: Interaction) -> CardView:
        view = view_of(interaction)
        paper = await view.paper(self.state.handle)
        if paper is None:
            raise UserError("That paper is no longer here. Look for it with /paper.")
        async with view.db.read() as connection:
            found = await paper_notes.notes_of(connection, view.owner, interaction.user.id, paper.handle)
        if not found:
            raise UserError("There are no notes on it that you may read. Write one with /save and its option note.")
        return note_cards.notes(paper, found)
