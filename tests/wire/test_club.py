"""The journal club with the real process: its poll, event and thread on the wire, and once each whatever is killed."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from store.guilds import scheduled_messages
from store.guilds.club import progress
from store.library import Library
from store.text.partial_dates import in_words
from tests.wire import polls
from tests.wire.clients import until
from tests.wire.club_chaos import ClubChaos
from tests.wire.conftest import Scene
from tests.wire.faults import Call, Fault, Script
from tests.wire.payloads import Json
from tests.wire.process import Program
from tests.wire.test_subscriptions import Lab, said
from tests.wire.world import CREATE_EVENTS, SEND_POLLS, Guild

MESSAGES, EVENTS = "/channels/{channel_id}/messages", "/guilds/{guild_id}/scheduled-events"
THREADS = "/channels/{channel_id}/messages/{message_id}/threads"


class Club(Lab):
    """A club that meets in ten days, and a clock that can be moved on between two runs of the program."""

    @property
    def guild(self) -> Guild:
        return next(iter(self.scene.world.guilds.values()))

    @property
    def poll(self) -> Json | None:
        """The message with the poll; there is at most one."""
        found = [message for message in self.scene.channel.messages.values() if "poll" in message]
        assert len(found) < 2
        return found[0] if found else None

    def told(self, words: str) -> list[Json]:
        """The messages in the club's channel that say so."""
        return [message for message in self.scene.channel.messages.values() if words in said(message)]

    async def ahead(self, **by: float) -> None:
        """Run the program again, by so much later than the true time."""
        self.scene.world.ahead = timedelta(**by)
        self.program.settings["AHEAD_S"] = str(self.scene.world.ahead.total_seconds())
        if self.program.is_running:
            await self.program.kill()
        await self.program.start()

    async def killed_at(self, stage: str, method: str, route: str, **by: float) -> None:
        """The same, and the program is killed at that stage of its next such request."""
        fired = asyncio.Event()

        async def look(now: str, call: Call) -> None:
            if (now, call.method, call.route) == (stage, method, route) and not fired.is_set():
                self.program.signal(signal.SIGKILL)
                fired.set()

        self.scene.on_stage = look
        await self.ahead(**by)
        await asyncio.wait_for(fired.wait(), 30)
        self.scene.on_stage = None


@pytest_asyncio.fixture
async def club(scene: Scene, tmp_path: Path) -> AsyncIterator[Club]:
    """Two papers are nominated, one by its button."""
    program = Program(scene, tmp_path)
    program.settings["LECTERN_PERSON_QUESTIONS"] = "1000"
    club = Club(scene, program)
    await program.start()
    await program.ready()
    await club.add("Graphs of Words", "Deep Sets")
    day = datetime.now(UTC).date() + timedelta(days=10)
    await club.slash("clubsetup", first_day=day.isoformat(), at="12:00", zone="UTC")
    await club.slash("club", nominate="Graphs of Words")
    paper = await club.slash("paper", title="Deep Sets")
    assert "is nominated" in said(await club.press(paper, "Nominate"))
    await club.press(await club.slash("club"), "Join the rota")
    yield club
    if program.is_running:
        await program.kill()
    assert "ERROR" not in program.output(), program.output()[-3000:]


