"""Fair shares: how much of what costs each person and each guild may ask for.

The rates are token buckets of `throttled`. A bucket holds a quarter of what it gets in its period, so that people can
ask a few things at once and are never shut out for the whole of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, NamedTuple

from throttled import MemoryStore, Throttled, rate_limiter

Cost = Literal["question", "keystroke", "addition", "fetch", "search", "person"]
"""A command, button or form; a request for suggestions; an `/add`; a paper that a service is asked for; a search of
services; a person whose papers are fetched."""

MOST_BUCKETS = 20_000
"""Buckets of one cost that are remembered; the one used longest ago is forgotten, as if it were full. About 5 MB."""


class Rate(NamedTuple):
    """How often in a period something may be asked for, by one person and by all of one guild together."""

    person: int
    guild: int
    period: timedelta


class RateLimits:
    """Counts what people ask for against the rates."""

    def __init__(self, rates: Mapping[Cost, Rate]) -> None:
        self._people = {cost: _bucket(rate.person, rate.period) for cost, rate in rates.items()}
        self._guilds = {cost: _bucket(rate.guild, rate.period) for cost, rate in rates.items()}

    def refusal(self, person_id: int, guild_id: int | None, cost: Cost) -> str | None:
        """Count it; where it is over a limit, a sentence that says how long to wait."""
        whose = ("You have", "This server has")
        for who, (bucket, key) in zip(whose, self._buckets(person_id, guild_id, cost), strict=False):
            counted = bucket.limit(key)
            if counted.limited:
                wait = _in_words(counted.state.retry_after)
                return f"{who} asked for too much in a short time. Try again in {wait}."
        return None

    def share(self, person_id: int, guild_id: int | None, cost: Cost, wanted: int) -> int:
        """Count as many of the wanted ones as are within the limits, and return their number."""
        buckets = self._buckets(person_id, guild_id, cost)
        granted = min(wanted, *(bucket.peek(key).remaining for bucket, key in buckets))
        if granted:
            for bucket, key in buckets:
                bucket.limit(key, cost=granted)
        return granted

    def _buckets(self, person_id: int, guild_id: int | None, cost: Cost) -> list[tuple[Throttled, str]]:
        buckets = [(self._people[cost], str(person_id))]
        return buckets if guild_id is None else [*buckets, (self._guilds[cost], str(guild_id))]


def _bucket(tokens: int, period: timedelta) -> Throttled:
    quota = rate_limiter.per_duration(period, limit=tokens, burst=math.ceil(tokens / 4))
    return Throttled(using="gcra", quota=quota, store=MemoryStore(options={"MAX_SIZE": MOST_BUCKETS}))


def _in_words(seconds: float) -> str:
    return f"{math.ceil(seconds)} s" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
