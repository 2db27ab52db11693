"""Who may change the journal club, and what the bot has to be allowed for it."""

from __future__ import annotations

import discord

from commands.context import Interaction
from commands.errors import UserError
from commands.permissions import is_manager, whom_to_ask
from store.guilds.club.models import Club

_IN_CHANNEL = (
    "view_channel",
    "send_messages",
    "read_message_history",
    "send_polls",
    "create_public_threads",
    "send_messages_in_threads",
)
_TO_MEET_IN: dict[type, tuple[str, ...]] = {
    discord.VoiceChannel: ("view_channel", "connect"),
    discord.StageChannel: ("view_channel", "connect", "manage_channels", "mute_members", "move_members"),
}
"""What Discord asks of whoever makes an event in a channel, beside the permission to make events."""


def manages(interaction: Interaction, club: Club) -> bool:
    """Whether the person may change the club: who manages its channel, wherever they ask."""
    channel = interaction.guild.get_channel(club.channel_id) if interaction.guild else None
    if channel is None or channel.id == interaction.channel_id or not isinstance(interaction.user, discord.Member):
        return is_manager(interaction)
    return channel.permissions_for(interaction.user).manage_channels


def require_club_manager(interaction: Interaction, club: Club) -> None:
    """Raise `UserError` unless the person may change the club."""
    if not manages(interaction, club):
        raise UserError(
            f"You need the permission Manage Channels in <#{club.channel_id}>. Ask {whom_to_ask(interaction)}."
        )


def lacking(guild: discord.Guild | None, club: Club) -> list[str]:
    """The names, as Discord shows them, of the permissions that the bot lacks; all where its channel is gone."""
    channel = guild.get_channel(club.channel_id) if guild else None
    if guild is None or channel is None:
        return [_name(name) for name in _IN_CHANNEL]
    allowed = channel.permissions_for(guild.me)
    missing = [name for name in _IN_CHANNEL if not getattr(allowed, name)]
    if not may_make_events(guild, club):
        missing.append("create_events")
    if club.place_id and (place := guild.get_channel(club.place_id)):
        there = place.permissions_for(guild.me)
        needed = _TO_MEET_IN.get(type(place), ())
        missing += [name for name in needed if not getattr(there, name) and name not in missing]
    return [_name(name) for name in missing]


def may_make_events(guild: discord.Guild, club: Club) -> bool:
    """Whether the bot may make an event: in the channel where the club meets, or anywhere."""
    place = guild.get_channel(club.place_id) if club.place_id else None
    allowed = place.permissions_for(guild.me) if place else guild.me.guild_permissions
    return allowed.create_events or allowed.manage_events


def _name(permission: str) -> str:
    return permission.replace("_", " ").title()
