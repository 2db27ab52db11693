"""Any order of what people, feeds, clocks and failures do: nothing is lost, nothing comes twice.

Discord is a model here: it has an effect or not, remembers nonces for some minutes, loses answers, refuses, and loses
channels. All else is real: the store, the matching, the ledger, and the delivery, killed between any two steps.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.workers.delivery import Delivery
from bot.workers.request_pace import Clock
from bot.workers.transport import ChannelUnavailableError, MessageRejectedError, OutcomeUnknownError, RateLimitedError
from store import ingest
from store.catalog.papers import by_handles
from store.guilds import pauses, subscriptions
from store.guilds.digests import Digest
from store.guilds.found_posts import FoundPost
from store.guilds.schedule import Schedule
from store.guilds.scheduled_messages import ScheduledMessage
from store.guilds.subscriptions import Options, Scope
from store.models import Identifier, Paper, PaperRecord, ParsedSource, Source
from store.search.matcher import Rejection, matches
from store.search.parser import parse
from store.storage.connection import Connection
from store.storage.database import Database

pytestmark = pytest.mark.sqlite_only("the process is killed at the commits of an SQLite file")

START = datetime(2026, 3, 27, 12, tzinfo=UTC)
"""Two days before the clocks of Europe change."""
NONCE_S = 180.0
CHANNELS = (11, 12)
QUERIES = ("agents", "agents -survey", "web|tools", "cat:cs.AI", '"web agents" code:no')
TITLES = ("Web Agents", "A Survey of Agents", "Tools for Everyone", "Something Else")
PAPERS = st.tuples(st.integers(0, 99), st.sampled_from(TITLES), st.sampled_from(["cs.AI", "cs.CL"]))
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Apia", "UTC")
FAULTS = (
    "answer lost",
    "request lost",
    "limited",
    "limited everywhere",
    "refused",
    "bug",
    "crash before",
    "crash after",
)


class CrashError(BaseException):
    """The process is killed here."""


class Killable(Database):
    """The real store, at whose every commit the process can be killed."""

    commits_left = -1

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        if self.commits_left == 0:
            raise CrashError
        async with super().write() as connection:
            yield connection
        if self.commits_left > 0:
            self.commits_left -= 1
            if self.commits_left == 0:
                raise CrashError


class Discord:
    """Channels with messages. `faults` are what happens to the next requests, one each."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.messages: dict[int, list[tuple[int, str, list[str]]]] = defaultdict(list)
        self.nonces: dict[tuple[int, str], tuple[float, int]] = {}
        self.gone: set[int] = set()
        self.faults: list[str] = []
        self._last = 1000

    async def send(self, target_id: int, said: Digest | ScheduledMessage, token: str) -> int:
        fault = self._before(target_id)
        at, message_id = self.nonces.get((target_id, token), (-NONCE_S, 0))
        handles = [] if isinstance(said, ScheduledMessage) else [item.paper.handle for item in said.items]
        if self.seconds - at >= NONCE_S:
            self._last += 1
            message_id = self._last
            self.nonces[target_id, token] = (self.seconds, message_id)
            self.messages[target_id].append((message_id, token, handles))
        self._after(fault)
        return message_id

    async def find_message(self, target_id: int, token: str, after_id: int) -> int | None:
        fault = self._before(target_id)
        found = [message_id for message_id, carried, _ in self.messages[target_id] if carried == token]
        self._after(fault)
        return next((message_id for message_id in found if message_id > after_id), None)

    def has_messages_after(self, target_id: int, after_id: int) -> bool:
        return True

    def is_public(self, target_id: int) -> bool:
        return False

    async def posts_after(self, target_id: int, after_id: int) -> list[FoundPost]:
        return [
            FoundPost(message_id, token, START, tuple(handles))
            for message_id, token, handles in self.messages[target_id]
            if message_id > after_id
        ]

    async def open_direct(self, user_id: int) -> int:
        return user_id + 10**6

    def _before(self, target_id: int) -> str:
        fault = self.faults.pop(0) if self.faults else ""
        match fault:
            case "crash before":
                raise CrashError
            case "request lost":
                raise OutcomeUnknownError("reset")
            case "limited" | "limited everywhere":
                raise RateLimitedError(5, is_global=fault != "limited")
            case "refused":
                raise MessageRejectedError("400")
            case "bug":
                raise ZeroDivisionError
        if target_id in self.gone:
            raise ChannelUnavailableError("Unknown Channel")
        return fault

    def _after(self, fault: str) -> None:
        if fault == "crash after":
            raise CrashError
        if fault == "answer lost":
            raise OutcomeUnknownError("time-out")


