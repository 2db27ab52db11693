"""Delivery over many channels: slow ones, limits, waits and the order of messages."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.workers.delivery import REQUESTS_PER_S, Delivery
from bot.workers.request_pace import Clock
from bot.workers.transport import ChannelUnavailableError, MessageRejectedError, OutcomeUnknownError, RateLimitedError
from store import ingest
from store.guilds import scheduled_messages, subscriptions
from store.guilds.digests import Digest
from store.guilds.found_posts import FoundPost
from store.guilds.outbox import AGAIN_AFTER
from store.guilds.pauses import LostChannel
from store.guilds.scheduled_messages import NO_ANSWER_AGAIN_AFTER, NewMessage, ScheduledMessage
from store.guilds.subscriptions import Options, Scope
from store.models import PaperRecord, ParsedSource, Source
from store.search.parser import parse
from store.storage.database import Database
from store.text.handles import handle

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Discord:
    """Takes everything, and says at which second; `answers` are errors for the next requests to a channel."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.requests: list[tuple[float, int]] = []
        self.sent: list[tuple[int, list[str]]] = []
        self.answers: dict[int, list[Exception]] = {}
        self.stuck: dict[int, asyncio.Event] = {}
        self.posts: dict[int, list[FoundPost]] = {}
        self.looked: list[int] = []
        self.unanswered: list[Exception] = []
        self.looked_for: list[int] = []

    async def send(self, target_id: int, said: Digest | ScheduledMessage, token: str) -> int:
        self.requests.append((self.seconds, target_id))
        if target_id in self.stuck:
            await self.stuck[target_id].wait()
        if self.answers.get(target_id):
            raise self.answers[target_id].pop(0)
        told = [said.key] if isinstance(said, ScheduledMessage) else [item.paper.title for item in said.items]
        self.sent.append((target_id, told))
        return len(self.requests)

    async def find_message(self, target_id: int, token: str, after_id: int) -> int | None:
        self.looked_for.append(target_id)
        return None

    def has_messages_after(self, target_id: int, after_id: int) -> bool:
        return bool(self.posts.get(target_id) or self.unanswered)

    def is_public(self, target_id: int) -> bool:
        return False

    async def posts_after(self, target_id: int, after_id: int) -> list[FoundPost]:
        if self.unanswered:
            raise self.unanswered.pop(0)
        self.looked.append(target_id)
        return [post for post in self.posts.get(target_id, []) if post.message_id > after_id]

    async def open_direct(self, user_id: int) -> int:
        if self.answers.get(-user_id):
            raise self.answers[-user_id].pop(0)
        return user_id + 1000

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@pytest.fixture
async def db(empty_file: Path) -> AsyncIterator[Database]:
    opened = await Database.open(empty_file)
    yield opened
    await opened.close()


@pytest.fixture
def discord() -> Discord:
    return Discord()


@pytest.fixture
def delivery(db: Database, discord: Discord) -> Delivery:
    clock = Clock(lambda: START + timedelta(seconds=discord.seconds), lambda: discord.seconds, discord.sleep)
    return Delivery(db, discord, clock, jitter=random.Random(0))


async def follow(db: Database, *channels: int, cap: int = 25) -> None:
    for channel in channels:
        await subscriptions.create(db, Scope(1, channel), channel, 3, parse("agents"), Options(cap=cap), START)


async def arrive(db: Database, *titles: str, abstract: str | None = None, at: datetime = START) -> None:
    source = Source(kind="arxiv", name="arXiv", retrieved=START)
    records = tuple(PaperRecord(source=source, title=title, abstract=abstract) for title in titles)
    await ingest.take(db, "arXiv", ParsedSource(papers=records), now=at)


async def test_a_slow_channel_does_not_hold_up_the_others(db: Database, discord: Discord, delivery: Delivery) -> None:
    await follow(db, 1, 2, 3)
    await arrive(db, "Web Agents")
    discord.stuck[2] = asyncio.Event()
    await delivery.start()
    await asyncio.wait(delivery.tasks, timeout=1)
    assert {target for target, _ in discord.sent} == {1, 3}
    await delivery.start()
    discord.stuck.pop(2).set()
    await delivery.finish()
    assert sorted(target for target, _ in discord.sent) == [1, 2, 3]


async def test_many_channels_stay_within_discords_limit(db: Database, discord: Discord, delivery: Delivery) -> None:
    await follow(db, *range(1, 121))
    await arrive(db, "Web Agents")
    while len(discord.sent) < 120:
        await delivery.start()
        await delivery.finish()
    moments = [moment for moment, _ in discord.requests]
    assert all(moments[n + 50] - moments[n] >= 1 for n in range(len(moments) - 50))
    assert moments[-1] < 4


async def test_what_discord_asks_to_wait_is_waited(db: Database, discord: Discord, delivery: Delivery) -> None:
    await follow(db, 1)
    await arrive(db, "Web Agents")
    discord.answers[1] = [RateLimitedError(30, is_global=False)]
    for _ in range(40):
        await delivery.start()
        await delivery.finish()
        discord.seconds += 1
    assert [target for target, _ in discord.sent] == [1]
    first, second = (moment for moment, _ in discord.requests)
    assert 30 <= second - first <= 33


