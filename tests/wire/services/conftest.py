"""The made services on loopback: 200 people and 5,000 papers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache

import pytest

from bot.simulator.services.library import MadeLibrary, make
from bot.simulator.services.server import MadeServices, serve
from seeds.services.outside import OutsideServices
from store.storage.database import Database
from tests.seeds.asking import asking

MADE = cache(make)


@pytest.fixture
def library() -> MadeLibrary:
    return MADE()


@pytest.fixture
async def made(library: MadeLibrary) -> AsyncIterator[MadeServices]:
    async with serve(library) as services:
        yield services


@pytest.fixture
async def outside(db: Database, made: MadeServices) -> AsyncIterator[OutsideServices]:
    async with asking(db, **made.settings) as (services, _):
        yield services
