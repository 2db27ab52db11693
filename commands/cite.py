"""`/cite`."""

from __future__ import annotations

from functools import partial

from discord import app_commands

from commands import disambiguation, options, suggestions
from commands.addresses import Citation
from commands.context import Interaction
from commands.respond import reply
from store.catalog.citation_styles import CitationStyle


@app_commands.command(name="cite", description="A reference to a paper, ready to copy")
@app_commands.describe(paper=options.PAPER, style="BibTeX unless you choose another", private=options.PRIVATE)
@app_commands.autocomplete(paper=suggestions.suggest_papers)
async def cite_command(
    interaction: Interaction, paper: options.Title, style: CitationStyle = "bibtex", private: bool = False
) -> None:
    """Answer `/cite`."""
    opened = partial(Citation, style)
    await reply(interaction, disambiguation.paper(interaction, paper, "cite", opened), private=private)
