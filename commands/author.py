"""`/author`."""

from __future__ import annotations

from discord import app_commands

from commands import disambiguation
from commands.context import Interaction
from commands.respond import reply


@app_commands.command(name="author", description="An author's page: figures with their source, papers, co-authors")
@app_commands.describe(name="The name, however typed: zehan qui, Qi Zehan, z. qi", private="Show the answer to me only")
@app_commands.autocomplete(name=disambiguation.suggest_authors)
async def author_command(
    interaction: Interaction, name: app_commands.Range[str, 1, 200], private: bool = False
) -> None:
    """Answer `/author`."""
    await reply(interaction, disambiguation.author(interaction, name), private=private)
