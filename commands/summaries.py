"""`/summary`."""

from __future__ import annotations

from discord import app_commands

from commands import choosing
from commands.context import Interaction
from commands.papers import Title
from commands.reply import reply


@app_commands.command(name="summary", description="What a paper does, in sentences of its abstract")
@app_commands.describe(paper="Words of the title, an arXiv id or a DOI", private="Show the answer to me only")
@app_commands.autocomplete(paper=choosing.suggest_papers)
async def summary_command(interaction: Interaction, paper: Title, private: bool = False) -> None:
    """Answer `/summary`."""
    await reply(interaction, choosing.paper(interaction, paper, "summary"), private=private)
