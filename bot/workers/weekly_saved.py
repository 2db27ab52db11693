"""Each week, channels are told what the team saved: the messages are scheduled when they are due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from bot.client import Lectern
from commands.context import OUTBOX_CHANGED
from store.guilds import weekly_saved

logger = logging.getLogger(__name__)

LONGEST_IDLE_S = 60.0
"""Seconds between two looks: nobody waits for a message of the week to the minute."""


async def tell_weekly(client: Lectern, now: Callable[[], datetime]) -> None:
    """Schedule what is due, until cancelled."""
    await client.wait_until_ready()
    db = client.library.db
    while True:
        try:
            async with db.read() as connection:
                due = await weekly_saved.next_due(connection)
            if due and due <= now():
                async with db.write() as connection:
                    await weekly_saved.schedule_due(connection, now())
                client.dispatch(OUTBOX_CHANGED)
        except Exception:
            logger.exception("What was saved in a week could not be told, which is tried again")
        await client.pause(LONGEST_IDLE_S)
