"""Who may do what where: people who manage subscriptions, and the bot in the channel that it is to post in.

The bot posts and mentions for a person only what that person may post and mention there: its rights are not theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord

from commands.context import Interaction
from commands.errors import UserError

_ALWAYS_NEEDED = ("view_channel", "read_message_history")
"""Beside sending: without a channel's history the bot cannot make sure that nothing is posted twice."""


def require_manager(interaction: Interaction) -> None:
    """Raise `UserError` unless the person may manage this channel, or it is a direct message."""
    if not is_manager(interaction):
        raise UserError(f"You need the permission Manage Channels here. Ask {whom_to_ask(interaction)}.")


def is_manager(interaction: Interaction) -> bool:
    """Whether the person may change what this channel follows; in a direct message everybody may."""
    return not interaction.guild_id or interaction.permissions.manage_channels


def whom_to_ask(interaction: Interaction) -> str:
    """Who may manage this channel, as mentions: up to three roles, the highest first, and the server's owner."""
    guild, channel = interaction.guild, interaction.channel
    if guild is None or channel is None or isinstance(channel, discord.DMChannel | discord.GroupChannel):
        return "somebody who has it"
    roles = [role for role in reversed(guild.roles) if not (role.managed or role.is_default())]
    able = [role.mention for role in roles if channel.permissions_for(role).manage_channels][:3]
    return " or ".join([*able, *([f"<@{guild.owner_id}>"] if guild.owner_id else [])]) or "somebody who has it"


def how_to_start(interaction: Interaction) -> str:
    """A sentence on how the person gets a subscription here; `/subscribe` is hidden from those who may not use it."""
    if is_manager(interaction):
        return "Start one with /subscribe."
    mine = interaction.client.mention("mine")
    return (
        f"Somebody with the permission Manage Channels can start one: ask {whom_to_ask(interaction)}. To follow"
        f" something for yourself, by direct message, use {mine}."
    )


def readable_channels(
    guild: discord.Guild, reader: discord.Member | discord.Role, channel_ids: Iterable[int]
) -> list[int]:
    """Those of a guild's channels and threads that a person, or everybody with a role, can read."""
    known = [(channel_id, guild.get_channel_or_thread(channel_id)) for channel_id in channel_ids]
    return [channel_id for channel_id, channel in known if channel and channel.permissions_for(reader).read_messages]


def is_public(channel: object) -> bool:
    """Whether everybody on its server can read a channel or thread; False for what is none, or not known."""
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return False
    private = isinstance(channel, discord.Thread) and channel.is_private()
    return not private and channel.permissions_for(channel.guild.default_role).read_messages


def require_guild(interaction: Interaction) -> int:
    """The guild's id; raises `UserError` in a direct message."""
    if interaction.guild_id is None:
        raise UserError("That works only on a server. Use it in one of its channels.")
    return interaction.guild_id


def require_channel(interaction: Interaction, *, own_thread: bool) -> None:
    """Raise `UserError` unless the person and the bot may post in this channel, or in a thread of its own there."""
    if interaction.guild_id is None:
        if not interaction.context.dm_channel:
            raise UserError("I cannot post in a group on my own. Write to me directly, or use a server's channel.")
        if own_thread:
            raise UserError("Direct messages have no threads. Subscribe without that option.")
        return
    if interaction.client.get_guild(interaction.guild_id) is None:
        raise UserError("I am not a member of this server, so I cannot post here. Ask an administrator to invite me.")
    needed = [_to_write(interaction)]
    if own_thread:
        in_forum = isinstance(getattr(interaction.channel, "parent", None), discord.ForumChannel)
        needed = ["send_messages_in_threads", "send_messages" if in_forum else "create_public_threads"]
    if missing := _missing(interaction.permissions, needed):
        raise UserError(f"You lack permissions here: {missing}. I post only what you may post yourself.")
    if missing := _missing(interaction.app_permissions, [*_ALWAYS_NEEDED, *needed]):
        raise UserError(f"I lack permissions here: {missing}. Give them to me, then subscribe again.")


def require_other_channel(interaction: Interaction, channel_id: int) -> None:
    """As `require_manager` and `require_channel`, for a channel of this server that was chosen."""
    guild, person = interaction.guild, interaction.user
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if guild is None or channel is None or not isinstance(person, discord.Member):
        raise UserError("I cannot see that channel. Let me into it, or choose another.")
    name = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    needs = {"You lack": (person, ["manage_channels"]), "I lack": (guild.me, list(_ALWAYS_NEEDED))}
    for lack, (who, needed) in needs.items():
        if missing := _missing(channel.permissions_for(who), ["view_channel", name, *needed]):
            raise UserError(f"{lack} permissions in {channel.mention}: {missing}. Have them given, or choose another.")


def may_write(interaction: Interaction) -> bool:
    """Whether the person may write in this channel themselves."""
    return interaction.guild_id is None or not _missing(interaction.permissions, [_to_write(interaction)])


def _to_write(interaction: Interaction) -> str:
    in_thread = isinstance(interaction.channel, discord.Thread)
    return "send_messages_in_threads" if in_thread else "send_messages"


def _missing(permissions: discord.Permissions, needed: Sequence[str]) -> str:
    """The names, as Discord shows them, of the permissions that are needed and not there."""
    return ", ".join(name.replace("_", " ").title() for name in needed if not getattr(permissions, name))


def require_mentionable(interaction: Interaction, role: discord.Role | None) -> int | None:
    """The id of the role that posts are to mention; raises `UserError` where the person or the bot may not."""
    if role is None:
        return None
    if role.is_default():
        raise UserError("I never mention @\u2060everyone. Choose another role, or none.")
    for who, permissions in (("You", interaction.permissions), ("I", interaction.app_permissions)):
        if not role.mentionable and not permissions.mention_everyone:
            raise UserError(f"{who} may not mention that role. Ask an administrator to make it mentionable.")
    return role.id


def require_still_mentionable(interaction: Interaction, role_id: int | None) -> None:
    """As `require_mentionable`, for a role that was chosen earlier; one that is gone is nobody's to mention."""
    guild = interaction.guild
    require_mentionable(interaction, guild.get_role(role_id) if guild and role_id else None)
