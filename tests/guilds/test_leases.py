"""Leases: never two holders at a time, by the clock of the database, however wrong the holders' clocks are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
import pytest_asyncio
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from bot import division
from store.guilds import leases
from store.storage import database_clock
from store.storage.database import Database, migrations

SECONDS = 20.0


@pytest_asyncio.fixture
async def db(empty_file: Path) -> AsyncIterator[Database]:
    db = await Database.open(empty_file)
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
    """A process as `bot.division` has it: it knows only when, on its monotonic clock, it asked."""

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


ASKED = ("claim", "claim", "renew", "release")
STEPS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(ASKED), st.one_of(st.floats(0, 4), st.floats(14, 24))), max_size=25
)


CLOCKS = st.tuples(st.floats(0.9, 1.1), st.floats(-600, 600))
"""How fast a clock runs, and by how many seconds it is ahead."""


@given(STEPS, st.lists(CLOCKS, min_size=2, max_size=2), st.floats(0, 4))
def test_two_never_hold_it_at_a_time(
    steps: list[tuple[str, str, float]], clocks: list[tuple[float, float]], delay: float
) -> None:
    """Answers of the database come late by `delay`; the time that a holder counts with begins before it asked."""
    asyncio.run(_history(steps, clocks, delay))


async def _history(steps: list[tuple[str, str, float]], clocks: list[tuple[float, float]], delay: float) -> None:
    holds_for = division.LEASE_S * (1 - division.MARGIN)
    holders = {name: Holder(name, *clock) for name, clock in zip("ab", clocks, strict=True)}
    now = 1_000_000.0
    async with aiosqlite.connect(":memory:") as connection:
        (table,) = (one for one in migrations() if "CREATE TABLE leases" in one)
        await connection.execute(table)
        with pytest.MonkeyPatch.context() as patch:

            async def at_now(_: Any) -> int:
                return round(now * 1000)

            patch.setattr(leases, "now_ms", at_now)
            for name, what, later in steps:
                now += later
                holder = holders[name]
                asked = holder.clock(now)
                now += delay
                if what == "release":
                    holder.until = float("-inf")
                    await leases.release(connection, "x", name)
                elif what == "renew":
                    await leases.renew_all(connection, name, division.LEASE_S)
                else:
                    await leases.claim(connection, "x", name, division.LEASE_S)
                if what != "release" and (await leases.held(connection)).get("x") == name:
                    holder.until = asked + holds_for
                assert sum(one.holds(now) for one in holders.values()) <= 1
