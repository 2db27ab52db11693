from __future__ import annotations

import asyncio
import gc
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from bot.client import Lectern
from bot.composition import make_client, make_workers, open_services
from bot.library_opening import open_library
from bot.settings import Settings
from bot.simulator.simulation import simulated
from tests.discord.conversation import Conversation, conversation, seeded
from tests.discord.server import Server
from tests.seeds.asking import gone
from tests.support.event_loop import watched


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seeded") / "lectern.db"

    async def make() -> None:
        await (await seeded(path)).close()

    asyncio.run(make())
    return path


@pytest.fixture
def store_file(seeded_file: Path, tmp_path: Path) -> Path:
    """A store of its own, with the bundled documents."""
    return Path(shutil.copy(seeded_file, tmp_path / "lectern.db"))


@pytest.fixture
async def ask(store_file: Path) -> AsyncIterator[Conversation]:
    async with conversation(store_file) as asked:
        yield asked


@pytest.fixture
async def server(empty_file: Path) -> AsyncIterator[Server]:
    settings = Settings(_env_file=None, db=empty_file, watch=False, **gone())
    async with open_library(settings) as opened, open_services(settings, opened) as services:
        # A model that is installed here would work in real time, which simulated time waits for.
        library = replace(opened, semantic=None)

        def make() -> Lectern:
            # A process that reads starts when something is to be read: before, it would cost more than most tests.
            workers = [one for one in make_workers(settings, library, services) if one.name != "start of reading"]
            return make_client(settings, library, services, workers)

        async with simulated(client := make()) as scene:
            yield Server(client, scene, make)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of day, a Monday morning at first, which a test moves on."""
    with time_machine.travel(datetime(2027, 3, 1, 7, 0, tzinfo=UTC), tick=True) as moved:
        yield moved


@pytest.fixture(autouse=True)
def nothing_blocks_the_event_loop() -> Iterator[None]:
    """Not where lines are traced, as for coverage, which makes everything slower."""
    slow: list[str] = []
    # As the program does when it has started: what other tests have left is not looked through again and again.
    gc.freeze()
    with nullcontext() if sys.gettrace() else watched(slow.append):
        yield
    gc.unfreeze()
    # The playground's pages are served by simcord, in the same loop.
    assert [one for one in slow if not one.startswith("RequestHandler.")] == []
