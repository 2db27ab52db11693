"""What runs beside the commands, as long as the client does."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from bot.client import Lectern
from bot.delivery import Clock, Delivery
from bot.sender import DiscordSender

LEDGER = "ledger"
"""The event by which commands say that there may be something to post."""
SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
"""Other processes cannot wake this one: an import's papers are seen after the longest wait."""


async def deliver(client: Lectern) -> None:
    """Post what is due, until it is cancelled."""
    await client.wait_until_ready()
    clock = Clock(now=lambda: datetime.now(UTC), monotonic=time.monotonic, sleep=asyncio.sleep)
    delivery = Delivery(client.library.db, DiscordSender(client), clock)
    try:
        while True:
            await delivery.start()
            moment = await delivery.next_moment()
            wait = (moment - clock.now()).total_seconds() if moment else LONGEST_WAIT_S
            try:
                await client.wait_for(LEDGER, timeout=min(max(wait, SHORTEST_WAIT_S), LONGEST_WAIT_S))
            except TimeoutError:
                continue
    finally:
        await delivery.stop()
