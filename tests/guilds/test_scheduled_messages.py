"""Scheduled messages: each is sent exactly once, whatever fails in between, or is dropped when its time has passed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.guilds import scheduled_messages
from store.guilds.pauses import LostChannel
from store.guilds.scheduled_messages import LATE, NewMessage, token_of
from tests.guilds.outbox_scene import OutboxScene
from tests.wire.faults import Fault
from tests.wire.world import Channel

pytestmark = pytest.mark.sqlite_only("time is simulated, in which no server answers")

HOUR = timedelta(hours=1)
FAULTS = st.sampled_from(
    [
        None,
        Fault("reset"),
        Fault("reset", after=True),
        Fault("hang_up"),
        Fault("hang_up", after=True),
        Fault("status", status=500, after=True),
        Fault("status", status=429, seconds=3),
        Fault("status", status=403),
    ]
)


def schedule(scene: OutboxScene, key: str, channel: int | None = 0, **changes: Any) -> bool:
    """Schedule a message to a channel, or to Ann."""
    message = NewMessage(
        key=key,
        owner=scene.discord.guild.id,
        kind="lost_channel",
        content=LostChannel(query=key, target_id=1, reason="gone").model_dump_json(),
        reason="You asked for it.",
        due=scene.now(),
        expires=scene.now() + 50 * HOUR,
        target_id=None if channel is None else scene.discord.channels[channel].id,
        person_id=scene.discord.ann.id if channel is None else None,
    )._replace(**changes)

    async def written() -> bool:
        async with scene.db.write() as connection:
            return await scheduled_messages.schedule(connection, message)

    return bool(scene.runner.run(written()))


def sent(channel: Channel, key: str) -> int:
    """How many messages of a channel are of this key."""
    return sum(token_of(key) in json.dumps(message) for message in channel.messages.values())


def deliver_all(scene: OutboxScene, hours: float = 60) -> None:
    """Rounds of delivery with time between them, until nothing can be left to do."""
    for _ in range(round(hours * 2)):
        scene.deliver()
        scene.wait(1800)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.lists(FAULTS, max_size=4), st.booleans()), min_size=1, max_size=5))
def test_each_is_sent_once_whatever_fails(plan: list[tuple[int, list[Fault | None], bool]]) -> None:
    scene = OutboxScene(2)
    try:
        for number, (channel, faults, again) in enumerate(plan):
            scene.trouble(channel, faults)
            assert schedule(scene, f"m:{number}", channel)
            scene.deliver()
            if again:
                scene.restart()
                assert not schedule(scene, f"m:{number}", channel), "the same is scheduled once"
                scene.wait(90)
        deliver_all(scene, 12)
        for number, (channel, _, _) in enumerate(plan):
            assert sent(scene.discord.channels[channel], f"m:{number}") == 1
    finally:
        scene.close()


def test_a_message_that_may_be_in_a_channel_which_closed_is_looked_for_when_it_opens() -> None:
    scene = OutboxScene(1)
    try:
        scene.trouble(0, [Fault("reset", after=True), Fault("status", status=403)])
        schedule(scene, "unsure")
        scene.deliver()
        scene.wait(3)
        scene.deliver()
        assert scene.read("SELECT count(*) FROM posts") == [(0,)], "it was given up"
        deliver_all(scene, 2)
        (channel,) = scene.discord.channels
        assert sent(channel, "unsure") == 1
        assert scene.read("SELECT state FROM posts") == [("posted",)]
    finally:
        scene.close()


def test_an_older_copy_of_the_store_does_not_send_again_what_a_channel_has() -> None:
    scene = OutboxScene(1)
    try:
        schedule(scene, "first")
        deliver_all(scene, 1)
        scene.back_up("copy.db")
        schedule(scene, "second")
        deliver_all(scene, 1)
        scene.restore("copy.db")
        assert schedule(scene, "second"), "the copy does not know of it"
        deliver_all(scene, 1)
        (channel,) = scene.discord.channels
        assert (sent(channel, "first"), sent(channel, "second")) == (1, 1)
        assert scene.read("SELECT count(*) FROM posts WHERE message_id IS NOT NULL") == [(2,)]
    finally:
        scene.close()


def test_what_has_expired_is_dropped_and_what_is_not_due_waits() -> None:
    scene = OutboxScene(1)
    try:
        schedule(scene, "late", expires=scene.now())
        schedule(scene, "early", due=scene.now() + 2 * HOUR)
        scene.deliver()
        (channel,) = scene.discord.channels
        assert not channel.messages
        assert scene.read("SELECT key, dropped FROM scheduled_messages WHERE dropped IS NOT NULL") == [("late", LATE)]
        assert scene.runner.run(scene.delivery.next_moment()) == scene.now() + 2 * HOUR
        deliver_all(scene, 3)
        assert sent(channel, "early") == 1
    finally:
        scene.close()


def test_a_direct_message_finds_its_channel() -> None:
    scene = OutboxScene(1)
    try:
        schedule(scene, "to ann", None)
        deliver_all(scene, 1)
        direct = scene.discord.world.direct(scene.discord.ann.id)
        assert sent(direct, "to ann") == 1

        async def read(owner: int, person: int) -> str | None:
            said = await scheduled_messages.by_token(scene.db, owner, person, token_of("to ann"))
            return said.reason if said else None

        assert scene.runner.run(read(-scene.discord.ann.id, scene.discord.ann.id)) == "You asked for it."
        assert scene.runner.run(read(scene.discord.guild.id, 99)) is None, "nobody else is told what she was sent"
    finally:
        scene.close()
