"""A circuit breaker: a service that keeps failing is left alone for a while, then tried with one request."""

from __future__ import annotations

from datetime import datetime, timedelta

from seeds.http import in_words

FAILURES = 3
"""In a row, after which it rests. By choice: one failure is chance, two may be the same hiccup."""
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=30)
"""The first rest, which doubles with each request that fails after one, and the longest."""


class Breaker:
    """Whether one service may be asked."""

    def __init__(self) -> None:
        self._failures = 0
        self._rest = FIRST_REST
        self._until: datetime | None = None
        self._reason = ""
        self._trying = False

    def refusal(self, now: datetime) -> str:
        """Why it is not asked now, as the rest of a sentence that begins with its name; empty where it may be.

        After a rest it lets one request through; say of each that was let through how it ended.
        """
        if self._until is None:
            return ""
        if now >= self._until and not self._trying:
            self._trying = True
            return ""
        return f"is not asked for {in_words(max(1.0, (self._until - now).total_seconds()))}: {self._reason}"

    def resting(self, now: datetime) -> str:
        """As `refusal`, for those who only look."""
        if self._until is None or now >= self._until:
            return ""
        return f"not asked for {in_words(max(1.0, (self._until - now).total_seconds()))}: {self._reason}"

    def worked(self) -> None:
        """The request was answered."""
        self.__init__()  # type: ignore[misc]

    def neither(self) -> None:
        """The request ended without a word about the service, as when it was not sent."""
        self._trying = False

    def failed(self, now: datetime, reason: str, wait: timedelta | None = None) -> None:
        """The request failed; `wait` is how long the service wants to be left alone, where it says so."""
        self._failures += 1
        self._reason = reason
        if wait is not None:
            self._until = now + wait
        elif self._failures >= FAILURES:
            self._until = now + self._rest
            self._rest = min(2 * self._rest, LONGEST_REST)
        self._trying = False
