"""Scores new papers for the subscriptions that follow papers, soon after they came."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from bot.client import Lectern
from commands.context import OUTBOX_CHANGED

IDLE_S = 60.0
"""Seconds after which it looks again, if nothing tells it to: other processes store papers too."""


async def score_papers(client: Lectern, now: Callable[[], datetime]) -> None:
    """Score what waits, batch by batch, until cancelled."""
    while True:
        if await client.library.scores.score_waiting(now()):
            client.dispatch(OUTBOX_CHANGED)
            continue
        with suppress(TimeoutError):
            await client.wait_for(OUTBOX_CHANGED, timeout=IDLE_S)