async def test_a_limit_on_everything_stops_everything(db: Database, discord: Discord, delivery: Delivery) -> None:
    await follow(db, 1, 2, 3)
    await arrive(db, "Web Agents")
    discord.answers = {target: [RateLimitedError(30, is_global=True)] for target in (1, 2, 3)}
    await delivery.start()
    await delivery.finish()
    await follow(db, 4)
    await arrive(db, "More Web Agents")
    await delivery.start()
    await delivery.finish()
    assert len(discord.requests) == 1 and not discord.sent
    discord.answers.clear()
    discord.seconds += 32
    await delivery.start()
    await delivery.finish()
    for target in (1, 2, 3):
        assert [titles for sent, titles in discord.sent if sent == target] == [["Web Agents"], ["More Web Agents"]]
    assert [titles for sent, titles in discord.sent if sent == 4] == [["More Web Agents"]]


async def test_attempts_come_less_and_less_often(db: Database, discord: Discord, delivery: Delivery) -> None:
    await follow(db, 1)
    await arrive(db, "Web Agents")
    discord.answers[1] = [OutcomeUnknownError("503") for _ in range(12)]
    while not discord.sent:
        await delivery.start()
        await delivery.finish()
        discord.seconds += 0.1
        if moment := await delivery.next_moment():
            discord.seconds = max(discord.seconds, (moment - START).total_seconds())
    waits = [later - earlier for (earlier, _), (later, _) in itertools.pairwise(discord.requests)]
    assert len(waits) == 12 and 1 <= waits[0] <= 2.2
    assert all(2 ** (n - 0.1) <= wait <= 2 ** (n + 1) + 0.3 for n, wait in enumerate(waits[:9]))
    assert all(300 <= wait <= 600.3 for wait in waits[9:])


async def test_a_rejected_message_does_not_hold_up_what_comes_after(
    db: Database, discord: Discord, delivery: Delivery
) -> None:
    await follow(db, 1)
    await arrive(db, "Web Agents")
    discord.answers[1] = [MessageRejectedError("Invalid Form Body")]
    await delivery.start()
    await delivery.finish()
    await arrive(db, "More Web Agents")
    await delivery.start()
    await delivery.finish()
    discord.seconds = 3599
    await delivery.start()
    await delivery.finish()
    assert discord.sent == [(1, ["More Web Agents"])]
    discord.seconds = 3601
    await delivery.start()
    await delivery.finish()
    assert discord.sent[1:] == [(1, ["Web Agents"])]


async def test_a_long_digest_comes_in_parts_in_the_order_of_announcement(
    db: Database, discord: Discord, delivery: Delivery
) -> None:
    await follow(db, 1)
    titles = [f"Agents number {n} and {'words ' * 30}".strip() for n in range(20)]
    await arrive(db, *titles, abstract="We show that it works. " * 20)
    discord.answers[1] = [OutcomeUnknownError("reset")]
    for _ in range(5):
        await delivery.start()
        await delivery.finish()
        discord.seconds += 5
    assert len(discord.sent) == 2
    assert [title for _, shown in discord.sent for title in shown] == titles


async def test_a_clock_that_is_set_back_holds_up_nothing(db: Database, discord: Discord, delivery: Delivery) -> None:
    discord.seconds = 60
    await follow(db, 1)
    await delivery.start()
    await delivery.finish()
    await arrive(db, "Web Agents", at=START + timedelta(days=365))
    discord.seconds -= 1
    await delivery.start()
    await delivery.finish()
    assert discord.sent == [(1, ["Web Agents"])]


async def test_papers_that_the_channel_has_are_not_posted_again(
    delivery: Delivery, discord: Discord, db: Database
) -> None:
    await follow(db, 1, 2)
    await arrive(db, "Known Agents", "New Agents")
    known = handle("paper", "title", "known agents|")
    discord.posts[1] = [FoundPost(77, "t" * 16, START, (known, "unknownpaper2"))]
    await delivery.start()
    await delivery.finish()
    assert sorted(discord.sent) == [(1, ["New Agents"]), (2, ["Known Agents", "New Agents"])]
    async with db.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT ledger.state, message_id FROM ledger JOIN posts ON posts.id = post_id WHERE token = ?", ["t" * 16]
        )
    assert [tuple(row) for row in rows] == [("posted", 77)]
    assert discord.looked == [1]
    await arrive(db, "Later Agents")
    await delivery.start()
    await delivery.finish()
    assert discord.looked == [1], "once in a run"


