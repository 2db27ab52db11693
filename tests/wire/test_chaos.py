"""A short chaos test, and tests of how it finds lost and doubled papers."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from store.library import Library
from tests.wire import chaos, process_chaos
from tests.wire.chaos import Chaos
from tests.wire.conftest import Scene
from tests.wire.process import Program


@pytest_asyncio.fixture
async def begun(scene: Scene, tmp_path: Path) -> AsyncIterator[Chaos]:
    """Subscriptions and papers that match, and no program that posts them."""
    library = await Library.open(tmp_path / "lectern.db")
    begun = Chaos(library, scene, Program(scene, tmp_path), random.Random(3))
    await begun.begin()
    await begun.happen(10)
    yield begun
    await library.close()


async def test_expected_papers_follow_from_categories_and_words(begun: Chaos) -> None:
    states = await begun.states()
    # A channel with two subscriptions to one paper has two rows and gets one message.
    expected = begun.parts[0].expected
    assert len(expected) < states["pending"] == states.total()
    async with (
        begun.library.db.read() as connection,
        connection.execute("SELECT count(*) FROM (SELECT DISTINCT target_id, handle FROM ledger)") as rows,
    ):
        row = await rows.fetchone()
    assert row is not None
    assert row[0] == len(expected)


async def test_lost_and_doubled_papers_are_found(begun: Chaos) -> None:
    once, twice, *_ = sorted(begun.parts[0].expected)
    for channel, number in (once, twice, twice):
        body = {"content": f"**Chaos study {number} of a lattice**"}
        begun.server.world.post(begun.server.world.channels[channel], begun.server.world.bot, body)
    shown = begun.shown()
    assert shown[once] == 1
    assert shown[twice] == 2
    assert len(begun.expected - set(shown)) == len(begun.expected) - 2


async def test_five_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    figures = await chaos.run(5, 7, tmp_path, rate=0.15)
    assert figures["lost"] == figures["doubled"] == 0
    assert figures["feed_lost"] == figures["feed_doubled"] == 0
    assert figures["posted"] == figures["matched"] > 0
    assert figures["sent"] == figures["scheduled"] > 0


async def test_faults_of_two_processes_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    figures = await process_chaos.run(4, 5, tmp_path, rate=0.15)
    assert figures["lost"] == figures["doubled"] == figures["feed_lost"] == figures["feed_doubled"] == 0
    assert figures["posted"] == figures["matched"] > 0
    assert figures["sent"] == figures["scheduled"] > 0


async def test_what_is_watched_is_told_by_its_version_and_number(begun: Chaos) -> None:
    (_, watched) = begun.parts
    assert watched.told("### New version 3: Watched study 004") == {"3 004"}
    scheduled, sent = await begun.messages()
    assert scheduled == len(watched.expected) > 0 == sent
