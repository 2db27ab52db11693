"""A day of an installation of many hosts, simulated: papers come in one burst, are matched, and posted to Discord.

Every server (the writers' lock of PostgreSQL, a process's core, its share of Discord's requests) takes what it is asked
for in that order, for as long as the parts say. Messages, requests and transactions are those of `bot.workers.delivery`.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bot.division import LEASE_S, RENEW_S
from bot.workers.delivery import CHANNELS_AT_ONCE, LONGEST_IDLE_S, SHORTEST_IDLE_S
from tests.bench._scaling_plan import Day, Parts, Plan

DAY_S = 86_400.0
CAP = 10
"""Papers that a digest shows unless somebody chose otherwise (`commands.subscribe`)."""
IN_A_WINDOW, WINDOW_S = 5, 5.0
"""Messages that Discord takes for a channel in so many seconds."""
SEND_S = 0.2
"""Seconds until Discord answers; assumed."""
DAILY_AT_S = 8.5 * 3600
"""When a daily digest is due on its own clock: 08:30, the default."""


@dataclass
class _Server:
    """Does one thing after another."""

    free: float = 0.0
    busy: float = 0.0

    def take(self, now: float, seconds: float) -> float:
        """Ask for something that takes so long; when it is done."""
        self.free = max(now, self.free) + seconds
        self.busy += seconds
        return self.free


@dataclass
class _Process:
    host: int
    shards: int = 0
    alive: bool = True
    looks: bool = False
    core: _Server = field(default_factory=_Server)
    pace: _Server = field(default_factory=_Server)
    waiting: deque[int] = field(default_factory=deque)
    visits: dict[int, _Visit] = field(default_factory=dict)


@dataclass
class _Visit:
    """A task for a channel: its messages, by the papers that each shows."""

    channel: int
    process: _Process
    messages: deque[int]
    over_cap: int
    is_sent: bool = False
    window: tuple[float, int] = (0.0, 0)


class Simulation:
    """One day; `run` returns what came of it."""

    def __init__(self, plan: Plan, parts: Parts) -> None:
        self.plan, self.parts, self.day = plan, parts, Day()
        self._chance = np.random.default_rng(plan.seed)
        self._serial = itertools.count()
        self._events: list[tuple[float, int, Any, tuple[Any, ...]]] = []
        self._writer, self._look_s, self._rows_due = _Server(), 0.0, 0
        self._processes = [_Process(host) for host in range(plan.hosts) for _ in range(plan.processes)]
        self._owner = [self._processes[shard % len(self._processes)] for shard in range(plan.shards)]
        for process in self._owner:
            process.shards += 1
        renewals = len(self._processes) / RENEW_S * self._hold(parts.renew_s, parts.renew_trips)
        # What else asks for the writers' lock, all the time, makes all others slower.
        self._begin_s, self._posted_s = (
            self._hold(seconds, trips) / (1 - renewals)
            for seconds, trips in ((parts.begin_s, parts.begin_trips), (parts.posted_s, parts.posted_trips))
        )
        self._subscribe()

    def _hold(self, seconds: float, trips: int) -> float:
        return seconds + trips * self.plan.round_trip_s + self.plan.flush_s

    def _subscribe(self) -> None:
        plan, count = self.plan, self.plan.subscriptions
        channels = plan.guilds * plan.channels_of_guild
        channel_of = np.sort(self._chance.integers(0, channels, count))
        self._first = np.searchsorted(channel_of, np.arange(channels + 1)).tolist()
        self._channel_of = channel_of
        self._shard_of = np.arange(channels) // plan.channels_of_guild % plan.shards
        means = np.array(self.parts.matches_a_day) * plan.papers / self.parts.papers_a_day
        self._mean = means[self._chance.integers(0, len(means), count)]
        is_daily = self._chance.random(count) < plan.daily
        self._zone = np.where(is_daily, self._chance.integers(0, 24, count), -1)
        self._gathered = np.zeros(count, np.int32)
        self._due = np.zeros(count, np.int32)
        self._queued = np.zeros(channels, bool)
        self._has_due = np.zeros(channels, bool)
        self._moved = np.zeros(channels, bool)

    def _at(self, when: float, what: Any, *given: Any) -> None:
        heapq.heappush(self._events, (when, next(self._serial), what, given))

    def run(self) -> Day:
        """Simulate the day."""
        plan = self.plan
        self._at(0.0, self._store, plan.papers)
        for zone in range(24):
            self._at((DAILY_AT_S - zone * 3600) % DAY_S, self._gather, zone)
        if plan.dies_at_s is not None:
            self._at(plan.dies_at_s, self._die)
        while self._events and self._events[0][0] < DAY_S:
            now, _, what, given = heapq.heappop(self._events)
            what(now, *given)
        self._summarise()
        return self.day

    def _summarise(self) -> None:
        self.day.finished.sort()
        until = self.day.by(1.0) or DAY_S
        living = [process for process in self._processes if process.alive]
        allowed = self.plan.requests_per_s * sum(process.shards for process in living) / self.plan.shards
        self.day.used = {
            "Discord's requests": self.day.requests / (allowed * until),
            "PostgreSQL's writer": self._writer.busy / until,
            "PostgreSQL's readers": self._look_s * self.parts.look_database_share / until / self.plan.database_cores,
            "a process's core": max(process.core.busy for process in living) / until,
        }

    # What comes in.

    def _store(self, now: float, left: int) -> None:
        """A host stores a batch of papers in its file."""
        batch = min(self.plan.batch, left)
        self._at(now + batch * self.parts.stored_paper_s, self._tell, batch, left - batch)

    def _tell(self, now: float, batch: int, left: int) -> None:
        """It matches them with all subscriptions, with the writers' lock."""
        found = self._chance.poisson(self._mean * (batch / self.plan.papers)).astype(np.int32)
        hold = self._hold(batch * self.parts.told_paper_s + int(found.sum()) * self.parts.told_row_s, 0)
        self.day.longest_batch_s = max(self.day.longest_batch_s, hold)
        self._at(self._writer.take(now, hold), self._told, found, left)

    def _told(self, now: float, found: Any, left: int) -> None:
        self.day.matched += int(found.sum())
        self.day.told_s = now
        at_once = self._zone < 0
        self._gathered += np.where(at_once, 0, found).astype(np.int32)
        self._arrive(now, np.where(at_once, found, 0).astype(np.int32))
        if left:
            self._at(now, self._store, left)

    def _gather(self, now: float, zone: int) -> None:
        """Daily digests are due in a time zone."""
        ready = np.where(self._zone == zone, self._gathered, 0).astype(np.int32)
        self._gathered -= ready
        self._arrive(now, ready)

    def _arrive(self, now: float, due: Any) -> None:
        self._due += due
        self._rows_due += int(due.sum())
        channels = np.unique(self._channel_of[due > 0])
        self._has_due[channels] = True
        channels = channels[~self._queued[channels]]
        self._queued[channels] = True
        for channel, shard in zip(channels.tolist(), self._shard_of[channels].tolist(), strict=True):
            self._owner[shard].waiting.append(channel)
        for process in self._processes:
            if process.waiting and not process.looks and process.alive:
                process.looks = True
                self._at(now + float(self._chance.uniform(0, LONGEST_IDLE_S)), self._look, process)

    # What goes out.

    def _look(self, now: float, process: _Process) -> None:
        """A process reads what is due, of all processes, and starts tasks for its own channels."""
        if not process.alive:
            return
        seconds = self._rows_due * self.parts.look_row_s
        looking = sum(one.looks and one.alive for one in self._processes)
        in_database = seconds * self.parts.look_database_share
        self._look_s += seconds
        wait = in_database * max(1.0, looking / self.plan.database_cores)
        done = process.core.take(now + wait, seconds - in_database)
        self._at(done, self._looked, process)

    def _looked(self, now: float, process: _Process) -> None:
        while process.alive and process.waiting and len(process.visits) < CHANNELS_AT_ONCE:
            visit = _Visit(process.waiting.popleft(), process, deque(), 0)
            process.visits[visit.channel] = visit
            self._begin(now, visit)
        process.looks = process.alive and bool(process.waiting)
        if process.looks:
            self._at(now + SHORTEST_IDLE_S, self._look, process)

    def _begin(self, now: float, visit: _Visit) -> None:
        """Begin the messages of what is due in a channel, in one transaction."""
        part = slice(self._first[visit.channel], self._first[visit.channel + 1])
        due = [count for count in self._due[part].tolist() if count]
        self._due[part] = 0
        self._rows_due -= sum(due)
        self._has_due[visit.channel] = False
        for count in due:
            shown = min(count, CAP)
            messages = self.parts.messages_for[shown]
            visit.messages.extend(shown // messages + (place < shown % messages) for place in range(messages))
            visit.over_cap += count - shown
        if self._moved[visit.channel]:
            # Another process looked through the channel before; this one asks Discord for what is there.
            self._moved[visit.channel] = False
            now = self._request(now, visit.process)
        self._at(self._writer.take(now, self._begin_s * len(visit.messages)), self._begun, visit)

    def _request(self, now: float, process: _Process) -> float:
        self.day.requests += 1
        return process.pace.take(now, self.plan.shards / self.plan.requests_per_s / process.shards)

    def _begun(self, now: float, visit: _Visit) -> None:
        if not visit.process.alive:
            return
        self.day.over_cap += visit.over_cap
        visit.over_cap = 0
        self._send(now, visit)

    def _send(self, now: float, visit: _Visit) -> None:
        ready = visit.process.core.take(now, self.parts.message_cpu_s)
        began, sent = visit.window
        if sent == IN_A_WINDOW:
            ready, began, sent = max(ready, began + WINDOW_S), ready, 0
        turn = self._request(ready, visit.process)
        visit.window = (began if sent else turn, sent + 1)
        visit.is_sent = True
        self._at(turn + SEND_S, self._sent, visit)

    def _sent(self, now: float, visit: _Visit) -> None:
        if visit.process.alive:
            self._at(self._writer.take(now, self._posted_s), self._posted, visit)

    def _posted(self, now: float, visit: _Visit) -> None:
        if not visit.process.alive:
            return
        self.day.posted += visit.messages.popleft()
        self.day.messages += 1
        self.day.finished.append(now)
        visit.is_sent = False
        if visit.messages:
            self._send(now, visit)
        elif self._has_due[visit.channel]:
            self._begin(now, visit)
        else:
            self._queued[visit.channel] = False
            del visit.process.visits[visit.channel]

    # A host dies.

    def _die(self, now: float) -> None:
        for process in self._processes:
            process.alive = process.alive and process.host != 0
        self._at(now + LEASE_S + RENEW_S, self._take_over)

    def _take_over(self, now: float) -> None:
        """Others have the shards of those that died, with their channels and the messages that were begun."""
        dead = [process for process in self._processes if not process.alive]
        living = itertools.cycle([process for process in self._processes if process.alive])
        for shard, owner in enumerate(self._owner):
            if not owner.alive:
                self._owner[shard] = next(living)
                self._owner[shard].shards += 1
                self._moved[self._shard_of == shard] = True
        for process in dead:
            process.shards = 0
            for visit in process.visits.values():
                self._resume(now, visit)
            for channel in process.waiting:
                self._owner[self._shard_of[channel]].waiting.append(channel)
            process.waiting.clear()
        for process in self._processes:
            if process.alive and process.waiting and not process.looks:
                process.looks = True
                self._at(now, self._look, process)

    def _resume(self, now: float, left: _Visit) -> None:
        """A message that may be out is looked for; one that is out is not sent again."""
        visit = replace(left, process=self._owner[self._shard_of[left.channel]])
        visit.process.visits[visit.channel] = visit
        self._moved[visit.channel] = False
        self.day.over_cap += visit.over_cap
        visit.over_cap = 0
        looked = self._request(now, visit.process) + SEND_S
        self._at(looked, self._sent if visit.is_sent else self._send, visit)
