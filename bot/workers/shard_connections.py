"""Keeps a client connected for the shards that fall to its process, where processes take their shares by themselves."""

from __future__ import annotations

import logging
from collections.abc import Collection

from bot import discord_internals
from bot.client import Lectern
from bot.division import Division

logger = logging.getLogger(__name__)

CHECK_EVERY_S = 1.0
"""Seconds between two looks at which shards are this process's; a fraction of `bot.division.RENEW_S`."""


async def keep_shards(client: Lectern, division: Division) -> None:
    """Connect the shards that come to this process, and leave those that others have, until cancelled.

    Two processes for a shard would both be sent what happens in its guilds, so that a shard is left before its lease is
    given back. While the database cannot be asked, all stay as they are: nobody else can take one then either.
    """

    async def leave(shards: Collection[int]) -> None:
        for shard in shards:
            logger.info("Shard %d is left to another process", shard)
            await discord_internals.drop_shard(client, shard)

    division.before_giving_back = leave
    await client.wait_until_ready()
    while True:
        own = division.own_shards()
        await leave([shard for shard in client.shards if shard not in own])
        for shard in own:
            if shard not in client.shards and shard in division.own_shards():
                logger.info("Shard %d of %d comes to this process", shard, division.total)
                await discord_internals.add_shard(client, shard)
        await client.pause(CHECK_EVERY_S)
