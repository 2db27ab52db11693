"""Taking in on this host what all hosts are to have: the entries of the intake log, and what guilds see."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from bot.client import Lectern
from commands.context import OUTBOX_CHANGED
from store.errors import StoreError
from store.intake_log import operation
from store.storage.two_halves import TwoHalves

logger = logging.getLogger(__name__)

EVERY_S = 1.0
"""Seconds between two looks at the log: what came in by way of another host is here after about so long."""
TOLD_EVERY = timedelta(seconds=30)
"""How often the other hosts are told how far this one is."""


async def take_in(client: Lectern, db: TwoHalves) -> None:
    """Follow the log until cancelled. While PostgreSQL is gone, wait for it."""
    told, is_reachable = datetime.min.replace(tzinfo=UTC), True
    while True:
        try:
            await db.refresh_mirror()
            while await operation.apply_next(db):
                client.dispatch(OUTBOX_CHANGED)  # Delivery may have waited for these papers.
            if (now := datetime.now(UTC)) - told > TOLD_EVERY:
                await operation.tell_position(db, now)
                told = now
            if not is_reachable:
                logger.warning("PostgreSQL is there again")
            is_reachable = True
        except StoreError as error:
            if is_reachable:
                logger.warning("What comes in has to wait: %s", error)
            is_reachable = False
        await client.pause(EVERY_S)
