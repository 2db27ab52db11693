"""Delivery by the real process with each fault: a paper that matched becomes exactly one message."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.workers.transport import ChannelUnavailableError, DiscordTransport, OutcomeUnknownError
from store import ingest
from store.guilds import pauses, subscriptions
from store.guilds.digests import Digest
from store.library import Library
from store.models import ParsedSource
from store.search.parser import parse
from store.storage.restore import restore
from tests.wire import payloads
from tests.wire.chaos import is_post, outage
from tests.wire.clients import Probe, connected, until
from tests.wire.conftest import Scene
from tests.wire.faults import Call, Fault, Script
from tests.wire.limits import Limits
from tests.wire.made_papers import made_papers, title
from tests.wire.process import Program
from tests.wire.world import READ_HISTORY, SEND_MESSAGES, Channel

LATER = Fault("status", status=429, seconds=60, via=False)
"""Refused, and to be tried again only after a minute."""
BEFORE = [
    Fault("status", status=429, seconds=0.2),
    Fault("status", status=429, seconds=0.2, via=False),
    *(Fault("status", status=status) for status in (500, 502, 503, 504)),
    Fault("reset"),
    Fault("hang_up"),
]
AFTER = [
    *(Fault("status", after=True, status=status) for status in (500, 502, 503, 504)),
    Fault("reset", after=True),
    Fault("hang_up", after=True),
    Fault("stall", after=True, seconds=1.0),
]


class ByChannel:
    """A script of faults for the posts to each channel."""

    def __init__(self) -> None:
        self.left: dict[str, list[Fault]] = {}

    def draw(self, call: Call) -> Fault | None:
        """The next fault of the channel's script."""
        script = self.left.get(call.parameters.get("channel_id", "")) if is_post(call) else None
        return script.pop(0) if script else None


class Post:
    """Channels that follow one category, one paper of it, and the program, which is not running yet."""

    def __init__(self, scene: Scene, program: Program, library: Library) -> None:
        self.scene, self.program, self.library = scene, program, library
        self.faults = ByChannel()
        scene.faults = self.faults
        self.guild = next(iter(scene.world.guilds.values()))
        self.channels: list[Channel] = []

    async def follow(self, script: Sequence[Fault]) -> Channel:
        """A channel with a subscription; its posts meet these faults."""
        channel = self.scene.world.add_channel(self.guild, f"c{len(self.channels)}")
        self.channels.append(channel)
        self.faults.left[str(channel.id)] = list(script)
        scope, options = subscriptions.Scope(self.guild.id, channel.id), subscriptions.Options()
        now, query = datetime.now(UTC), parse("cat:cs.CL")
        await subscriptions.create(self.library.db, scope, channel.id, self.scene.ann.id, query, options, now)
        return channel

    async def paper(self) -> None:
        """The paper comes in, and the program starts."""
        await ingest.take(self.library.db, "made", ParsedSource(papers=tuple(made_papers(1))))
        await self.program.start()

    async def states(self) -> dict[int, str]:
        """The state of each channel's row of the outbox."""
        async with (
            self.library.db.read() as connection,
            connection.execute("SELECT target_id, state FROM ledger") as rows,
        ):
            return {row[0]: row[1] async for row in rows}

    async def outage(self) -> None:
        """The program is killed, and starts again a day later."""
        await self.program.kill()
        await outage(self.library, self.scene)
        await self.program.start()

    async def subscription(self, channel: Channel) -> subscriptions.Subscription:
        """The one of that channel."""
        (only,) = await subscriptions.in_channel(self.library.db, subscriptions.Scope(self.guild.id, channel.id))
        return only

    async def is_paused(self, channel: Channel, timeout_s: float = 15.0) -> None:
        """Wait until the program has found that the channel is closed to it."""
        ends = time.monotonic() + timeout_s
        while (pause := (await self.subscription(channel)).pause) is None:
            assert time.monotonic() < ends, self.program.output()
            await asyncio.sleep(0.05)
        assert pause.kind == "lost"

    async def resume(self, channel: Channel) -> None:
        """Somebody presses Resume, and wants what came in between."""
        subscription, now = await self.subscription(channel), datetime.now(UTC)
        await pauses.resume(self.library.db, subscription.scope, subscription.token, now, post_held=True)

    async def all_posted(self, timeout_s: float = 25.0) -> None:
        """Wait until the ledger has all as posted, and hold every channel to one message with the paper in it."""
        ends = time.monotonic() + timeout_s
        while (states := set((await self.states()).values())) != {"posted"}:
            assert time.monotonic() < ends, f"{states}\n{self.program.output()}"
            await asyncio.sleep(0.1)
        for channel in self.channels:
            assert [title(0) in "".join(payloads.texts(m)) for m in channel.messages.values()] == [True]


