"""Discord's limits on requests: a bucket for each route and top-level resource, and 50 a second in all."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field

from tests.wire.faults import Call

_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_id", "interaction_token")


@dataclass
class _Window:
    ends: float
    left: int


@dataclass(frozen=True)
class Verdict:
    """The headers of the answer; `retry_after` in seconds where the request is refused."""

    headers: dict[str, str]
    retry_after: float | None = None
    is_global: bool = False


@dataclass
class Limits:
    """Counts requests in fixed windows. Interactions' own routes are not bound to the global limit."""

    per_second: int = 50
    bucket: int = 5
    bucket_s: float = 5.0
    _windows: dict[str, _Window] = field(default_factory=dict)
    refused: int = 0

    def take(self, call: Call) -> Verdict:
        """Count one request."""
        exempt = call.route.startswith(("/interactions", "/webhooks"))
        if not exempt and (wait := self._count("global", self.per_second, 1.0)[1]):
            self.refused += 1
            headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
            return Verdict(headers, wait, is_global=True)
        name = hashlib.md5(f"{call.method} {call.route}".encode(), usedforsecurity=False).hexdigest()
        major = "/".join(call.parameters.get(key, "") for key in _MAJOR)
        window, wait = self._count(f"{name} {major}", self.bucket, self.bucket_s)
        reset_after = max(window.ends - time.time(), 0.0)
        headers = {
            "X-RateLimit-Limit": str(self.bucket),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": name,
        }
        if wait:
            self.refused += 1
            headers["X-RateLimit-Scope"] = "user"
        return Verdict(headers, wait or None)

    def _count(self, key: str, limit: int, seconds: float) -> tuple[_Window, float]:
        now = time.time()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(now + seconds, limit)
        if not window.left:
            return window, window.ends - now
        window.left -= 1
        return window, 0.0
