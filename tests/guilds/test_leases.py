"""Leases: never two holders at a time, by the clock of the database, however wrong the holders' clocks are."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from store.guilds import leases
from store.storage import database_clock
from store.storage.database import Database

SECONDS = 20.0


@pytest_asyncio.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    db = await Database.open(tmp_path / "lectern.db")
    yield db
    await db.close()


async def claim(db: Database, holder: str, seconds: float = SECONDS) -> bool:
    async with db.write() as connection:
        return await leases.claim(connection, "delivery", holder, seconds)


async def test_the_first_has_it_until_it_gives_it_back(db: Database) -> None:
    assert await claim(db, "a")
    assert await claim(db, "a"), "its own is claimed again"
    assert not await claim(db, "b")
    async with db.write() as connection:
        await leases.release(connection, "delivery", "b")
        held = await leases.held_by(connection, "delivery")
        assert held and held.holder == "a" and SECONDS - 5 < held.seconds <= SECONDS
        await leases.release(connection, "delivery", "a")
        assert await leases.held_by(connection, "delivery") is None
    assert await claim(db, "b")


async def test_what_has_run_out_is_free(db: Database) -> None:
    assert await claim(db, "a", 0)
    async with db.write() as connection:
        assert await leases.held(connection) == {}
    assert await claim(db, "b")
    assert not await claim(db, "a")


async def test_all_of_a_holder_are_renewed_and_given_back_together(db: Database) -> None:
    assert await claim(db, "a", 0)
    async with db.write() as connection:
        await leases.claim(connection, "other", "b", SECONDS)
        await leases.renew_all(connection, "a", SECONDS)
        assert await leases.held(connection) == {"delivery": "a", "other": "b"}
        await leases.release_all(connection, "a")
        assert await leases.held(connection) == {"other": "b"}


async def test_the_clock_is_the_databases(db: Database) -> None:
    async with db.write() as connection:
        before = await database_clock.now_ms(connection)
        with time_machine.travel(0):  # the time of day of this process, not of SQLite
            assert 0 <= await database_clock.now_ms(connection) - before < 60_000


@dataclass
class Holder:
    """A process as `bot.leases` has it: it knows only when, on its monotonic clock, it asked."""

    name: str
    rate: float
    """How fast its clock runs."""
    ahead: float
    """By how many seconds its clock differs from the database's."""
    until: float = float("-inf")

    def clock(self, now: float) -> float:
        return self.ahead + now * self.rate

    def holds(self, now: float) -> bool:
        return self.clock(now) < self.until


STEPS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["claim", "release", "renew"]), st.floats(0, 15)),
    max_size=25,
)


@given(STEPS, st.lists(st.floats(-600, 600), min_size=3, max_size=3), st.floats(0, 4))
def test_two_never_hold_it_at_a_time(steps: list[tuple[str, str, float]], ahead: list[float], delay: float) -> None:
    """Answers of the database come late by `delay`; the time that a holder counts with begins before it asked."""
    asyncio.run(_history(steps, ahead, delay))


async def _history(steps: list[tuple[str, str, float]], ahead: list[float], delay: float) -> None:
    margin = 5.0  # as in `bot.leases`
    holders = {name: Holder(name, 1.0, by) for name, by in zip("abc", ahead, strict=True)}
    now = 1_000_000.0
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:

        async def at_now(_: Any) -> int:
            return round(now * 1000)

        patch.setattr(leases, "now_ms", at_now)
        db = await Database.open(Path(folder) / "lectern.db")
        try:
            for name, what, later in steps:
                now += later
                holder = holders[name]
                asked = holder.clock(now)
                now += delay
                async with db.write() as connection:
                    if what == "claim" and await leases.claim(connection, "x", name, SECONDS):
                        holder.until = asked + SECONDS - margin
                    elif what == "renew":
                        await leases.renew_all(connection, name, SECONDS)
                        if (await leases.held(connection)).get("x") == name:
                            holder.until = asked + SECONDS - margin
                    elif what == "release":
                        holder.until = float("-inf")
                        await leases.release(connection, "x", name)
                assert sum(one.holds(now) for one in holders.values()) <= 1
        finally:
            await db.close()
