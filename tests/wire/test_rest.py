"""Messages over REST with a real client: nonces, history, permissions, limits and faults."""

from __future__ import annotations

import errno
import time
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest
import pytest_asyncio

from tests.wire.clients import Probe, connected
from tests.wire.conftest import Scene
from tests.wire.faults import Call, Fault, Script, Seeded
from tests.wire.limits import Limits


def is_send(call: Call) -> bool:
    return call.method == "POST" and call.route == "/channels/{channel_id}/messages"


@pytest_asyncio.fixture
async def papers(scene: Scene) -> AsyncIterator[discord.TextChannel]:
    """The channel as a connected client sees it."""
    client = Probe()
    async with connected(client, scene):
        channel = client.get_channel(scene.channel.id)
        assert isinstance(channel, discord.TextChannel)
        yield channel


async def test_a_nonce_makes_one_message(scene: Scene, papers: discord.TextChannel) -> None:
    first = await papers.send("x", nonce="17")
    again = await papers.send("x", nonce="17")
    other = await papers.send("x", nonce="18")
    assert first.id == again.id != other.id
    assert len(scene.channel.messages) == 2


async def test_a_nonce_is_forgotten_after_some_minutes(scene: Scene, papers: discord.TextChannel) -> None:
    first = await papers.send("x", nonce="17")
    scene.world.nonce_window_s = 0.0
    assert (await papers.send("x", nonce="17")).id != first.id
    scene.world.nonce_window_s = 300.0
    scene.world.forget_nonces()
    await papers.send("x", nonce="17")
    assert len(scene.channel.messages) == 3


async def test_history_in_pages_both_ways(scene: Scene, papers: discord.TextChannel) -> None:
    ids = [(await papers.send(str(number))).id for number in range(7)]
    assert [m.id async for m in papers.history(limit=3)] == ids[:3:-1]
    assert [m.id async for m in papers.history(limit=None, before=discord.Object(ids[3]))] == ids[2::-1]
    assert [m.id async for m in papers.history(limit=2, after=discord.Object(ids[1]))] == ids[2:4]
    around = [m.id async for m in papers.history(limit=3, around=discord.Object(ids[3]))]
    assert sorted(around) == ids[2:5]
    assert [m.content async for m in papers.history(limit=1)] == ["6"]


async def test_history_hides_what_others_wrote(scene: Scene, papers: discord.TextChannel) -> None:
    scene.world.post(scene.channel, scene.ann.body, {"content": "hers"})
    await papers.send("mine")
    assert [m.content async for m in papers.history()] == ["mine", ""]


async def test_edit_delete_and_threads(scene: Scene, papers: discord.TextChannel) -> None:
    message = await papers.send("x")
    assert (await message.edit(content="y")).content == "y"
    thread = await message.create_thread(name="talk")
    assert thread.id == message.id
    await thread.send("in it")
    assert [m["content"] for m in scene.world.channels[thread.id].messages.values()] == ["in it"]
    with pytest.raises(discord.HTTPException, match="160004"):
        await message.create_thread(name="again")
    await message.delete()
    with pytest.raises(discord.NotFound, match="10008"):
        await papers.fetch_message(message.id)


async def test_forum_posts(scene: Scene) -> None:
    forum = scene.world.add_channel(next(iter(scene.world.guilds.values())), "forum", 15)
    client = Probe()
    async with connected(client, scene):
        channel = client.get_channel(forum.id)
        assert isinstance(channel, discord.ForumChannel)
        made = await channel.create_thread(name="Paper", content="about it")
        assert made.message.id == made.thread.id
        assert [thread.id for thread in await channel.guild.active_threads()] == [made.thread.id]
        await made.thread.edit(archived=True)
        assert await channel.guild.active_threads() == []
        assert [thread.id async for thread in channel.archived_threads()] == [made.thread.id]
        assert [message.id async for message in made.thread.history()] == [made.message.id]


