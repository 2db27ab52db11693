"""The memory of a process of the bot: with an empty store, and for each guild that its client knows."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import discord

from bot.composition import make_client, make_workers, open_services
from bot.library_opening import open_library
from bot.settings import Settings
from tests.wire import gateway, payloads, world

GUILDS, CHANNELS, ROLES, EMOJIS = 1_000, 30, 20, 20
"""Guilds that are made for a client, and what each has; by choice, of a server that is in use."""


def memory() -> tuple[float, float]:
    """Of a process of its own: MB with an empty store and no guild, and KB for each guild."""
    return asyncio.run(_memory())


async def _memory() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, db=Path(folder) / "store.db")
        async with open_library(settings) as library, open_services(settings, library) as services:
            client = make_client(settings, library, services, make_workers(settings, library, services))
            empty = _resident_mb()
            me = payloads.user(5, "lectern", bot=True)
            client._connection.user = discord.ClientUser(state=client._connection, data=me)  # type: ignore[arg-type]
            for number in range(GUILDS):
                client._connection._add_guild_from_data(_guild(number, me))  # type: ignore[arg-type]
            assert len(client.guilds) == GUILDS
            return round(empty, 1), round((_resident_mb() - empty) * 1024 / GUILDS, 1)


def _guild(number: int, me: payloads.Json) -> payloads.Json:
    """A guild as the gateway tells of it; a client without the intent for members is told of itself only."""
    first = (number + 1) << 22
    roles = [payloads.role(first + n, f"role {n} of {number}", 1 << 11, n) for n in range(ROLES)]
    guild = world.Guild(
        first, payloads.guild(first, f"guild {number}", 1, roles), {5: payloads.member(me, [first + 1])}
    )
    guild.body["emojis"] = [
        {"id": str(first + 200 + n), "name": f"emoji_{n}_{number}", "roles": [], "animated": False}
        for n in range(EMOJIS)
    ]
    for n in range(CHANNELS):
        channel = payloads.guild_channel(first + 100 + n, first, f"channel {n} of {number}", payloads.TEXT, n)
        channel["permission_overwrites"] = [{"id": str(first), "type": 0, "allow": "0", "deny": "1024"}]
        guild.channels.append(world.Channel(first + 100 + n, channel, guild))
    return gateway.guild_create(guild)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