class Subscribed(RuleBasedStateMachine):
    """`expected` are the matches that there have to be rows of: subscription and paper, and whether it is excluded."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.discord = Discord()
        self.offset = timedelta()
        self.expected: dict[tuple[int, str], bool] = {}
        self.queries: dict[int, str] = {}
        self.tokens: dict[int, tuple[Scope, str]] = {}
        self.papers: dict[str, Paper] = {}
        self.crashes = 0

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.discord.seconds) + self.offset

    async def sleep(self, seconds: float) -> None:
        self.discord.seconds += seconds

    @initialize()
    def begin(self) -> None:
        self.do(self._open())
        for channel in CHANNELS:
            self.subscribe("agents", channel, "now", "UTC", "08:30", 3)
            self.subscribe("web|tools", channel, "now", "UTC", "08:30", 2)

    async def _open(self) -> None:
        opened = await Killable.open(Path(self.folder.name) / "store.db", readers=1)
        assert isinstance(opened, Killable)
        self.db = opened
        self._restart()

    def _restart(self) -> None:
        self.db.commits_left = -1
        clock = Clock(self.now, lambda: self.discord.seconds, self.sleep)
        self.delivery = Delivery(self.db, self.discord, clock, jitter=random.Random(0))

    @rule(
        query=st.sampled_from(QUERIES),
        channel=st.sampled_from(CHANNELS),
        cadence=st.sampled_from(["now", "now", "daily", "weekly"]),
        zone=st.sampled_from(ZONES),
        at=st.sampled_from(["02:30", "08:30"]),
        cap=st.integers(1, 3),
    )
    def subscribe(self, query: str, channel: int, cadence: str, zone: str, at: str, cap: int) -> None:
        options = Options(schedule=Schedule.model_validate({"cadence": cadence, "zone": zone, "at": at}), cap=cap)
        scope = Scope(1, channel)
        made = self.do(subscriptions.create(self.db, scope, channel, 5, parse(query), options, self.now()))
        self.queries[made.id] = query
        self.tokens[made.id] = (scope, made.token)

    @rule(
        papers=st.lists(PAPERS, min_size=1, max_size=4),
        notify=st.sampled_from([True, True, True, False]),
    )
    def papers_arrive(self, papers: list[tuple[int, str, str]], notify: bool) -> None:
        source = Source(kind="arxiv", name="arXiv", retrieved=self.now())
        records = [
            PaperRecord(
                source=source,
                title=f"{title} {number}",
                category=category,
                identifiers=(Identifier(scheme="arxiv", value=f"2603.{number:05}"),),
            )
            for number, title, category in {
                number: (number, title, category) for number, title, category in papers
            }.values()
        ]
        self.do(self._arrive(tuple(records), notify))

    async def _arrive(self, records: tuple[PaperRecord, ...], notify: bool) -> None:
        await ingest.take(self.db, "arXiv", ParsedSource(papers=records), notify=notify, now=self.now())
        async with self.db.read() as connection, connection.execute("SELECT handle FROM papers") as rows:
            handles = [row[0] async for row in rows]
        for paper in await by_handles(self.db, handles):
            before = self.papers.get(paper.handle)
            for number in self.tokens:
                verdict = matches(parse(self.queries[number]), paper)
                old = matches(parse(self.queries[number]), before) if before else None
                if paper == before or not verdict or (old and not isinstance(old, Rejection)):
                    continue
                key, excluded = (number, paper.handle), isinstance(verdict, Rejection)
                self.expected[key] = excluded and self.expected.get(key, True)
            self.papers[paper.handle] = paper

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), post_held=st.booleans())
    def pause_or_resume(self, data: st.DataObject, post_held: bool) -> None:
        scope, token = self.tokens[data.draw(st.sampled_from(sorted(self.tokens)))]
        if self.do(subscriptions.get(self.db, scope, token)).pause:
            self.do(pauses.resume(self.db, scope, token, self.now(), post_held=post_held))
        else:
            self.do(pauses.pause(self.db, scope, token, "asked", self.now()))

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.tokens)))
        scope, token = self.tokens.pop(number)
        assert self.do(subscriptions.delete(self.db, scope, [token], self.now())) == 1

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), query=st.sampled_from(QUERIES), zone=st.sampled_from(ZONES), cap=st.integers(1, 3))
    def edit(self, data: st.DataObject, query: str, zone: str, cap: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.tokens)))
        scope, token = self.tokens[number]
        options = Options(schedule=Schedule(cadence="daily", zone=zone), cap=cap)
        self.do(subscriptions.edit(self.db, scope, token, parse(query), options, self.now()))
        self.queries[number] = query

    @rule(hours=st.sampled_from([0.001, 0.02, 1, 12, 24, 24 * 7]))
    def time_passes(self, hours: float) -> None:
        self.discord.seconds += hours * 3600

    @rule(hours=st.sampled_from([-24, -1, 1, 24]))
    def the_clock_jumps(self, hours: int) -> None:
        self.offset += timedelta(hours=hours)

    @rule(channel=st.sampled_from(CHANNELS))
    def a_channel_goes_or_comes_back(self, channel: int) -> None:
        self.discord.gone ^= {channel}

    @rule()
    def all_goes_well(self) -> None:
        self.do(self._round())

    @rule(
        papers=st.lists(PAPERS, min_size=1, max_size=4),
        faults=st.lists(st.sampled_from(FAULTS) | st.just(""), max_size=6),
        commits=st.just(-1) | st.integers(0, 4),
        hours=st.sampled_from([0.001, 0.01, 0.1, 2]),
    )
    def things_go_wrong(
        self, papers: list[tuple[int, str, str]], faults: list[str], commits: int, hours: float
    ) -> None:
        self.papers_arrive(papers, notify=True)
        self.discord.faults = faults
        self.db.commits_left = commits
        self.do(self._round())
        self.discord.faults = []
        self.time_passes(hours)
        self.all_goes_well()

    async def _round(self) -> None:
        try:
            await self.delivery.start()
            done, _ = await asyncio.wait(self.delivery.tasks) if self.delivery.tasks else (set(), None)
            crashed = any(isinstance(task.exception(), CrashError) for task in done if not task.cancelled())
        except CrashError:
            crashed = True
        await self.delivery.stop()
        if crashed or self.db.commits_left == 0:
            self.crashes += 1
            self._restart()
        self.db.commits_left = -1

    @invariant()
    def nothing_is_lost_and_nothing_comes_twice(self) -> None:
        if hasattr(self, "db"):
            self.do(self._check())

    async def _check(self) -> None:
        async with (
            self.db.read() as connection,
            connection.execute(
                "SELECT ledger.subscription_id, ledger.handle, ledger.state, message_id, ledger.target_id, token FROM ledger"
                " LEFT JOIN posts ON posts.id = post_id"
            ) as rows,
        ):
            ledger = [tuple(row) for row in await rows.fetchall()]
        assert {(row[0], row[1]) for row in ledger} == set(self.expected), "every match has one row"
        for number, handle, state, message_id, target_id, _ in ledger:
            if state == "excluded":
                continue
            assert not self.expected[number, handle] or state in ("dropped", "silent"), "an exclusion is never posted"
            if state == "posted":
                shown = [handles for sent_id, _, handles in self.discord.messages[target_id] if sent_id == message_id]
                assert len(shown) == 1 and handle in shown[0], "every posted row has one message"
        rows_of = {(row[4], row[5], row[1]) for row in ledger if row[2] in ("posted", "posting")}
        rows_of |= {(row[4], None, row[1]) for row in ledger if row[2] == "dropped"}
        for target_id, messages in self.discord.messages.items():
            counts = Counter(handle for _, _, handles in messages for handle in handles)
            assert all(count == 1 for count in counts.values()), "no paper twice in a channel"
            for _, token, handles in messages:
                for handle in handles:
                    assert {(target_id, token, handle), (target_id, None, handle)} & rows_of, "no message without a row"

    def teardown(self) -> None:
        try:
            if hasattr(self, "db"):
                self.do(self._settle())
        finally:
            if hasattr(self, "db"):
                self.do(self.db.close())
            self.runner.close()
            self.folder.cleanup()

    async def _settle(self) -> None:
        """All channels are back and everybody resumes: in the end everything has gone out."""
        self.discord.gone, self.discord.faults, self.offset = set(), [], max(self.offset, timedelta())
        for scope, token in self.tokens.values():
            await pauses.resume(self.db, scope, token, self.now(), post_held=True)
        for _ in range(12):
            self.discord.seconds += 24 * 3600
            await self.delivery.start()
            await self.delivery.finish()
        await self._check()
        async with (
            self.db.read() as connection,
            connection.execute("SELECT state, count(*) FROM ledger GROUP BY state") as rows,
        ):
            left = {row[0]: row[1] async for row in rows}
        assert not set(left) & {"pending", "posting", "held"}, left


TestSubscribed = Subscribed.TestCase
TestSubscribed.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
