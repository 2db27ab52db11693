"""How much each reader of the web pages may ask for, by the network address that they come from."""

from __future__ import annotations

import math
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp import web
from throttled import MemoryStore, Throttled, rate_limiter

REQUESTS_A_MINUTE = 120
"""By choice: more than a team behind one address reads, with feed readers that ask for each feed four times an hour."""
MOST_REMEMBERED = 20_000
"""Readers that are remembered, some 5 MB; the one that came longest ago is forgotten."""
_NETWORK = 64
"""Bits of an IPv6 address that name one household or office (RFC 6177)."""


class Visitors:
    """Counts requests against the rate, a quarter of which may come at once."""

    def __init__(self, requests_a_minute: int = REQUESTS_A_MINUTE) -> None:
        quota = rate_limiter.per_duration(
            timedelta(minutes=1), limit=requests_a_minute, burst=math.ceil(requests_a_minute / 4)
        )
        store = MemoryStore(options={"MAX_SIZE": MOST_REMEMBERED})
        self._bucket = Throttled(using="gcra", quota=quota, store=store)

    def wait(self, request: web.Request) -> float:
        """Count a request; where it is over the rate, after how many seconds to come back, else 0."""
        counted = self._bucket.limit(who(request.remote or "", request.headers.get("X-Forwarded-For", "")))
        return max(1.0, counted.state.retry_after) if counted.limited else 0.0


def who(peer: str, forwarded_for: str) -> str:
    """The reader: who is connected or, where that is a reverse proxy in the own network, whom it names last.

    From elsewhere the header is not believed: anybody can send one.
    """
    try:
        if ip_address(peer).is_private and forwarded_for:
            return _whole(forwarded_for[-100:].rpartition(",")[2].strip())
        return _whole(peer)
    except ValueError:
        return peer[:100]


def _whole(address: str) -> str:
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return str(ip_network(f"{found}/{_NETWORK}", strict=False)) if isinstance(found, IPv6Address) else str(found)
