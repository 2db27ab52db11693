"""The pace of requests to Discord: so many a second, and none during a global limit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.workers.transport import RateLimitedError


@dataclass(frozen=True)
class Clock:
    """The source of time: the moment in UTC, monotonic seconds, and sleeping."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


class RequestPace:
    """Lets requests through one after another, at most that share of `per_second` of them in a second."""

    def __init__(self, clock: Clock, per_second: float, share: Callable[[], float]) -> None:
        self._clock = clock
        self._per_second, self._share = per_second, share
        self._next_request = 0.0
        self._limited_until = 0.0

    @property
    def is_limited(self) -> bool:
        """Whether Discord has asked to wait with everything."""
        return self._clock.monotonic() < self._limited_until

    def note_limit(self, error: Exception) -> None:
        """Wait with everything, if that is what the error asks for."""
        if isinstance(error, RateLimitedError) and error.is_global:
            self._limited_until = max(self._limited_until, self._clock.monotonic() + error.retry_after)

    async def wait_for_turn(self) -> None:
        """Wait as long as it takes. Raises `RateLimitedError` during a global limit: a request would prolong a ban."""
        now = self._clock.monotonic()
        turn = max(now, self._next_request)
        self._next_request = turn + 1 / (self._per_second * self._share())
        if turn > now:
            await self._clock.sleep(turn - now)
        if (left := self._limited_until - self._clock.monotonic()) > 0:
            raise RateLimitedError(left, is_global=True)
