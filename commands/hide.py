"""`/hide` and `/hidden`: papers that nobody on this server finds or is told of, for those who manage channels."""

from __future__ import annotations

from datetime import UTC, datetime

from discord import app_commands

from commands import disambiguation, options, suggestions
from commands.buttons import StatefulButton
from commands.context import Interaction, owner_of, view_of
from commands.custom_ids import HiddenPage, ShowAgain
from commands.errors import UserError
from commands.permissions import require_manager
from commands.respond import edit_or_reply, reply
from commands.views import hidden_cards
from commands.views.layout import CardView
from store.guilds import hidden_papers, watch_news


@app_commands.command(name="hide", description="Hide a paper on this server: nobody finds it, no channel is told of it")
@app_commands.describe(paper=options.PAPER)
@app_commands.autocomplete(paper=suggestions.suggest_papers)
@app_commands.default_permissions(manage_channels=True)
async def hide_command(interaction: Interaction, paper: options.Title) -> None:
    """Answer `/hide`."""
    require_manager(interaction)
    await reply(interaction, _hide(interaction, paper), private=True)


@app_commands.command(name="hidden", description="The papers that are hidden on this server, to show them again")
@app_commands.default_permissions(manage_channels=True)
async def hidden_command(interaction: Interaction) -> None:
    """Answer `/hidden`."""
    require_manager(interaction)
    await reply(interaction, _list(interaction), private=True)


async def _hide(interaction: Interaction, typed: str) -> CardView:
    view, owner, now = view_of(interaction), owner_of(interaction), datetime.now(UTC)
    paper = await disambiguation.the_paper(interaction, typed)
    async with view.db.write() as connection:
        await hidden_papers.hide(connection, owner, paper, interaction.user.id, now)
        await watch_news.drop_hidden(connection, owner, paper.handle)
    return await _list(interaction)


async def _list(interaction: Interaction, page: int = 0) -> CardView:
    return hidden_cards.hidden(await view_of(interaction).hidden(), page)


class HiddenPageButton(StatefulButton[HiddenPage], id_type=HiddenPage):
    """Another page of what is hidden."""

    async def answer(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await edit_or_reply(interaction, _list(interaction, self.state.page))


class ShowAgainButton(StatefulButton[ShowAgain], id_type=ShowAgain):
    """Shows a paper again that was hidden."""

    async def answer(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await edit_or_reply(interaction, _show_again(interaction, self.state.handle))


async def _show_again(interaction: Interaction, handle: str) -> CardView:
    async with view_of(interaction).db.write() as connection:
        if not await hidden_papers.show_again(connection, owner_of(interaction), handle, datetime.now(UTC)):
            raise UserError("That paper is not hidden any more.")
    return await _list(interaction)
