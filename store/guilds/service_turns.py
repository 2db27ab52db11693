"""Turns to ask a service, among all processes that serve one installation: one request at a time, with its pauses."""

from __future__ import annotations

import logging
import os
import secrets

from store.errors import StoreError
from store.guilds import leases
from store.storage.database import Database

logger = logging.getLogger(__name__)

TURN_S = 65.0
"""Seconds for which a turn is kept for whoever has it: longer than a request may take (`seeds.http.TIMEOUT`)."""


class ServiceTurns:
    """The turns of this process. Without the database, processes do not wait for each other."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._me = f"{os.getpid()} {secrets.token_hex(4)}"

    async def begin(self, service: str) -> float:
        """Take the turn, where it is free; otherwise in how many seconds it will be, unless it is given back before."""
        try:
            async with self._db.write() as connection:
                if await leases.claim(connection, _lease(service), self._me, TURN_S):
                    return 0.0
                held = await leases.held_by(connection, _lease(service))
        except StoreError as error:
            logger.warning("Another process may ask %s at the same time: %s", service, error)
            return 0.0
        return held.seconds if held else 0.001

    async def end(self, service: str, pause: float) -> None:
        """The request is over; nobody else is to ask for so many seconds."""
        try:
            async with self._db.write() as connection:
                await leases.claim(connection, _lease(service), self._me, pause)
        except StoreError as error:
            logger.warning("The pause of %s is not known to other processes: %s", service, error)


def _lease(service: str) -> str:
    return f"service:{service}"
