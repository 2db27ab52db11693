"""Faults of the network and of Discord, before or after a request takes effect: scripted, or random from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tests.wire.payloads import Json

What = Literal["status", "ban", "reset", "hang_up", "stall"]


@dataclass(frozen=True)
class Call:
    """One request to REST. `route` is the path with its parameters' names, as in Discord's description."""

    method: str
    route: str
    parameters: dict[str, str]
    query: dict[str, str]
    body: Json | list[Json] | None


@dataclass(frozen=True)
class Fault:
    """What happens to one request.

    `status`: that answer. `reset`: the connection is reset. `hang_up`: it is closed without an answer.
    `ban`: the edge before Discord refuses the address. `stall`: the answer takes `seconds` longer. With `after` the request has had its effect by then.
    """

    what: What
    after: bool = False
    status: int = 500
    via: bool = True
    """Of a 429: whether it says that it passed Discord's edge; discord.py gives up on one that does not."""
    seconds: float = 0.0
    """Of a stall, or the Retry-After of a 429 or ban."""
    everywhere: bool = False
    """Of a 429: whether it is the global limit."""


class Faults(Protocol):
    """Chooses a fault for each request when it arrives."""

    def draw(self, call: Call) -> Fault | None:
        """The fault for this request, None for none."""


class NoFaults:
    """Never a fault."""

    def draw(self, call: Call) -> Fault | None:
        """None."""
        return None


class Script:
    """These faults in turn, for the requests that `wanted` names; then none."""

    def __init__(self, wanted: Callable[[Call], bool], faults: Sequence[Fault | None]) -> None:
        self._wanted = wanted
        self.left = list(faults)

    def draw(self, call: Call) -> Fault | None:
        """The next fault of the script."""
        return self.left.pop(0) if self.left and self._wanted(call) else None


class Seeded:
    """For each wanted request, with probability `rate`, one of the usual faults; the same ones for the same seed."""

    def __init__(self, seed: int, rate: float, wanted: Callable[[Call], bool], stall_s: float = 0.3) -> None:
        self._random = random.Random(seed)
        self._rate, self._wanted, self._stall_s = rate, wanted, stall_s
        self.drawn: dict[str, int] = {}

    def draw(self, call: Call) -> Fault | None:
        """A fault, or None for most requests."""
        if not self._wanted(call) or self._random.random() >= self._rate:
            return None
        after = self._random.random() < 0.5
        wait = self._random.uniform(0.05, self._stall_s)
        fault = self._random.choice(
            [
                Fault("status", status=429, seconds=wait),
                Fault("status", status=429, seconds=wait, via=False),
                *(Fault("status", after, status) for status in (500, 502, 503, 504)),
                Fault("reset", after),
                Fault("hang_up", after),
                Fault("hang_up", after=True),
                Fault("stall", after, seconds=wait),
            ]
        )
        name = f"{fault.what}{f' {fault.status}' if fault.what == 'status' else ''}{' after' if fault.after else ''}"
        self.drawn[name] = self.drawn.get(name, 0) + 1
        return fault
