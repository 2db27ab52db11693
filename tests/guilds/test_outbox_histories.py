"""Any history of matches and posts: every match is posted once, or its row says why not and what will release it.

The real delivery posts to a simulated Discord. SQLite itself notes the changes of state, by triggers, to hold them to
the table of transitions. What a row says is tried in the end: for each that is not at its end, what it names is done,
and then it has to go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from store import ingest, separation
from store.guilds import pauses, subscriptions
from store.guilds.subscriptions import Options, Scope, Subscription
from store.guilds.transitions import Event
from store.models import ParsedSource, Withdrawal
from store.search.parser import parse
from tests.guilds import outbox_papers
from tests.guilds.outbox_papers import BATCHES, NUMBERS, TITLES
from tests.guilds.outbox_rules import CONSISTENT
from tests.guilds.outbox_scene import OutboxScene
from tests.guilds.outbox_strategies import FAULTS, OPTIONS
from tests.guilds.settling import settle
from tests.wire.faults import Fault
from tests.wire.payloads import snowflake
from tests.wire.world import READ_HISTORY, SEND_MESSAGES

pytestmark = pytest.mark.sqlite_only("time is simulated, in which no server answers")

CHANNELS = (0, 1)
QUERIES = ("agents", "agents -survey", "web|tools")
BACKUP = "backup.db"
MOVING = ("pending", "held", "posting", "over_cap")
"""States of matches that are not at their end."""


class Outbox(RuleBasedStateMachine):
    """`matches` are the ids of all rows that there were."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = OutboxScene(len(CHANNELS))
        self.made: dict[int, Subscription] = {}
        self.kept: tuple[set[int], dict[int, Subscription]] = set(), {}
        """What the newest backup holds: the ids of its rows, and its subscriptions."""
        self.matches: set[int] = set()
        self.twice: set[tuple[int, str]] = set()
        """Channels and papers with two messages, as the papers were begun before they turned out to be one."""
        self.separated: set[str] = set()
        """Papers that were parts of others for some time: messages show the one in the place of the other."""
        self.withdrawn: set[tuple[int, str]] = set()
        """Channels and papers that were withdrawn before they were begun there, since papers came last."""

    @initialize()
    def open(self) -> None:
        for channel in CHANNELS:
            for query in QUERIES[::2]:
                self.subscribe(channel, query, Options(cap=25))

    @rule(channel=st.sampled_from(CHANNELS), query=st.sampled_from(QUERIES), options=OPTIONS)
    def subscribe(self, channel: int, query: str, options: Options) -> None:
        target = self._id(channel)
        scope, ann = Scope(self.scene.discord.guild.id, target), self.scene.discord.ann.id
        created = self.scene.do(
            subscriptions.create(
                self.scene.db, scope, target, ann, parse(query), options, self.scene.now(), snowflake()
            )
        )
        self.made[created.id] = created

    @rule(papers=BATCHES, notify=st.sampled_from([True, True, False]), ahead=st.sampled_from([None, None, 365]))
    def arrive(self, papers: list[tuple[int, str]], notify: bool, ahead: int | None) -> None:
        """Papers come, perhaps while the clock is wrong."""
        before = self.scene.ahead
        if ahead is not None:
            self.scene.ahead = timedelta(days=ahead)
        records = [outbox_papers.record(title, self.scene.now(), number) for number, title in papers]
        self._take("arXiv", ParsedSource(papers=tuple(records)), notify)
        self.scene.ahead = before

    @rule(title=st.sampled_from(TITLES))
    def gain_abstracts(self, title: str) -> None:
        """The sources say more of all papers."""
        papers = [outbox_papers.longer(title, self.scene.now(), number) for number in range(outbox_papers.COUNT)]
        known = outbox_papers.known(self.scene)
        self._take("arXiv", ParsedSource(papers=tuple(papers[number] for number in sorted(known))))

    @rule(even=st.sampled_from([0, 2, 4]), odd=st.sampled_from([1, 3, 5]), title=st.sampled_from(TITLES))
    def merge(self, even: int, odd: int, title: str) -> None:
        self._take("DBLP", ParsedSource(papers=(outbox_papers.record(title, self.scene.now(), even, odd),)))

    @precondition(lambda self: bool(outbox_papers.merged(self.scene)))
    @rule(data=st.data())
    def undo_merge(self, data: st.DataObject) -> None:
        """Papers that were taken for one are told apart; what one of them matched only as part of the other goes."""
        merged = outbox_papers.merged(self.scene)
        handle = data.draw(st.sampled_from(sorted(set(merged.values()))))
        self.separated |= {handle, *(gone for gone, survivor in merged.items() if survivor == handle)}
        work = separation.undo_merge(self.scene.db, handle, self.scene.now())
        self._while_papers_may_merge(work, "separate", "match", "merge")
        self.withdrawn.clear()
        self.matches &= {row[0] for row in self.scene.read("SELECT id FROM ledger")}

    @rule(number=NUMBERS)
    def withdraw(self, number: int) -> None:
        one = Withdrawal(source=outbox_papers.source(self.scene.now()), identifier=outbox_papers.identifier(number))
        self._take("arXiv", ParsedSource(withdrawals=(one,)))
        begun = set(self.scene.read("SELECT target_id, handle FROM ledger WHERE state IN ('posting', 'posted')"))
        # Where a backup was put back, the rows do not know of all messages.
        merged = outbox_papers.merged(self.scene)
        begun |= {(channel, merged.get(handle, handle)) for channel, handle, _ in self._shown()}
        paper = self.scene.read(
            "SELECT handle FROM papers WHERE id = ?", outbox_papers.known(self.scene).get(number, 0)
        )
        self.withdrawn |= {(channel.id, row[0]) for channel in self.scene.discord.channels for row in paper} - begun

    def _take(self, name: str, parsed: ParsedSource, notify: bool = True) -> None:
        self.withdrawn.clear()
        work = ingest.take(self.scene.db, name, parsed, notify=notify, now=self.scene.now())
        self._while_papers_may_merge(work, "match", "merge")

    def _while_papers_may_merge(self, work: Coroutine[Any, Any, object], *events: Event) -> None:
        """Papers that were posted before they turned out to be one may be in two messages."""
        gone = outbox_papers.merged(self.scene)
        begun = [(channel, handle) for channel, handle, _ in self._shown()]
        self.scene.do(work, *events)
        for old, new in (outbox_papers.merged(self.scene)).items() - gone.items():
            self.twice |= {(channel, new) for channel, handle in begun if handle in (old, new)}
            self.twice |= {(channel, new) for channel, handle in self.twice if handle == old}

    @precondition(lambda self: self.made)
    @rule(data=st.data(), query=st.sampled_from(QUERIES), options=OPTIONS)
    def edit(self, data: st.DataObject, query: str, options: Options) -> None:
        one = self._chosen(data)
        work = subscriptions.edit(self.scene.db, one.scope, one.token, parse(query), options, self.scene.now())
        self.made[one.id] = self.scene.do(work, "edit")

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def pause(self, data: st.DataObject) -> None:
        one = self._chosen(data)
        self.scene.do(pauses.pause(self.scene.db, one.scope, one.token, "asked", self.scene.now()), "pause")

    @precondition(lambda self: self._paused())
    @rule(data=st.data(), post_held=st.booleans())
    def resume(self, data: st.DataObject, post_held: bool) -> None:
        one = self.made[data.draw(st.sampled_from(self._paused()))]
        work = pauses.resume(self.scene.db, one.scope, one.token, self.scene.now(), post_held=post_held)
        self.scene.do(work, "resume")

    def _paused(self) -> list[int]:
        sql = "SELECT id FROM subscriptions WHERE pause IS NOT NULL AND deleted IS NULL ORDER BY id"
        return [row[0] for row in self.scene.read(sql)]

    @precondition(lambda self: len(self.made) > 2)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        one = self._chosen(data)
        self.scene.do(subscriptions.delete(self.scene.db, one.scope, [one.token], self.scene.now()), "delete")
        del self.made[one.id]

    def _chosen(self, data: st.DataObject) -> Subscription:
        return self.made[data.draw(st.sampled_from(sorted(self.made)))]

    @rule(channel=st.sampled_from(CHANNELS), faults=st.lists(FAULTS, max_size=3))
    def deliver(self, channel: int, faults: list[Fault | None]) -> None:
        """The posts of a round to one channel meet these faults, in turn."""
        self.scene.trouble(channel, faults)
        self.scene.deliver()

    @rule(channel=st.sampled_from(CHANNELS), what=st.sampled_from([SEND_MESSAGES, READ_HISTORY]), allow=st.booleans())
    def permit(self, channel: int, what: int, allow: bool) -> None:
        """A moderator closes the channel to the bot, or opens it."""
        self.scene.discord.world.forbid(self.scene.discord.channels[channel], what, allow=allow)

    @rule()
    def restart(self) -> None:
        self.scene.restart()

    @rule()
    def back_up(self) -> None:
        self.scene.back_up(BACKUP)
        self.kept = set(self.matches), dict(self.made)

    @precondition(lambda self: self.kept[1])
    @rule()
    def restore(self) -> None:
        """An old backup takes the place of the store: what was posted since is not posted again."""
        self.scene.restore(BACKUP)
        self.matches, self.made = set(self.kept[0]), dict(self.kept[1])
        self.withdrawn.clear()

    @rule(seconds=st.sampled_from([10, 120, 3_600, 90_000]))
    def wait(self, seconds: int) -> None:
        self.scene.wait(seconds)

    @rule(days=st.sampled_from([0, 1, 365, -365]))
    def set_clock(self, days: int) -> None:
        """The clock goes wrong, or is set right: it is so many days ahead of the true time."""
        self.scene.ahead = timedelta(days=days)

    @invariant()
    def every_match_has_a_row_that_says_what_becomes_of_it(self) -> None:
        rows = self.scene.read("SELECT id, handle, state FROM ledger")
        assert self.matches <= {row[0] for row in rows}, "no match is forgotten"
        self.matches = {row[0] for row in rows}
        known = {row[0] for row in self.scene.read("SELECT handle FROM papers")}
        assert {handle for _, handle, state in rows if state in MOVING} <= known, (
            "what moves is of a paper that is there"
        )
        assert {handle for _, handle, _ in rows} <= known | outbox_papers.merged(self.scene).keys()
        for what, condition in CONSISTENT.items():
            wrong = self.scene.read(
                "SELECT ledger.* FROM ledger JOIN subscriptions ON subscriptions.id = ledger.subscription_id"
                f" LEFT JOIN posts ON posts.id = ledger.post_id WHERE NOT ({condition})"
            )
            assert not wrong, what

    @invariant()
    def discord_shows_what_the_rows_say(self) -> None:
        """No paper is in two messages of a channel; every message that rows call posted is there, with their papers."""
        merged = outbox_papers.merged(self.scene)
        shown = {(channel, merged.get(handle, handle), message) for channel, handle, message in self._shown()}
        counts = Counter((channel, handle) for channel, handle, _ in shown)
        assert {place for place, count in counts.items() if count > 1} <= self.twice, "posted twice"
        assert not self.withdrawn & counts.keys(), "withdrawn before it was posted"
        rows = self.scene.read(
            "SELECT posts.target_id, handle, message_id FROM ledger JOIN posts ON posts.id = post_id"
            " WHERE ledger.state = 'posted'"
        )
        said = {(target, merged.get(handle, handle), message) for target, handle, message in rows}
        assert {place for place in said if place[1] not in self.separated} <= shown

    def _shown(self) -> list[tuple[int, str, int]]:
        return [
            (channel.id, handle, message)
            for channel in self.scene.discord.channels
            for message, handle in self.scene.discord.handles(channel)
        ]

    def _id(self, channel: int) -> int:
        return self.scene.discord.channels[channel].id

    def teardown(self) -> None:
        try:
            settle(self.scene)
            self.every_match_has_a_row_that_says_what_becomes_of_it()
            self.discord_shows_what_the_rows_say()
        finally:
            self.scene.close()


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=settings().max_examples * 2, stateful_step_count=20)
