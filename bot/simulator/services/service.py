"""One service on loopback: what it was asked, and how it is to fail."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from bot.simulator.services.library import MadeLibrary
from store.outside import ServiceName

Fault = Literal["404", "429", "429 later", "403", "500", "nulls", "cut", "changed", "down"]
"""`429` says to wait a second and `429 later` two hours; `nulls` are where values were; `cut` breaks off in the middle;
`changed` has other names for everything; `down` breaks off at once."""


@dataclass
class MadeService:
    """One service. Faults are used up one after the other; the one in `always` stays."""

    name: ServiceName
    address: str = ""
    delay: float = 0.0
    """Seconds that each answer takes."""
    faults: deque[Fault] = field(default_factory=deque)
    always: Fault | None = None
    key: str = ""
    """A key other than this one is refused, and so is an empty one."""
    requests: list[web.Request] = field(default_factory=list)
    spent: float = 0.0
    """Dollars, of OpenAlex."""


LIBRARY, SERVICE = web.AppKey("library", MadeLibrary), web.AppKey("service", MadeService)
"""Under which an application has both."""
