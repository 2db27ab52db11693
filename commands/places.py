"""Where somebody can follow something: in the channel, or for themselves, by direct message."""

from __future__ import annotations

from datetime import time

import discord

from commands.context import Interaction
from commands.drafts import Draft
from commands.errors import UserError
from commands.permissions import is_manager, require_channel, require_manager, require_still_mentionable
from store.guilds import subscriptions
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import Options, Scope

DIGEST_AT = time(8, 30)
"""When the digest of what somebody follows comes, unless they say otherwise: as `/subscribe` proposes."""


async def options_of(interaction: Interaction) -> tuple[Options | None, Options | None]:
    """With which options whoever pressed a button can follow: in the channel, None where not there; for themselves.

    Raises `UserError` in a direct message with several people.
    """
    may_here = is_manager(interaction)
    try:
        require_channel(interaction, own_thread=False)
    except UserError:
        if interaction.guild_id is None:
            raise
        may_here = False
    here = Options(once=True) if may_here and interaction.guild_id else None
    return here, await personal_options(interaction)


async def personal_options(interaction: Interaction) -> Options:
    """How somebody is told of what they follow: a digest a day, at the time that they chose last for a digest."""
    chosen = await subscriptions.of_person(interaction.client.library.db, interaction.user.id)
    digests = [one.options.schedule for one in chosen if one.options.schedule.cadence != "now"]
    return Options(schedule=digests[-1] if digests else Schedule(cadence="daily", at=DIGEST_AT))


def confirmed(interaction: Interaction, draft: Draft, verb: str, *, own_thread: bool = False) -> Options:
    """The options of a draft that is confirmed for a place; raises `UserError` where it cannot be made there now."""
    if verb == "me" and draft.personal:
        return draft.personal
    if draft.options is None:
        raise UserError("That cannot be followed in this channel. Follow it for yourself.")
    require_manager(interaction)
    require_channel(interaction, own_thread=own_thread)
    require_still_mentionable(interaction, draft.options.role_id)
    return draft.options


async def direct_messages(interaction: Interaction, told: discord.ui.LayoutView) -> Scope:
    """Where somebody is told of what they follow; on a server they are `told` by a direct message that this is so.

    Raises `UserError` where they do not let me write to them.
    """
    if interaction.guild_id is None and interaction.channel_id:
        return Scope(0, interaction.channel_id)
    try:
        channel = await interaction.user.create_dm()
        await channel.send(view=told)
    except discord.Forbidden:
        raise UserError(
            "You do not let me write to you. Allow direct messages from members of this server, then try again."
        ) from None
    return Scope(0, channel.id)


def for_you(interaction: Interaction) -> str:
    """What is said of something that somebody follows for themselves."""
    return f"**For you alone**, by direct message. {interaction.client.mention('mine')} has all that you follow."
