"""The gateway with a real client: sharding, resume with replay, zombies, reconnects, close codes."""

from __future__ import annotations

import asyncio

import discord
import pytest

from bot import discord_internals
from tests.wire.clients import Probe, connected, until
from tests.wire.conftest import Scene


def said(scene: Scene, text: str) -> None:
    """Let the bot itself say something, so that its content is not hidden from it."""
    scene.world.post(scene.channel, scene.world.bot, {"content": text})


async def test_every_shard_is_told_of_its_guilds(scene: Scene) -> None:
    for number in range(4):
        scene.world.add_guild(f"Guild {number}")
    scene.gateway.shards = 2
    client = Probe()
    async with connected(client, scene):
        assert {guild.id for guild in client.guilds} == set(scene.world.guilds)
        assert [connection.session.shard for connection in scene.gateway.live() if connection.session] == [0, 1]
        for guild in client.guilds:
            assert guild.shard_id == (guild.id >> 22) % 2
        said(scene, "once")
        await until(lambda: client.seen == ["once"])


@pytest.mark.parametrize("while_it_connects", [False, True])
async def test_shards_are_added_and_dropped_while_a_client_runs(scene: Scene, while_it_connects: bool) -> None:
    """As `bot.discord_internals` does it: this fails where discord.py changes what it relies on."""
    first, second = (scene.world.add_guild(f"of shard {shard}", (shard, 2)) for shard in range(2))
    channel = scene.world.add_channel(second, "papers")
    client = Probe()
    client.shard_ids, client.shard_count = [0], 2

    def connected_shards() -> list[int]:
        return [connection.session.shard for connection in scene.gateway.live() if connection.session]

    async with connected(client, scene):
        assert await discord_internals.gateway_advice(client) == (scene.gateway.shards, 16)
        assert client.get_guild(first.id) and not client.get_guild(second.id)
        await discord_internals.add_shard(client, 1)
        await until(lambda: client.get_guild(second.id) is not None)
        assert connected_shards() == [0, 1] == client.shard_ids
        scene.world.post(channel, scene.world.bot, {"content": "heard"})
        await until(lambda: client.seen == ["heard"])
        if while_it_connects:
            scene.gateway.live()[1].drop()
            await asyncio.sleep(0.002)
        await discord_internals.drop_shard(client, 1)
        await asyncio.sleep(0.5)
        assert connected_shards() == [0] == client.shard_ids
        assert client.get_guild(first.id) and not client.get_guild(second.id)
        await discord_internals.add_shard(client, 1)
        await until(lambda: client.get_guild(second.id) is not None)


async def test_a_dropped_connection_resumes_and_gets_what_it_missed_in_order(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        said(scene, "first")
        await until(lambda: client.seen == ["first"])
        scene.gateway.live()[0].drop()
        for text in ("second", "third"):
            said(scene, text)
        await until(lambda: len(client.seen) == 3)
        assert client.seen == ["first", "second", "third"]
        assert scene.gateway.identifies == 1
        assert [session.resumes for session in scene.gateway.sessions.values()] == [1]


async def test_a_zombie_connection_is_noticed_and_resumed(scene: Scene) -> None:
    scene.gateway.heartbeat_ms = 200
    client = Probe(zombie_after_s=0.5)
    async with connected(client, scene):
        scene.gateway.live()[0].is_silent = True
        said(scene, "unheard")
        await until(lambda: client.seen == ["unheard"])
        assert scene.gateway.identifies == 1


async def test_a_request_to_reconnect_is_followed_by_a_resume(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        scene.gateway.ask_to_reconnect()
        await until(lambda: any(session.resumes for session in scene.gateway.sessions.values()))
        said(scene, "after")
        await until(lambda: client.seen == ["after"])


@pytest.mark.parametrize("code", [4000, 4001, 4008, 4009, 1001])
async def test_after_these_close_codes_the_client_comes_back(scene: Scene, code: int) -> None:
    client = Probe()
    async with connected(client, scene):
        scene.gateway.close(code)
        await until(lambda: any(session.resumes for session in scene.gateway.sessions.values()))
        said(scene, "back")
        await until(lambda: client.seen == ["back"])


async def test_an_invalid_session_is_begun_anew(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        scene.gateway.invalidate(resumable=False)
        await until(lambda: scene.gateway.identifies == 2, timeout_s=8)
        said(scene, "new")
        await until(lambda: client.seen == ["new"])


async def test_a_wrong_token_is_refused_by_rest(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene, token="wrong") as running:
        with pytest.raises(discord.LoginFailure):
            await running


@pytest.mark.parametrize(
    ("code", "error"), [(4004, discord.ConnectionClosed), (4014, discord.PrivilegedIntentsRequired)]
)
async def test_these_close_codes_end_the_client(scene: Scene, code: int, error: type[Exception]) -> None:
    scene.gateway.refuse_with = code
    client = Probe()
    async with connected(client, scene) as running:
        with pytest.raises(error):
            await asyncio.wait_for(running, 5)


async def test_a_privileged_intent_that_is_not_granted_ends_with_4014(scene: Scene) -> None:
    client = Probe()
    client._connection._intents = discord.Intents.all()
    async with connected(client, scene) as running:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await asyncio.wait_for(running, 5)


async def test_too_long_a_payload_is_4002_and_the_client_resumes(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        shard = client.shards[0]
        await shard._parent.ws.socket.send_str("x" * 4097)
        await until(lambda: any(session.resumes for session in scene.gateway.sessions.values()))