async def test_nothing_is_posted_before_the_channel_was_looked_through(
    delivery: Delivery, discord: Discord, db: Database
) -> None:
    await follow(db, 1)
    await arrive(db, "Agents")
    discord.unanswered = [OutcomeUnknownError("no answer"), RateLimitedError(5, is_global=False)]
    for _ in range(2):
        await delivery.start()
        await delivery.finish()
        assert discord.sent == []
    await delivery.start()
    await delivery.finish()
    assert discord.sent == [(1, ["Agents"])]


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (OutcomeUnknownError("no answer"), NO_ANSWER_AGAIN_AFTER),
        (RateLimitedError(5, is_global=False), NO_ANSWER_AGAIN_AFTER),
        (ChannelUnavailableError("closed"), AGAIN_AFTER),
    ],
)
async def test_somebody_who_could_not_be_found_is_written_to_soon_and_who_refuses_later(
    db: Database, discord: Discord, delivery: Delivery, error: Exception, wait: timedelta
) -> None:
    message = NewMessage(
        key="m", owner=1, kind="lost_channel", content=LostChannel(query="q", target_id=1, reason="r").model_dump_json(),
        reason="You asked.", due=START, expires=START + timedelta(days=2), target_id=None, person_id=7,
    )  # fmt: skip
    async with db.write() as connection:
        await scheduled_messages.schedule(connection, message)
    discord.answers[-7] = [error]
    for seconds in (0, wait.total_seconds() - 1):
        discord.seconds = seconds
        await delivery.start()
        await delivery.finish()
    assert discord.sent == []
    discord.seconds += 2
    for _ in range(2):  # The channel is found first.
        await delivery.start()
        await delivery.finish()
    assert discord.sent == [(1007, ["m"])]


class Others:
    """Which guilds are this process's, where there are others."""

    def __init__(self, delivery: Delivery) -> None:
        self.ours, self.tenure = {1}, 0
        self.delivery = replace(delivery, serves=self.ours.__contains__, tenure=lambda: self.tenure, share=lambda: 0.5)

    async def run(self) -> None:
        await self.delivery.start()
        await self.delivery.finish()

    def lose(self) -> None:
        """The guild comes to another process."""
        self.ours.clear()
        self.tenure += 1

    def regain(self) -> None:
        """It comes back."""
        self.ours.add(1)
        self.tenure += 1


async def test_a_process_sends_to_its_own_guilds_only(db: Database, discord: Discord, delivery: Delivery) -> None:
    others = Others(delivery)
    await follow(db, 1)
    await arrive(db, "Web Agents")
    others.lose()
    await others.run()
    assert not discord.requests
    others.regain()
    await others.run()
    assert discord.sent == [(1, ["Web Agents"])]


async def test_a_message_is_looked_for_that_another_process_may_have_tried(
    db: Database, discord: Discord, delivery: Delivery
) -> None:
    others = Others(delivery)
    await follow(db, 1)
    await arrive(db, "Web Agents")
    discord.answers[1] = [OutcomeUnknownError("no answer")]
    await others.run()
    assert discord.looked_for == []
    others.lose()
    discord.seconds += 5
    others.regain()
    await others.run()
    assert discord.looked_for == [1], "Discord may have forgotten the nonce since the other process tried"
    assert discord.sent == [(1, ["Web Agents"])]


@pytest.mark.parametrize("comes_back", [False, True])
async def test_nothing_is_sent_once_the_guild_is_anothers(
    db: Database, discord: Discord, delivery: Delivery, comes_back: bool
) -> None:
    """As in a process that stood still between the beginning of a message and its request."""
    others = Others(delivery)
    await follow(db, 1)
    await arrive(db, "Web Agents")
    sleep, discord.seconds = discord.sleep, 0.0

    async def stand_still(seconds: float) -> None:
        await sleep(seconds)
        others.lose()
        if comes_back:
            others.regain()

    others.delivery = replace(others.delivery, clock=replace(others.delivery.clock, sleep=stand_still))
    await others.delivery._pace.wait_for_turn()  # so that the next one waits
    await others.run()
    assert not discord.requests


@pytest.mark.parametrize("is_alone", [False, True])
@pytest.mark.parametrize("error", [None, OutcomeUnknownError("no answer")])
async def test_that_another_process_has_gone_on_is_no_failure_unless_there_is_none(
    db: Database, discord: Discord, delivery: Delivery, caplog: pytest.LogCaptureFixture, is_alone: bool,
    error: Exception | None,
) -> None:  # fmt: skip
    slow = delivery if is_alone else Others(delivery).delivery
    await follow(db, 1)
    await arrive(db, "Web Agents")
    discord.stuck[1] = asyncio.Event()
    await slow.start()
    await asyncio.wait(slow.tasks, timeout=0.3)
    first = discord.stuck.pop(1)
    quick = Delivery(db, discord, delivery.clock)
    await quick.start()
    await quick.finish()
    assert discord.sent == [(1, ["Web Agents"])]
    discord.answers[1] = [error] if error else []
    first.set()
    await slow.finish()
    assert any(record.levelno >= logging.ERROR for record in caplog.records) is is_alone


async def test_processes_share_what_discord_allows(db: Database, discord: Discord, delivery: Delivery) -> None:
    others = Others(delivery)
    await follow(db, *range(1, 42))
    await arrive(db, "Web Agents")
    await others.run()
    moments = [moment for moment, _ in discord.requests]
    assert moments[40] - moments[0] == pytest.approx(40 / (REQUESTS_PER_S / 2))
