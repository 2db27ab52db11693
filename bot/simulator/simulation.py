"""The simulated Discord of `lectern try` and the playground: a guild with two channels and two people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord

from bot.client import Lectern, commands_key
from bot.simulator import simcord_internals
from store.storage import app_state

if TYPE_CHECKING:
    import simcord

GUILD = "Reading group"
CHANNELS = {"lounge": "Ask Lectern anything.", "papers": "A place for new papers."}
ADMIN, MEMBER = "ada", "max"
SETTLE_TIMEOUT_S = 30.0
"""Seconds that a command may take; the first one may have to build an index."""


@dataclass(frozen=True)
class Scene:
    """The guild, its channels, the people in it, and the administrator's direct messages with the bot."""

    env: simcord.Env
    guild: simcord.GuildHandle
    channels: dict[str, simcord.ChannelHandle]
    admin: simcord.MemberActor
    member: simcord.MemberActor
    direct: simcord.ChannelHandle


@asynccontextmanager
async def simulated(client: Lectern) -> AsyncIterator[Scene]:
    """Run the client in a simulated Discord, as long as the block lasts; the client answers and logs its own errors."""
    import simcord

    env = simcord.Env(client, shard_count=1, check_errors=False, settle_timeout=SETTLE_TIMEOUT_S)
    simcord_internals.look_often(env)
    # Before the clock is set, so that ids are the same in every run and subscriptions find their channel again.
    scene = _scene(env)
    behind = (datetime.now(UTC) - env.now()).total_seconds()
    env.backend.advance_clock(max(0.0, behind))
    # Every simulated Discord starts without commands, so that those of the last one do not count.
    await app_state.put(client.library.db, commands_key(env.backend.application_id), "")
    await env.start()
    try:
        yield scene
    finally:
        await env.shutdown()


def _scene(env: simcord.Env) -> Scene:
    env.backend.bot_user.name = "Lectern"
    owner = env.create_user(ADMIN, global_name="Ada (administrator)")
    guild = env.create_guild(GUILD, owner=owner)
    channels = {name: guild.create_text_channel(name, topic=topic) for name, topic in CHANNELS.items()}
    role = guild.create_role("Administrator", permissions=discord.Permissions(administrator=True))
    admin = guild.add_member(owner, roles=[role])
    member = guild.add_member(env.create_user(MEMBER, global_name="Max (member)"))
    return Scene(env, guild, channels, admin, member, owner.dm_channel)
