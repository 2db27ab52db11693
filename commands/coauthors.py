"""`/coauthors`."""

from __future__ import annotations

from discord import app_commands

from commands import answers, disambiguation, options, suggestions
from commands.addresses import CoauthorChain
from commands.context import Interaction
from commands.respond import reply
from commands.views.layout import CardView


@app_commands.command(name="coauthors", description="How two people are connected: the shortest chain of joint papers")
@app_commands.describe(one="Whom to begin with", other="Whom to get to", private=options.PRIVATE)
@app_commands.autocomplete(one=suggestions.suggest_authors, other=suggestions.suggest_authors)
async def coauthors_command(
    interaction: Interaction, one: options.Name, other: options.Name, private: bool = False
) -> None:
    """Answer `/coauthors`."""
    await reply(interaction, _chain(interaction, one, other), private=private)


async def _chain(interaction: Interaction, one: str, other: str) -> CardView:
    first = await disambiguation.the_author(interaction, one)
    second = await disambiguation.the_author(interaction, other)
    return await answers.card(interaction, CoauthorChain(first.handle, second.handle))