@pytest_asyncio.fixture
async def post(scene: Scene, tmp_path: Path) -> AsyncIterator[Post]:
    """The program is killed at the end, if it still runs."""
    library = await Library.open(tmp_path / "lectern.db")
    post = Post(scene, Program(scene, tmp_path), library)
    yield post
    if post.program.is_running:
        await post.program.kill()
    await post.library.close()


async def test_after_any_fault_and_an_outage_there_is_one_message(post: Post) -> None:
    for fault in [*BEFORE, *AFTER]:
        await post.follow([fault])
    # After these the library or delivery tries again, and is put off until the outage has made Discord forget.
    twice = [await post.follow([fault, LATER]) for fault in AFTER if fault.what != "stall"]
    await post.paper()
    await until(lambda: not any(post.faults.left.values()), 20)
    await asyncio.sleep(0.3)  # The program, another process, notes what it was told.
    states = await post.states()
    assert {states[channel.id] for channel in twice} == {"posting"}
    assert all(len(channel.messages) == 1 for channel in twice)
    await post.outage()
    await post.all_posted()


async def test_an_older_copy_of_the_store_posts_nothing_twice(post: Post, tmp_path: Path) -> None:
    channel = await post.follow([])
    copy = tmp_path / "copy.db"
    await post.library.db.backup(copy)
    await post.paper()
    await post.all_posted()
    await post.program.kill()
    await post.library.close()
    restore(tmp_path / "lectern.db", copy, datetime.now(UTC))
    post.library = await Library.open(tmp_path / "lectern.db")
    assert await post.states() == {}
    await post.paper()
    await post.all_posted()
    assert "older copy" in post.program.output()
    (message_id,) = channel.messages
    async with post.library.db.read() as connection:
        rows = await connection.execute_fetchall("SELECT message_id, state FROM posts")
    assert [tuple(row) for row in rows] == [(message_id, "posted")], "its buttons are known again"


async def test_a_channel_that_is_closed_for_a_time_has_one_message_in_the_end(post: Post) -> None:
    silenced = await post.follow([Fault("status", after=True, status=500)])
    blinded = await post.follow([Fault("hang_up", after=True), LATER])

    async def silence(stage: str, call: Call) -> None:
        # The library repeats the 500 by itself, so that delivery only hears that it may not post.
        if stage == "done" and is_post(call) and len(silenced.messages) == 1:
            post.scene.world.forbid(silenced, SEND_MESSAGES)

    post.scene.on_stage = silence
    await post.paper()
    await post.is_paused(silenced)
    told = post.scene.world.direct(post.scene.ann.id).messages
    await until(lambda: len(told) == 1)
    await until(lambda: not any(post.faults.left.values()), 15)
    post.scene.on_stage = None
    # Discord answers a history that may not be read with an empty list, which is no proof that nothing is out.
    post.scene.world.forbid(blinded, READ_HISTORY)
    await post.outage()
    await post.is_paused(blinded)
    await until(lambda: len(told) == 2)
    await post.program.kill()
    for channel in post.channels:
        post.scene.world.forbid(channel, allow=True)
        await post.resume(channel)
    await post.program.start()
    await post.all_posted()
    assert len(told) == 2, "whoever subscribed is told once a channel"


