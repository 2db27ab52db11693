"""What runs beside the commands, as long as the client does."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from bot.client import Lectern
from bot.workers.arxiv_poller import Watcher
from bot.workers.delivery import Clock, Delivery
from bot.workers.folder import look
from bot.workers.transport import DiscordSender
from commands.context import LEDGER

SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
"""Other processes cannot wake this one: an import's papers are seen after the longest wait."""
LOOK_EVERY_S = 60.0
"""How often the watcher looks which feeds are due."""
FOLDER_EVERY_S = 15.0
"""How often the watched folder is looked into."""


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


async def watch(client: Lectern) -> None:
    """Ask the feeds on time, until it is cancelled; not at all where the settings say so."""
    settings = client.settings
    if not settings.watch:
        return
    watcher = Watcher(
        client.library.db,
        client.fetcher,
        rss_url=settings.rss_url,
        oai_url=settings.oai_url,
        every=timedelta(minutes=settings.watch_minutes),
        now=lambda: datetime.now(UTC),
    )
    while True:
        if await watcher.round():
            client.dispatch(LEDGER)
        await asyncio.sleep(LOOK_EVERY_S)


async def watch_folder(client: Lectern) -> None:
    """Read what is put into the watched folder, until it is cancelled; not at all where there is none."""
    folder = client.settings.folder
    while folder is not None:
        if await look(client.library, folder, time.time()):
            client.dispatch(LEDGER)
        await client.pause(FOLDER_EVERY_S)
