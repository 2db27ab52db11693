"""`/related`."""

from __future__ import annotations

from discord import app_commands

from commands import disambiguation, options, suggestions
from commands.context import Interaction
from commands.respond import reply
from store.search.related import Facet


@app_commands.command(name="related", description="Papers close to a paper, each with the reason")
@app_commands.describe(paper=options.PAPER, same="Alike in this; in all by default", private=options.PRIVATE)
@app_commands.autocomplete(paper=suggestions.suggest_papers)
async def related_command(
    interaction: Interaction, paper: options.Title, same: Facet | None = None, private: bool = False
) -> None:
    """Answer `/related`."""
    await reply(interaction, disambiguation.paper(interaction, paper, same or "related"), private=private)
