"""`/paper`."""

from __future__ import annotations

from discord import app_commands

from commands import disambiguation, options, suggestions
from commands.context import Interaction
from commands.respond import reply


@app_commands.command(
    name="paper", description="Show a paper; find it by its title, by its authors and year, by arXiv id or DOI"
)
@app_commands.describe(
    title="Words of the title, its acronym, authors and year, an arXiv id or a DOI", private=options.PRIVATE
)
@app_commands.autocomplete(title=suggestions.suggest_papers)
async def paper_command(interaction: Interaction, title: options.Title, private: bool = False) -> None:
    """Answer `/paper`."""
    await reply(interaction, disambiguation.paper(interaction, title), private=private)
