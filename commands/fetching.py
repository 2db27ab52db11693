"""`/fetching`: which role may fetch people from services on this server."""

from __future__ import annotations

from datetime import UTC, datetime

import discord
from discord import app_commands

from commands.context import Interaction
from commands.errors import UserError
from commands.permissions import is_manager, require_guild, require_manager, whom_to_ask
from commands.respond import reply
from commands.views import paper_cards
from commands.views.layout import CardView
from store.guilds import fetching_roles


@app_commands.command(name="fetching", description="Let only a role fetch people's papers from services, or everybody")
@app_commands.describe(role="Whose members may; @everyone lets everybody")
@app_commands.default_permissions(manage_channels=True)
@app_commands.guild_only()
async def fetching_command(interaction: Interaction, role: discord.Role) -> None:
    """Answer `/fetching`."""
    guild_id = require_guild(interaction)
    require_manager(interaction)
    await reply(interaction, _choose(interaction, guild_id, role), private=True)


async def _choose(interaction: Interaction, guild_id: int, role: discord.Role) -> CardView:
    chosen = None if role.is_default() else role
    db, now = interaction.client.library.db, datetime.now(UTC)
    await fetching_roles.choose(db, guild_id, chosen.id if chosen else None, interaction.user.id, now)
    who = f"Only {chosen.mention}, and who manages channels, may" if chosen else "Everybody may"
    return paper_cards.message(
        f"{who} fetch people and their papers from services here. What is in the store, and papers by their id or"
        " title, everybody may ask for."
    )


async def require_fetching(interaction: Interaction) -> None:
    """Raise `UserError` where a role was chosen to fetch people, and the person does not have it."""
    if interaction.guild_id is None or is_manager(interaction):
        return
    chosen = await fetching_roles.of_guild(interaction.client.library.db, interaction.guild_id)
    role = interaction.guild.get_role(chosen.role_id) if interaction.guild and chosen else None
    if role is None:
        # Nobody chose one, or it was deleted: then it keeps nobody out.
        return
    if not (isinstance(interaction.user, discord.Member) and role in interaction.user.roles):
        raise UserError(
            f"On this server only {role.mention} may fetch people from services. Ask one of them, or"
            f" {whom_to_ask(interaction)} to change that with /fetching."
        )
