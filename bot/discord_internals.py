"""The parts of discord.py that are not its public interface, where it has no public way; checked with 2.7.1.

`tests/bot/test_discord_internals.py` fails when one of them changes; for the last, `tests/wire/test_delivery.py`.
"""

from __future__ import annotations

import asyncio

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL


def set_addresses(api: str, gateway: str) -> None:
    """Set where discord.py finds Discord's REST service and gateway, for the whole process."""
    Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)


async def gateway_advice(client: discord.Client) -> tuple[int, int]:
    """How many shards Discord recommends, and how many may identify themselves in five seconds; after the login.

    Raises `discord.GatewayNotFound`.
    """
    shards, _, limits = await client.http.get_bot_gateway()
    return shards, limits["max_concurrency"]


async def add_shard(client: discord.AutoShardedClient, shard_id: int) -> None:
    """Connect a further shard of a client that is ready, however long that takes."""
    _shard_ids(client).append(shard_id)
    await client.launch_shard(DiscordWebSocket.DEFAULT_GATEWAY, shard_id)


async def drop_shard(client: discord.AutoShardedClient, shard_id: int) -> None:
    """Disconnect a shard for good, and forget its guilds."""
    state, shards = client._connection, client._AutoShardedClient__shards  # type: ignore[attr-defined]
    if shard_id in _shard_ids(client):
        _shard_ids(client).remove(shard_id)
    if (shard := shards.pop(shard_id, None)) is not None:
        # It may be connecting anew just now, which ends with a call of `launch`.
        vars(shard)["launch"] = lambda: asyncio.ensure_future(shard.ws.close(code=1000))
        await shard.disconnect()
    for guild in client.guilds:
        if guild.shard_id == shard_id:
            state._remove_guild(guild)


def _shard_ids(client: discord.AutoShardedClient) -> list[int]:
    """The list that `client.shard_ids` was set to before it connected; discord.py counts by it who is ready."""
    assert client.shard_ids is client._connection.shard_ids is not None
    return client.shard_ids


def end_global_wait(client: discord.Client) -> None:
    """Let requests pass again after one was cancelled while it waited for a global rate limit to end.

    That request alone would have ended the wait: without this, every later one waits for ever.
    """
    client.http._global_over.set()
