"""`/aliases`: what people of this server picked when nothing fitted, to see, forget and hand on."""

from __future__ import annotations

import io

import discord
from discord import app_commands

from commands.context import Assistant, Interaction, UserError
from commands.disambiguation import MAX_CHOICE, MAX_CHOICES
from commands.errors import Suggesting
from commands.respond import reply
from commands.views import markdown, paper_cards, parts, subscription_cards
from commands.views.layout import Card, CardView
from store.guilds import aliases
from store.library import Library

_SHOWN = 30


@app_commands.command(name="aliases", description="What people here picked when nothing fitted: list, forget, export")
@app_commands.describe(
    forget="Words that shall no longer lead anywhere by themselves; needs Manage Channels",
    export="As a file of regression cases for look-up",
)
@app_commands.guild_only()
async def aliases_command(
    interaction: Interaction, forget: app_commands.Range[str, 1, 200] | None = None, export: bool = False
) -> None:
    """Answer `/aliases`."""
    if interaction.guild_id is None:
        raise UserError("That works only in a server; please use it in one of its channels.")
    library = interaction.client.library
    if forget is not None:
        subscription_cards.require_manager(interaction)
        await reply(interaction, _forget(library, interaction.guild_id, forget), private=True)
    elif export:
        lines = "".join(f"{line}\n" for line in await aliases.regression_cases(library.db, interaction.guild_id))
        file = discord.File(io.BytesIO(lines.encode()), "aliases.jsonl")
        await interaction.response.send_message(
            "For `python -m tests.bench.lookup --queries`:", file=file, ephemeral=True
        )
    else:
        await reply(interaction, _listed(library, interaction.guild_id), private=True)


@aliases_command.autocomplete("forget")
async def suggest_aliases(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """This server's aliases that contain what has been typed so far."""
    with Suggesting("forget"):
        known = await aliases.entries(interaction.client.library.db, interaction.guild_id or 0)
        fitting = [a.query for a in known if typed.casefold() in a.query.casefold() and len(a.query) <= MAX_CHOICE]
        return [app_commands.Choice(name=markdown.plain(q, MAX_CHOICE), value=q) for q in fitting[:MAX_CHOICES]]
    return []


async def _listed(library: Library, guild_id: int) -> CardView:
    known = await aliases.entries(library.db, guild_id)
    if not known:
        return paper_cards.message(
            "Nothing is remembered here yet. When a look-up finds nothing that fits, what you pick is."
        )
    card = Card(parts.NEUTRAL, reserve=200)
    card.text(f"### Remembered here: {len(known):,}")
    shown = [
        f"“{markdown.echo(a.query, 60)}” → {markdown.safe(a.text, 90) if a.text else '*no longer in the store*'}"
        for a in known[:_SHOWN]
    ]
    while not card.text("\n".join(shown)):
        shown.pop()
    more = len(known) - len(shown)
    card.text(f"-# and {more:,} more; `/aliases export:True` has all" if more else "", final=True)
    return card.view()


async def _forget(library: Library, guild_id: int, query: str) -> CardView:
    gone = [await aliases.forget(library.db, guild_id, kind, query) for kind in ("title", "author")]
    if not any(gone):
        raise UserError(f"“{markdown.echo(query, 100)}” is not remembered here. /aliases shows what is.")
    return paper_cards.message(f"“{markdown.echo(query, 100)}” is forgotten.")
