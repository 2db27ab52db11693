"""Fetches the papers of people whom somebody asked for, page after page, until all that the service lists are here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from bot.client import Lectern
from commands.context import OUTBOX_CHANGED, PERSON_ASKED_FOR, PERSON_PROGRESS
from store import person_intake
from store.guilds import person_intakes
from store.guilds.person_intakes import PersonIntake
from store.storage.database import Database

logger = logging.getLogger(__name__)

IDLE_S = 10.0
"""Seconds after which it looks for what can be tried again, or was asked for elsewhere, as the delivery does."""
PAGES_IN_TURN = 10
"""Pages of one person that are fetched before the next person's turn."""


async def fetch_people(client: Lectern, db: Database, now: Callable[[], datetime]) -> None:
    """Go on with everybody who waits, in turns, until it is cancelled."""
    while True:
        if not await fetch_waiting(client, db, now):
            with suppress(TimeoutError):
                await client.wait_for(PERSON_ASKED_FOR, timeout=IDLE_S)


async def fetch_waiting(client: Lectern, db: Database, now: Callable[[], datetime]) -> int:
    """Give everybody who waits a turn; returns how many they were."""
    alone = await person_intakes.only_one_service(db)
    for intake in alone:
        await person_intakes.found_elsewhere(db, intake, await client.outside.elsewhere(intake.person), now())
        client.dispatch(PERSON_PROGRESS, intake)
    intakes = await person_intakes.waiting(db, now())
    for intake in intakes:
        await _fetch(client, db, intake, now)
    return len(alone) + len(intakes)


async def _fetch(client: Lectern, db: Database, intake: PersonIntake, now: Callable[[], datetime]) -> None:
    def progress(intake: PersonIntake) -> None:
        client.dispatch(OUTBOX_CHANGED)
        client.dispatch(PERSON_PROGRESS, intake)

    pages = client.outside.papers_of(intake.person.identifier, intake.cursor, fresh=True)
    intake = await person_intake.take_pages(db, intake, pages, now, progress, PAGES_IN_TURN)
    if intake.failure:
        logger.warning("%s: %s", intake.person.name, intake.failure)
