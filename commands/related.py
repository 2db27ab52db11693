"""`/related`."""

from __future__ import annotations

from discord import app_commands

from commands import disambiguation, options, suggestions
from commands.context import Interaction
from commands.respond import reply


@app_commands.command(name="related", description="Papers close to a paper, each with the reason")
@app_commands.describe(paper=options.PAPER, private=options.PRIVATE)
@app_commands.autocomplete(paper=suggestions.suggest_papers)
async def related_command(interaction: Interaction, paper: options.Title, private: bool = False) -> None:
    """Answer `/related`."""
    await reply(interaction, disambiguation.paper(interaction, paper, "related"), private=private)
