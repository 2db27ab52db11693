"""Who may do what where: people who manage subscriptions, and the bot in the channel that it is to post in."""

from __future__ import annotations

import discord

from commands.context import Interaction
from commands.errors import UserError

_ALWAYS_NEEDED = ("view_channel", "read_message_history")
"""Beside sending: without a channel's history the bot cannot make sure that nothing is posted twice."""


def require_manager(interaction: Interaction) -> None:
    """Raise `UserError` unless the person may manage this channel, or it is a direct message."""
    if interaction.guild_id and not interaction.permissions.manage_channels:
        raise UserError("You need the permission Manage Channels here. Ask somebody who has it.")


def require_guild(interaction: Interaction) -> int:
    """The guild's id; raises `UserError` in a direct message."""
    if interaction.guild_id is None:
        raise UserError("That works only on a server. Use it in one of its channels.")
    return interaction.guild_id


def require_channel(interaction: Interaction, *, own_thread: bool) -> None:
    """Raise `UserError` unless the bot may post in this channel, or in a thread of its own there."""
    if interaction.guild_id is None:
        if not interaction.context.dm_channel:
            raise UserError("I cannot post in a group on my own. Write to me directly, or use a server's channel.")
        if own_thread:
            raise UserError("Direct messages have no threads. Subscribe without that option.")
        return
    if interaction.client.get_guild(interaction.guild_id) is None:
        raise UserError("I am not a member of this server, so I cannot post here. Ask an administrator to invite me.")
    in_thread = isinstance(interaction.channel, discord.Thread)
    needed = [*_ALWAYS_NEEDED, "send_messages_in_threads" if in_thread or own_thread else "send_messages"]
    if own_thread:
        needed.append("create_public_threads")
    missing = [name for name in needed if not getattr(interaction.app_permissions, name)]
    if missing:
        named = ", ".join(name.replace("_", " ").title() for name in missing)
        raise UserError(f"I lack permissions here: {named}. Give them to me, then subscribe again.")


def require_mentionable(interaction: Interaction, role: discord.Role | None) -> int | None:
    """The id of the role that posts are to mention; raises `UserError` where the bot may not mention it."""
    if role is None:
        return None
    if role.is_default():
        raise UserError("I never mention @\u2060everyone. Choose another role, or none.")
    if not role.mentionable and not interaction.app_permissions.mention_everyone:
        raise UserError("I may not mention that role. Make it mentionable in the server's settings, or choose another.")
    return role.id
