"""Any history of matches and posts: every change of state is in the table of transitions, and nothing gets lost.

SQLite itself notes the changes, by triggers. A wrong state that the table allows is found by what has to hold after
each step: what every state says of its row, and one post for each paper and channel.
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
from store.guilds.transitions import TRANSITIONS, Event
from store.models import Identifier, PaperRecord, ParsedSource, Source
from store.search.query import parse
from store.storage.database import Database

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHANNELS = (11, 12)
QUERIES = ("agents", "agents -survey", "web|tools")
TITLES = ("Web Agents", "A Survey of Agents", "Tools for Everyone")
NUMBERS = st.integers(0, 7)
"""Of papers: the even ones are known by an arXiv id, the odd ones by a DOI, so that two of them can be merged."""

OBSERVE = """
CREATE TEMP TABLE observed (kind TEXT, before TEXT, after TEXT);
CREATE TEMP TRIGGER a AFTER INSERT ON main.ledger BEGIN INSERT INTO observed VALUES ('match', NULL, new.state); END;
CREATE TEMP TRIGGER b AFTER UPDATE OF state ON main.ledger BEGIN INSERT INTO observed VALUES ('match', old.state, new.state); END;
CREATE TEMP TRIGGER c AFTER DELETE ON main.ledger BEGIN INSERT INTO observed VALUES ('match', old.state, NULL); END;
CREATE TEMP TRIGGER d AFTER INSERT ON main.posts BEGIN INSERT INTO observed VALUES ('post', NULL, new.state); END;
CREATE TEMP TRIGGER e AFTER UPDATE OF state ON main.posts BEGIN INSERT INTO observed VALUES ('post', old.state, new.state); END;
CREATE TEMP TRIGGER f AFTER DELETE ON main.posts BEGIN INSERT INTO observed VALUES ('post', old.state, NULL); END;
"""

CONSISTENT = {
    "what is pending is of a subscription that posts": (
        "ledger.state <> 'pending' OR (pause IS NULL AND deleted IS NULL AND post_id IS NULL AND note IS NULL)"
    ),
    "what is held is of a paused subscription": (
        "ledger.state <> 'held' OR (pause IS NOT NULL AND deleted IS NULL AND post_id IS NULL AND note IS NULL)"
    ),
    "what is being posted is in an unfinished message": (
        "ledger.state <> 'posting' OR (message_id IS NULL AND posts.state IN ('posting', 'failed'))"
    ),
    "what is posted is in a message that is out": "ledger.state <> 'posted' OR (message_id IS NOT NULL AND posts.state = 'posted')",
    "what is over the cap is behind a message": "ledger.state <> 'over_cap' OR posts.id IS NOT NULL",
    "what is dropped says why": "(ledger.state = 'dropped') = (note IS NOT NULL)",
    "what is excluded says by which rule": "(ledger.state = 'excluded') = (reasons ->> 'rule' IS NOT NULL)",
    "what is in no message points to none": (
        "ledger.state NOT IN ('excluded', 'silent', 'dropped') OR ledger.post_id IS NULL"
    ),
    "a message is in the channel of its matches": "posts.id IS NULL OR posts.target_id = ledger.target_id",
}


def allowed(events: tuple[Event, ...]) -> set[tuple[str, str | None, str | None]]:
    return {
        (transition.of, before, after)
        for transition in TRANSITIONS
        if transition.event in events
        for before in transition.before
        for after in transition.after
    }


class Outbox(RuleBasedStateMachine):
    """`matches` are the subscriptions and papers that there has to be a row of."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.now = START
        self.made: dict[int, Subscription] = {}
        self.matches: set[tuple[int, str]] = set()
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

    @rule(papers=st.lists(st.tuples(NUMBERS, st.integers(0, 2)), min_size=1, max_size=4), notify=st.booleans())
    def arrive(self, papers: list[tuple[int, int]], notify: bool) -> None:
        records = [self._record(TITLES[title], number) for number, title in papers]
        self.do(self._take("arXiv", records, notify), "match", "merge")

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
        gone = set(await self._read("SELECT handle FROM merged_handles"))
        begun = Counter(await self._read("SELECT DISTINCT target_id, handle, post_id FROM ledger WHERE post_id > 0"))
        await ingest.take(self.db, source, ParsedSource(papers=tuple(records)), notify=notify, now=self.now)
        merged = [
            (old, new)
            for old, new in await self._read(
                "SELECT merged_handles.handle, papers.handle FROM merged_handles JOIN papers ON papers.id = paper_id"
            )
            if (old,) not in gone
        ]
        for old, new in merged:
            self.matches = {(number, new if handle == old else handle) for number, handle in self.matches}
            self.twice |= {(target, new) for target, handle, _ in begun if handle in (old, new)}
            self.twice |= {(target, new) for target, handle in self.twice if handle == old}

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

    @rule(channel=st.sampled_from(CHANNELS), surely=st.booleans())
    def lose_channel(self, channel: int, surely: bool) -> None:
        begun = self.runner.run(self._unfinished(channel))
        if begun:
            not_out = [post.id for post in begun if surely]
            self.do(
                self._write(pauses.channel_lost, begun[0], not_out, "Unknown Channel", self.now),
                "retry", "pause", "withdraw",
            )  # fmt: skip

    @rule(hours=st.sampled_from([1, 25]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def every_match_has_a_row_that_says_what_becomes_of_it(self) -> None:
        if not hasattr(self, "db"):
            return
        rows = self.runner.run(self._read("SELECT subscription_id, handle FROM ledger"))
        assert self.matches <= set(rows), "no match is forgotten"
        assert len(rows) == len(set(rows)), "one row for each subscription and paper"
        self.matches = set(rows)
        known = {row[0] for row in self.runner.run(self._read("SELECT handle FROM papers"))}
        assert {handle for _, handle in rows} <= known, "every row is of a paper that is there"
        for what, condition in CONSISTENT.items():
            wrong = self.runner.run(
                self._read(
                    "SELECT ledger.* FROM ledger JOIN subscriptions ON subscriptions.id = ledger.subscription_id"
                    f" LEFT JOIN posts ON posts.id = ledger.post_id WHERE NOT ({condition})"
                )
            )
            assert not wrong, what

    @invariant()
    def no_paper_is_in_two_messages_of_a_channel(self) -> None:
        if not hasattr(self, "db"):
            return
        shown = self.runner.run(
            self._read("SELECT DISTINCT target_id, handle, post_id FROM ledger WHERE state IN ('posting', 'posted')")
        )
        counts = Counter((target, handle) for target, handle, _ in shown)
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
        """Everybody resumes and Discord takes everything: in the end nothing waits."""
        for one in self.made.values():
            self.do(pauses.resume(self.db, one.scope, one.token, self.now, post_held=True), "resume")
        self.wait(25)
        for _ in range(2):
            for channel in CHANNELS:
                self.send(channel, "out")
                self.begin(channel, each=False)
        self.every_match_has_a_row_that_says_what_becomes_of_it()
        self.no_paper_is_in_two_messages_of_a_channel()
        left = self.runner.run(self._read("SELECT state FROM ledger WHERE state IN ('pending', 'held', 'posting')"))
        assert not left


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=20, stateful_step_count=20)