async def test_an_archived_thread_is_opened_and_a_locked_one_pauses_what_posts_there(post: Post) -> None:
    world = post.scene.world
    reasons = {"archived": "", "locked": "Thread is locked", "archived locked": "Thread is archived"}
    threads = []
    for states in reasons:
        channel = await post.follow([])
        thread = world.add_thread(channel, states, 1440)
        thread.body["thread_metadata"] |= dict.fromkeys(states.split(), True)
        threads.append(thread)
        async with post.library.db.write() as connection:
            await connection.execute(
                "UPDATE subscriptions SET target_id = ? WHERE target_id = ?", [thread.id, channel.id]
            )
    opened, locked, closed = post.channels
    await post.paper()
    await post.is_paused(locked)
    await post.is_paused(closed)
    told = world.direct(post.scene.ann.id).messages
    await until(lambda: len(told) == 2 and bool(threads[0].messages))
    assert not threads[0].body["thread_metadata"]["archived"]
    assert (await post.subscription(opened)).pause is None
    said = str(list(told.values()))
    assert all(reason in said for reason in reasons.values())
    threads[1].body["thread_metadata"]["locked"] = False
    await post.resume(locked)
    await until(lambda: len(threads[1].messages) == 1, 15)


async def test_the_history_of_an_archived_thread_that_may_not_be_read_is_no_proof(scene: Scene) -> None:
    thread = scene.world.add_thread(scene.channel, "quiet", 1440)
    thread.body["thread_metadata"]["archived"] = True
    scene.world.forbid(scene.channel, READ_HISTORY)
    client = Probe()
    async with connected(client, scene):
        with pytest.raises(ChannelUnavailableError, match="history"):
            await DiscordTransport(client).find_message(thread.id, "a" * 16, 0)


async def test_many_channels_at_once_stay_within_the_limit_of_requests(post: Post) -> None:
    for _ in range(120):
        await post.follow([])
    post.scene.limits = limits = Limits()
    await post.paper()
    await until(lambda: any(channel.messages for channel in post.channels), 10)
    began = time.monotonic()
    await post.all_posted()
    assert limits.refused == 0
    assert time.monotonic() - began < 10


async def test_a_ban_by_the_edge_holds_every_channel(post: Post) -> None:
    for _ in range(20):
        await post.follow([])
    ban = Fault("ban", seconds=3)
    post.scene.faults = Script(is_post, [ban])
    posts: list[float] = []

    async def note(stage: str, call: Call) -> None:
        if stage == "arrived" and is_post(call):
            posts.append(time.monotonic())

    post.scene.on_stage = note
    await post.paper()
    await post.all_posted()
    began = posts[0]
    assert not [moment for moment in posts if began + 0.5 < moment < began + ban.seconds]
    assert sum(moment <= began + 0.5 for moment in posts) < 5, "what was on its way"
    assert len(posts) == 21


async def test_a_try_that_is_given_up_in_a_global_limit_does_not_hold_up_the_client(scene: Scene) -> None:
    scene.faults = Script(is_post, [Fault("status", status=429, seconds=60, everywhere=True)])
    client, place = Probe(), subscriptions.Scope(0, 0)
    counts = {"part": 1, "parts": 1, "shown": 0, "total": 1, "over_cap": 1}
    digest = Digest(query=parse("agents"), scope=place, role_id=None, day=date(2026, 3, 2), items=(), **counts)
    async with connected(client, scene):
        transport = DiscordTransport(client, timeout_s=0.5)
        with pytest.raises(OutcomeUnknownError):
            await transport.send(scene.channel.id, digest, "a" * 16)
        async with asyncio.timeout(5):
            assert await transport.send(scene.other.id, digest, "b" * 16) in scene.other.messages
