"""Figures for Prometheus: commands, outbox, feeds, services, papers, the gateway, and how late the event loop is.

Needs the extra `web`. No figure names a server, channel or person: labels are names of commands, states, feeds and
services, so that their number is bounded. `outcome` is answered, refused or failed.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import get_args

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from bot.client import Lectern, Outcome
from store.catalog import papers
from store.guilds import feed_state, outbox_counts
from store.guilds.transitions import MatchState, PostState
from store.intake_log import operation

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)
"""Bounds of the seconds that commands take; Discord allows 3 until the first answer."""
LAGS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
"""Bounds of the event loop's lag; above 0.05 s is a fault (CONTRIBUTING.md, Tests)."""
LOOKED_EVERY_S = 0.5
"""Seconds between two looks at the event loop, by choice."""


class Metrics:
    """The figures of one client."""

    def __init__(self, client: Lectern) -> None:
        self._client = client
        self._registry = registry = CollectorRegistry()
        self._commands = Histogram(
            "lectern_command_seconds", "Seconds that commands took", ["command", "outcome"],
            buckets=SECONDS, registry=registry,
        )  # fmt: skip
        self._lag = Histogram(
            "lectern_event_loop_lag_seconds", "Seconds by which the event loop was late", buckets=LAGS,
            registry=registry,
        )  # fmt: skip
        self._matches = _gauge("lectern_outbox_papers", "Papers of subscriptions", registry, ["state"])
        self._messages = _gauge("lectern_outbox_messages", "Messages with new papers", registry, ["state"])
        self._feed_age = _gauge("lectern_feed_age_seconds", "Seconds since a feed was last read", registry, ["feed"])
        spending = ["service", "unit"]
        self._spent = _gauge("lectern_service_spent", "Spent on a service today", registry, spending)
        self._budget = _gauge("lectern_service_budget", "May be spent on a service a day", registry, spending)
        self._papers = _gauge("lectern_papers", "Papers in the store", registry)
        self._behind = _gauge("lectern_intake_behind", "Entries of the intake log that are still to apply", registry)
        self._connected = _gauge("lectern_gateway_connected", "1 while Discord's gateway is connected", registry)
        self._latency = _gauge("lectern_gateway_latency_seconds", "Of the gateway's last heartbeat", registry)
        client.command_observers.append(self._note_command)

    def _note_command(self, command: str, outcome: Outcome, seconds: float) -> None:
        self._commands.labels(command, outcome).observe(seconds)

    async def text(self) -> bytes:
        """All figures as they are now, in Prometheus' text format."""
        client = self._client
        async with client.library.db.read() as connection:
            _set(self._matches, get_args(MatchState), await outbox_counts.matches(connection))
            _set(self._messages, get_args(PostState), await outbox_counts.messages(connection))
        self._papers.set(await papers.count(client.library.db))
        self._feed_age.clear()
        for feed in await feed_state.every_feed(client.library.db):
            if feed.last_good:
                self._feed_age.labels(feed.name).set((datetime.now(UTC) - feed.last_good).total_seconds())
        for service in await client.outside.states():
            unit = "microdollars" if service.in_money else "requests"
            self._spent.labels(service.service, unit).set(service.spent)
            self._budget.labels(service.service, unit).set(service.budget)
        self._behind.set(await operation.behind(client.library.db))
        self._connected.set(client.is_ready() and not client.is_closed())
        latency = client.latency
        self._latency.set(latency if math.isfinite(latency) else math.nan)
        return await asyncio.to_thread(generate_latest, self._registry)

    async def watch_the_loop(self) -> None:
        """Measure how late the event loop is, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOKED_EVERY_S
            await asyncio.sleep(LOOKED_EVERY_S)
            self._lag.observe(max(0.0, loop.time() - due))


def _gauge(name: str, what: str, registry: CollectorRegistry, labels: Iterable[str] = ()) -> Gauge:
    return Gauge(name, what, list(labels), registry=registry)


def _set(gauge: Gauge, states: Iterable[str], counts: Mapping[str, int]) -> None:
    for state in states:
        gauge.labels(state).set(counts.get(state, 0))