@pytest.mark.parametrize(
    ("stage", "killed"),
    [("arrived", (MESSAGES,)), ("done", (EVENTS, THREADS))],
    ids=["before it takes effect", "before its answer"],
)
async def test_poll_event_and_thread_are_made_once_though_the_program_is_killed(
    club: Club, stage: str, killed: tuple[str, ...]
) -> None:
    world = club.scene.world
    if MESSAGES in killed:
        await club.killed_at(stage, "POST", MESSAGES, days=6)
        world.forget_nonces()
    await club.ahead(days=6, minutes=5)
    await until(lambda: club.poll is not None, 20)
    assert club.poll
    day = (datetime.now(UTC).date() + timedelta(days=10)).isoformat()
    assert club.poll["poll"]["question"] == {"text": f"Which paper do we read on {in_words(day)}?"}
    polls.vote(club.poll, 2)
    # As of a poll that was posted late.
    club.poll["poll"]["expiry"] = (world.moment() + timedelta(days=6)).isoformat()

    for route in killed:
        if route != MESSAGES:
            await club.killed_at(stage, "POST", route, days=9)
    await club.ahead(days=9, minutes=5)
    direct = world.direct(club.boss.id)
    await until(lambda: bool(world.children(club.scene.channel)) and bool(direct.messages), 30)
    assert club.scene.count("POST", "/channels/{channel_id}/polls/{message_id}/expire") >= 1
    (thread,) = world.children(club.scene.channel)
    await until(lambda: bool(thread.messages), 20)
    (event,) = club.guild.events.values()
    assert event["name"] == "Journal club: Deep Sets" and event["entity_metadata"] == {"location": "#papers"}
    (announced,) = club.told("Chosen by the poll, with 1 vote.")
    assert thread.id == int(announced["id"])
    assert "present in the journal club" in said(next(iter(direct.messages.values())))
    assert club.poll and len(direct.messages) == len(thread.messages) == 1


async def test_an_event_whose_answer_is_lost_is_found_and_cancelled_with_its_session(club: Club) -> None:
    await club.ahead(days=6)
    await until(lambda: club.poll is not None, 20)
    club.scene.faults = Script(
        lambda call: call.method == "POST" and call.route == EVENTS, [Fault("reset", after=True)]
    )
    await club.ahead(days=9)
    await until(lambda: bool(club.guild.events), 30)
    await club.program.ready()
    asked = await club.press(await club.slash("club"), "Call this session off")
    await club.press(asked, "Call it off")
    await until(lambda: [event["status"] for event in club.guild.events.values()] == [4], 30)
    await until(lambda: bool(club.told("No journal club on")), 20)


async def test_what_the_bot_may_not_do_is_left_out_and_said(club: Club) -> None:
    club.scene.world.forbid(club.scene.channel, SEND_POLLS)
    for role in club.guild.body["roles"]:
        role["permissions"] = str(int(role["permissions"]) & ~CREATE_EVENTS)
    await club.ahead(days=6)
    await club.program.ready()
    assert "I lack permissions: Send Polls, Create Events" in said(await club.slash("club"))
    await club.ahead(days=9)
    await until(lambda: bool(club.told("There is no poll to count")), 30)
    assert club.poll is None and not club.guild.events


async def test_the_chaos_test_finds_what_is_lost_and_what_is_doubled(scene: Scene, tmp_path: Path) -> None:
    library = await Library.open(tmp_path / "lectern.db")
    chaos = ClubChaos(library, scene, Program(scene, tmp_path), random.Random(1))
    await chaos.set_up()
    channel = chaos.channels[0]
    assert channel.guild
    async with library.db.write() as connection:
        session = await progress.advance(connection, channel.guild.id, chaos.now)
        assert session
        await progress.advance(connection, channel.guild.id, session.times.poll_at)
        token = scheduled_messages.token_of(session.key("call"))
        assert await scheduled_messages.by_key(connection, session.key("call"))
    assert (await chaos.judge())["lost"] > 0
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Why", "custom_id": f"sent:{token}"}]}
    for times in (1, 2):
        scene.world.post(channel, scene.world.bot, {"content": "Nothing is nominated", "components": [row]})
        figures = await chaos.judge()
        assert figures["messages"] == 1 and figures["doubled"] == times - 1
    await library.close()


def test_every_rule_of_polls_is_checked() -> None:
    answers = [{"poll_media": {"text": "a"}}]
    good = {"question": {"text": "Which?"}, "answers": answers, "duration": 24}
    assert list(polls.check(good)) == []
    bad: list[Json] = [
        {"question": {"text": "q" * 301}},
        {"answers": answers * 11},
        {"answers": [{"poll_media": {"text": "a" * 56}}]},
        {"duration": 769},
    ]
    assert [len(list(polls.check({**good, **change}))) for change in bad] == [1, 1, 1, 1]
