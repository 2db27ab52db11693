"""`/why`, and the buttons under posts: what became of a paper in this channel, and by which rule."""

from __future__ import annotations

from discord import app_commands

from commands import addresses, custom_ids, disambiguation, options, suggestions
from commands.buttons import StatefulButton
from commands.context import Interaction, scope_of
from commands.errors import UserError
from commands.respond import reply
from commands.views import posts
from commands.views.layout import CardView
from store.guilds import post_contents


@app_commands.command(name="why", description="What happened to a paper in this channel, and which rule decided it")
@app_commands.describe(paper=options.PAPER, private=options.PRIVATE)
@app_commands.autocomplete(paper=suggestions.suggest_papers)
async def why_command(interaction: Interaction, paper: options.Title, private: bool = True) -> None:
    """Answer `/why`."""
    await reply(interaction, disambiguation.paper(interaction, paper, "why"), private=private)


class PostReasonsButton(StatefulButton[custom_ids.PostReasons], id_type=custom_ids.PostReasons):
    """Why a post is here."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, _explained(interaction, self.state.token), private=True)


async def _explained(interaction: Interaction, token: str) -> CardView:
    found = await post_contents.causes(interaction.client.library.db, scope_of(interaction), token)
    if not found:
        raise UserError("I no longer know why I posted that. Ask /why with the paper's title.")
    return posts.explained(found)


async def over_cap(interaction: Interaction, address: addresses.PostOverCap) -> CardView:
    """A page of the papers that a post left over its cap."""
    found = await post_contents.over_cap(interaction.client.library.db, scope_of(interaction), address.token)
    if not found:
        raise UserError("I no longer know those papers. Look for them with /search.")
    return posts.over_cap(found, address)
