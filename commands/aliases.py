"""`/aliases`: what people on this server said that words stand for, to see, forget and export."""

from __future__ import annotations

import io

import discord
from discord import app_commands

from commands.context import Assistant, Interaction
from commands.errors import UserError, log_autocomplete_errors
from commands.permissions import require_guild
from commands.respond import reply
from commands.suggestions import MAX_CHOICE, MAX_CHOICES
from commands.views import alias_cards, markdown, paper_cards
from commands.views.layout import CardView
from store.guilds import aliases
from store.library import Library


@app_commands.command(
    name="aliases",
    description="What words stand for on this server, as people said: list, forget some, or export them",
)
@app_commands.describe(
    forget="Words that should no longer lead to what was picked",
    export="Send them as a file of test cases for look-up",
)
@app_commands.guild_only()
async def aliases_command(
    interaction: Interaction, forget: app_commands.Range[str, 1, 200] | None = None, export: bool = False
) -> None:
    """Answer `/aliases`."""
    guild_id, library = require_guild(interaction), interaction.client.library
    if forget is not None:
        await reply(interaction, _forget(library, guild_id, forget), private=True)
    elif export:
        lines = "".join(f"{line}\n" for line in await aliases.regression_cases(library.db, guild_id))
        file = discord.File(io.BytesIO(lines.encode()), "aliases.jsonl")
        await interaction.response.send_message(
            "Test cases for `python -m tests.bench.lookup --queries`:", file=file, ephemeral=True
        )
    else:
        await reply(interaction, _list(library, guild_id), private=True)


@aliases_command.autocomplete("forget")
async def suggest_aliases(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """This server's aliases that contain what has been typed so far."""
    with log_autocomplete_errors("forget"):
        known = await aliases.entries(interaction.client.library.db, interaction.guild_id or 0)
        fitting = [a.query for a in known if typed.casefold() in a.query.casefold() and len(a.query) <= MAX_CHOICE]
        return [app_commands.Choice(name=markdown.plain(q, MAX_CHOICE), value=q) for q in fitting[:MAX_CHOICES]]
    return []


async def _list(library: Library, guild_id: int) -> CardView:
    return alias_cards.alias_list(await aliases.entries(library.db, guild_id))


async def _forget(library: Library, guild_id: int, query: str) -> CardView:
    forgotten = [await aliases.forget(library.db, guild_id, kind, query) for kind in ("title", "author")]
    if not any(forgotten):
        raise UserError(f"“{markdown.echo(query, 100)}” is not remembered here. See /aliases for what is.")
    return paper_cards.message(f"I have forgotten “{markdown.echo(query, 100)}”.")
