from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord.asking import Asking, asking, seeded


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
async def ask(store_file: Path) -> AsyncIterator[Asking]:
    ready: asyncio.Future[Asking] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def run() -> None:
        async with asking(store_file) as asked:
            ready.set_result(asked)
            await done.wait()

    # In a task of its own: the simulated clock is a context variable, which has to be reset where it was set.
    task = asyncio.create_task(run())
    await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        await task
    yield await ready
    done.set()
    await task
