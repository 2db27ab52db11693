"""`/author`."""

from __future__ import annotations

from discord import app_commands

from commands import disambiguation, options, suggestions
from commands.context import Interaction
from commands.respond import reply


@app_commands.command(name="author", description="An author's page: figures with their source, papers and co-authors")
@app_commands.describe(name="The name in any form: zehan qui, Qi Zehan, z. qi", private=options.PRIVATE)
@app_commands.autocomplete(name=suggestions.suggest_authors)
async def author_command(interaction: Interaction, name: options.Name, private: bool = False) -> None:
    """Answer `/author`."""
    await reply(interaction, disambiguation.author(interaction, name), private=private)