async def test_refusals_have_discords_codes(scene: Scene, papers: discord.TextChannel) -> None:
    scene.world.forbid(scene.channel)
    with pytest.raises(discord.Forbidden, match="50013"):
        await papers.send("x")
    scene.world.forbid(scene.channel, 1 << 10)
    with pytest.raises(discord.Forbidden, match="50001"):
        await papers.send("x")
    scene.world.forbid(scene.channel, allow=True)
    await papers.send("x")
    scene.world.remove_channel(scene.channel)
    with pytest.raises(discord.NotFound, match="10003"):
        await papers.send("x")


async def test_a_body_that_breaks_a_rule_is_refused_and_noted(scene: Scene, papers: discord.TextChannel) -> None:
    with pytest.raises(discord.HTTPException, match="50035"):
        await papers.send("x" * 2001)
    assert any("2001 characters" in violation for violation in scene.violations)
    scene.violations.clear()


async def test_a_429_with_via_is_waited_for(scene: Scene, papers: discord.TextChannel) -> None:
    scene.faults = Script(is_send, [Fault("status", status=429, seconds=0.2)])
    began = time.monotonic()
    await papers.send("x")
    assert time.monotonic() - began >= 0.2
    assert len(scene.channel.messages) == 1


async def test_a_429_without_via_is_an_error_to_the_library(scene: Scene, papers: discord.TextChannel) -> None:
    scene.faults = Script(is_send, [Fault("status", status=429, seconds=0.2, via=False)])
    with pytest.raises(discord.HTTPException) as caught:
        await papers.send("x")
    assert caught.value.status == 429
    assert scene.channel.messages == {}


@pytest.mark.parametrize(("after", "messages"), [(False, 0), (True, 1)])
@pytest.mark.parametrize("what", ["reset", "hang_up"])
async def test_a_lost_answer_may_have_had_its_effect(
    scene: Scene, papers: discord.TextChannel, what: str, after: bool, messages: int
) -> None:
    scene.faults = Script(is_send, [Fault("reset" if what == "reset" else "hang_up", after=after)])
    with pytest.raises((OSError, aiohttp.ClientError)) as caught:
        await papers.send("x", nonce="1")
    assert (getattr(caught.value, "errno", None) == errno.ECONNRESET) == (what == "reset")
    assert len(scene.channel.messages) == messages
    await papers.send("x", nonce="1")
    assert len(scene.channel.messages) == 1


@pytest.mark.parametrize("after", [False, True])
async def test_a_503_is_not_repeated_by_the_library(scene: Scene, papers: discord.TextChannel, after: bool) -> None:
    scene.faults = Script(is_send, [Fault("status", after, 503)])
    with pytest.raises(discord.DiscordServerError):
        await papers.send("x")
    assert len(scene.channel.messages) == after


async def test_the_bucket_of_a_channel_is_kept(scene: Scene, papers: discord.TextChannel) -> None:
    scene.limits = Limits(bucket=2, bucket_s=0.5)
    began = time.monotonic()
    for _ in range(4):
        await papers.send("x")
    assert time.monotonic() - began >= 0.4
    assert scene.limits.refused == 0, "the library waits by itself when the headers say so"


async def test_the_global_limit_refuses_with_its_scope(scene: Scene, papers: discord.TextChannel) -> None:
    scene.limits = Limits(per_second=1)
    await papers.send("x")
    await papers.send("y")
    assert scene.limits.refused == 1
    assert len(scene.channel.messages) == 2


def test_the_same_seed_gives_the_same_faults() -> None:
    call = Call("POST", "/channels/{channel_id}/messages", {}, {}, {})
    first, second = (Seeded(3, 0.5, is_send) for _ in range(2))
    drawn = [first.draw(call) for _ in range(200)]
    assert drawn == [second.draw(call) for _ in range(200)]
    assert 60 < sum(fault is not None for fault in drawn) < 140
    assert len(first.drawn) >= 12
