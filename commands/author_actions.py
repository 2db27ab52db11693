"""Buttons of an author's page that do something with their papers: follow them, send them as a file."""

from __future__ import annotations

from commands import export, subscribe
from commands.author_pages import known_author
from commands.buttons import StatefulButton
from commands.context import Interaction, view_of
from commands.custom_ids import AuthorAction
from commands.respond import reply_with_file


class AuthorActionButton(StatefulButton[AuthorAction], id_type=AuthorAction):
    """Shows what a subscription to the author would post, or sends their papers."""

    async def answer(self, interaction: Interaction) -> None:
        who = await known_author(view_of(interaction), self.state.handle)
        match self.state.verb:
            case "follow":
                await subscribe.propose_author(interaction, who.name)
            case "export":
                await reply_with_file(interaction, export.of_author(interaction, who))
