"""Which service an address belongs to, and whose turn it is to ask it, where several processes do."""

from __future__ import annotations

import asyncio
from typing import Protocol

from yarl import URL

LOOK_S = 0.5
"""Seconds between two looks at whether another process has had its answer; by choice, little beside arXiv's 3 s."""


class OtherProcesses(Protocol):
    """What keeps turns among processes, as `store.guilds.service_turns` does."""

    async def begin(self, service: str) -> float:
        """Take the turn, where it is free; otherwise in how many seconds it will be, unless it is given back before."""
        ...

    async def end(self, service: str, pause: float) -> None:
        """The request is over; nobody else is to ask for so many seconds."""
        ...


async def take_turn(others: OtherProcesses, service: str, longest: float) -> float:
    """Wait for the turn; 0.0 when it is taken, otherwise in how many seconds it will be, if that is longer."""
    while 0 < (wait := await others.begin(service)) <= longest:  # noqa: ASYNC110 - the other processes have no event
        await asyncio.sleep(min(wait, LOOK_S))
    return wait


def service_of(url: URL) -> str:
    """The service at an address: arXiv's hosts are one, and so are those of others."""
    return f"{'.'.join((url.host or '').split('.')[-2:])}:{url.port}"
