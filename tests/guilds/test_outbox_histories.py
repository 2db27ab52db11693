"""Any history of matches and posts: every match is posted once, or its row says why not and what will release it.

SQLite itself notes the changes of state, by triggers, to hold them to the table of transitions. What has to hold after
each step: every match that there ever was has its row, every state is true of it, and a paper is in one message of a
channel. What is not posted has one of two reasons: it waits for a moment that comes, or for somebody who resumes.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from store import ingest
from store.guilds import digests, outbox, pauses, posts, subscriptions
from store.guilds.posts import Post
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import Options, Scope, Subscription
from store.guilds.transitions import Event
from store.models import Identifier, PaperRecord, ParsedSource, Source
from store.search.query import parse
from store.storage.database import Database
from tests.guilds.outbox_rules import CONSISTENT, OBSERVE, allowed

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHANNELS = (11, 12)
QUERIES = ("agents", "agents -survey", "web|tools")
TITLES = ("Web Agents", "A Survey of Agents", "Tools for Everyone")
MOVING = ("pending", "held", "posting", "over_cap")
"""States of matches that are not at their end."""
NUMBERS = st.integers(0, 7)
"""Of papers: the even ones are known by an arXiv id, the odd ones by a DOI, so that two of them can be merged."""


class Outbox(RuleBasedStateMachine):
    """`matches` are the ids of all rows that there were; `ahead` is by how much the clock is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.now = START
        self.made: dict[int, Subscription] = {}
        self.ahead = timedelta()
        self.matches: set[int] = set()
        self.twice: set[tuple[int, str]] = set()
        """Channels and papers with two messages, as the papers were begun before they turned out to be one."""
        self.messages = 1000

    @initialize()
    def open(self) -> None:
        self.db = self.runner.run(Database.open(Path(self.folder.name) / "store.db", readers=1))
        self.runner.run(self._observe())
        for channel in CHANNELS:
            for query in QUERIES[::2]:
                self.subscribe(query, channel, daily=False, cap=2)
        self.arrive([(0, 0), (2, 1), (3, 2), (5, 0)], notify=True)

    async def _observe(self) -> None:
        async with self.db.write() as connection:
            for statement in OBSERVE.strip().splitlines():
                await connection.execute(statement)

    def do(self, work: Coroutine[Any, Any, Any], *events: Event) -> Any:
        """Do it, and hold what changed to the table."""
        done = self.runner.run(work)
        assert self.runner.run(self._observed()) <= allowed(events), events
        return done

    async def _observed(self) -> set[tuple[str, str | None, str | None]]:
        async with self.db.write() as connection:
            rows = list(await connection.execute_fetchall("SELECT kind, before, after FROM observed"))
            await connection.execute("DELETE FROM observed")
        return {(row[0], row[1], row[2]) for row in rows}

    async def _read(self, sql: str, *values: int | str) -> list[Any]:
        async with self.db.read() as connection:
            return [tuple(row) for row in await connection.execute_fetchall(sql, values)]

    async def _write(self, change: Any, *arguments: Any, **options: Any) -> Any:
        async with self.db.write() as connection:
            return await change(connection, *arguments, **options)

    async def _unfinished(self, target_id: int) -> list[Post]:
        async with self.db.read() as connection:
            return await posts.unfinished(connection, target_id)

    @rule(query=st.sampled_from(QUERIES), channel=st.sampled_from(CHANNELS), daily=st.booleans(), cap=st.integers(1, 2))
    def subscribe(self, query: str, channel: int, daily: bool, cap: int) -> None:
        options = Options(schedule=Schedule(cadence="daily" if daily else "now", at=time(8, 30)), cap=cap)
        created = self.do(subscriptions.create(self.db, Scope(1, channel), channel, 5, parse(query), options, self.now))
        self.made[created.id] = created

    @rule(
        papers=st.lists(st.tuples(NUMBERS, st.integers(0, 2)), min_size=1, max_size=4),
        notify=st.booleans(),
        days_ahead=st.sampled_from([0, 0, 365]),
    )
    def arrive(self, papers: list[tuple[int, int]], notify: bool, days_ahead: int = 0) -> None:
        """Papers come, perhaps while the clock is wrong."""
        true, self.now = self.now, self.now + timedelta(days=days_ahead)
        records = [self._record(TITLES[title], number) for number, title in papers]
        self.do(self._take("arXiv", records, notify), "match", "merge")
        self.now = true

    def _record(self, title: str, *numbers: int) -> PaperRecord:
        return PaperRecord(
            source=Source(kind="arxiv" if len(numbers) == 1 else "dblp", name="Made", retrieved=self.now),
            title=f"{title} {numbers[0]}",
            identifiers=tuple(
                Identifier(scheme="doi", value=f"10.1/{number}")
                if number % 2
                else Identifier(scheme="arxiv", value=f"2603.{number:05}")
                for number in numbers
            ),
        )

    async def _take(self, source: str, records: list[PaperRecord], notify: bool = True) -> None:
        gone = await self._merged()
        begun = Counter(await self._read("SELECT DISTINCT target_id, handle, post_id FROM ledger WHERE post_id > 0"))
        await ingest.take(self.db, source, ParsedSource(papers=tuple(records)), notify=notify, now=self.now)
        for old, new in (await self._merged()).items() - gone.items():
            self.twice |= {(target, new) for target, handle, _ in begun if handle in (old, new)}
            self.twice |= {(target, new) for target, handle in self.twice if handle == old}

    async def _merged(self) -> dict[str, str]:
        """The handles of papers that turned out to be others, and of the papers that they are."""
        found = await self._read(
            "SELECT merged_handles.handle, papers.handle FROM merged_handles JOIN papers ON papers.id = paper_id"
        )
        return dict(found)

    @rule(even=st.sampled_from([0, 2, 4]), odd=st.sampled_from([1, 3, 5]), title=st.sampled_from(TITLES))
    def merge(self, even: int, odd: int, title: str) -> None:
        self.do(self._take("DBLP", [self._record(title, even, odd)]), "match", "merge")

    @precondition(lambda self: self.made)
    @rule(data=st.data(), query=st.sampled_from(QUERIES))
    def edit(self, data: st.DataObject, query: str) -> None:
        one = self._chosen(data)
        self.do(subscriptions.edit(self.db, one.scope, one.token, parse(query), one.options, self.now), "edit")

    @precondition(lambda self: self.made)
    @rule(data=st.data(), post_held=st.booleans())
    def pause_or_resume(self, data: st.DataObject, post_held: bool) -> None:
        one = self._chosen(data)
        if self.do(subscriptions.get(self.db, one.scope, one.token)).pause:
            self.do(pauses.resume(self.db, one.scope, one.token, self.now, post_held=post_held), "resume")
        else:
            self.do(pauses.pause(self.db, one.scope, one.token, "asked", self.now), "pause")

    @precondition(lambda self: len(self.made) > 2)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        one = self._chosen(data)
        self.do(subscriptions.delete(self.db, one.scope, [one.token], self.now), "delete")
        del self.made[one.id]

    def _chosen(self, data: st.DataObject) -> Subscription:
        return self.made[data.draw(st.sampled_from(sorted(self.made)))]

    @rule(channel=st.sampled_from(CHANNELS), each=st.booleans())
    def begin(self, channel: int, each: bool) -> None:
        self.do(digests.correct_due(self.db, self.now))
        begun = self.do(
            digests.begin_due(self.db, channel, self.now, lambda items: [1] * len(items) if each else [len(items)]),
            "in_channel",
            "begin",
        )
        for subscription_id in {post.subscription_id for post in begun}:
            ids = [post.id for post in begun if post.subscription_id == subscription_id]
            marks = ", ".join("?" * len(ids))
            shown = self.runner.run(
                self._read(f"SELECT DISTINCT handle FROM ledger WHERE state = 'posting' AND post_id IN ({marks})", *ids)
            )
            assert len(shown) <= self.made[subscription_id].options.cap, "no digest shows more than its cap"
            over_cap = self.runner.run(
                self._read(
                    f"SELECT DISTINCT post_id FROM ledger WHERE state = 'over_cap' AND post_id IN ({marks})", *ids
                )
            )
            assert over_cap in ([], [(max(ids),)]), "what is over the cap is behind the last part"
        due = self.runner.run(
            self._read(
                "SELECT handle FROM ledger WHERE state = 'pending' AND target_id = ? AND due <= ? AND handle NOT IN"
                " (SELECT handle FROM ledger WHERE state = 'posting' AND target_id = ?)",
                channel,
                self.now.isoformat(timespec="microseconds"),
                channel,
            )
        )
        assert not due, "everything that is due is begun"

    @rule(channel=st.sampled_from(CHANNELS), outcome=st.sampled_from(["out", "out", "no answer", "refused"]))
    def send(self, channel: int, outcome: str) -> None:
        """One try of each message that was begun."""
        for post in self.runner.run(self._unfinished(channel)):
            if not self.runner.run(digests.content(self.db, post)).items:
                self.do(self._write(outbox.withdraw, post.id, self.now), "withdraw")
            elif outcome == "out":
                self.messages += 1
                self.do(self._write(outbox.mark_posted, post.id, self.messages, self.now), "post")
            else:
                state = "failed" if outcome == "refused" else "posting"
                later = self.now + timedelta(minutes=1)
                self.do(
                    self._write(outbox.retry_later, post.id, later, outcome, unsure=state == "posting", state=state),
                    "retry",
                )

    @rule(channel=st.sampled_from(CHANNELS), surely=st.sampled_from([False, False, True]))
    def lose_channel(self, channel: int, surely: bool) -> None:
        if not self.runner.run(self._unfinished(channel)):
            self.begin(channel, each=True)
        if begun := self.runner.run(self._unfinished(channel)):
            not_out = [post.id for post in begun if surely]
            self.do(
                self._write(pauses.channel_lost, begun[0], not_out, "Unknown Channel", self.now),
                "retry", "pause", "withdraw",
            )  # fmt: skip

    @rule(hours=st.sampled_from([1, 25]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.sampled_from([0, 1, 365]))
    def set_clock(self, days: int) -> None:
        """The clock goes wrong, or is set right: it is so many days ahead of the true time."""
        self.now += timedelta(days=days) - self.ahead
        self.ahead = timedelta(days=days)

    @invariant()
    def every_match_has_a_row_that_says_what_becomes_of_it(self) -> None:
        if not hasattr(self, "db"):
            return
        rows = self.runner.run(self._read("SELECT id, handle, state FROM ledger"))
        assert self.matches <= {row[0] for row in rows}, "no match is forgotten"
        self.matches = {row[0] for row in rows}
        known = {row[0] for row in self.runner.run(self._read("SELECT handle FROM papers"))}
        assert {handle for _, handle, state in rows if state in MOVING} <= known, (
            "what moves is of a paper that is there"
        )
        assert {handle for _, handle, _ in rows} <= known | self.runner.run(self._merged()).keys()
        for what, condition in CONSISTENT.items():
            wrong = self.runner.run(
                self._read(
                    "SELECT ledger.* FROM ledger JOIN subscriptions ON subscriptions.id = ledger.subscription_id"
                    f" LEFT JOIN posts ON posts.id = ledger.post_id WHERE NOT ({condition})"
                )
            )
            assert not wrong, what

    @invariant()
    def a_message_is_tried_unless_all_of_its_channel_are_lost(self) -> None:
        for channel in CHANNELS if hasattr(self, "db") else ():
            begun = self.runner.run(
                self._read("SELECT id FROM posts WHERE state <> 'posted' AND target_id = ? ORDER BY id", channel)
            )
            if begun and not self._is_lost(channel):
                assert [(post.id,) for post in self.runner.run(self._unfinished(channel))] == begun

    @invariant()
    def no_paper_is_in_two_messages_of_a_channel(self) -> None:
        if not hasattr(self, "db"):
            return
        shown = self.runner.run(
            self._read("SELECT DISTINCT target_id, handle, post_id FROM ledger WHERE state IN ('posting', 'posted')")
        )
        merged = self.runner.run(self._merged())
        places = {(target, merged.get(handle, handle), post) for target, handle, post in shown}
        counts = Counter((target, handle) for target, handle, _ in places)
        assert {place for place, count in counts.items() if count > 1} <= self.twice

    def teardown(self) -> None:
        try:
            if hasattr(self, "db"):
                self._settle()
        finally:
            if hasattr(self, "db"):
                self.runner.run(self.db.close())
            self.runner.close()
            self.folder.cleanup()

    def _settle(self) -> None:
        """The clock is right, Discord takes everything: what is left waits for somebody, and then nothing waits."""
        self.set_clock(0)
        self._post_everything()
        for channel in CHANNELS:
            if self._is_lost(channel):
                self._resume(self._in_channel(channel)[:1])
            else:
                assert not self._count(f"state = 'posting' AND target_id = {channel}"), "nobody has to resume"
        self._post_everything()
        assert not self._count("state = 'posting'"), "one who resumes is enough"
        self._resume([*self.made.values()])
        self._post_everything()
        self.every_match_has_a_row_that_says_what_becomes_of_it()
        self.no_paper_is_in_two_messages_of_a_channel()
        assert not self._count("state = 'posting' OR state = 'pending' OR state = 'held'"), "nothing waits"

    def _post_everything(self) -> None:
        """A day goes by; after a look at what was begun, digests are begun and sent."""
        self.wait(25)
        for _ in range(3):
            for channel in CHANNELS:
                self.send(channel, "out")
                self.begin(channel, each=False)
        assert not self._count("state = 'pending'"), "everything that is due is posted"

    def _resume(self, some: list[Subscription]) -> None:
        for one in some:
            self.do(pauses.resume(self.db, one.scope, one.token, self.now, post_held=True), "resume")

    def _in_channel(self, channel: int) -> list[Subscription]:
        return [one for one in self.made.values() if one.target_id == channel]

    def _is_lost(self, channel: int) -> bool:
        found = [self.runner.run(subscriptions.get(self.db, one.scope, one.token)) for one in self._in_channel(channel)]
        return bool(found) and all(one.pause and one.pause.kind == "lost" for one in found)

    def _count(self, condition: str) -> int:
        ((count,),) = self.runner.run(self._read(f"SELECT count(*) FROM ledger WHERE {condition}"))
        return int(count)


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=settings().max_examples // 4, stateful_step_count=20)
