"""Budgets of services and their kept answers."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from store.outside import ServiceName
from store.storage.database import Database
from store.storage.service_answers import ServiceAnswers
from store.storage.service_budgets import Budgets

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAILY: dict[ServiceName, int] = {"openalex": 2_500, "dblp": 3}

REQUESTS = st.tuples(
    st.sampled_from(["openalex", "openalex", "dblp"]),
    st.integers(0, 4),  # when it begins
    st.integers(0, 3),  # how long it takes
    st.sampled_from([0, 1, 100, 1_000]),  # what is reserved
    st.floats(0, 1),  # which part of it it costs
    st.sampled_from(["settled", "not settled", "cancelled"]),
    st.sampled_from([NOW, NOW, NOW.replace(hour=23, minute=59), NOW + timedelta(hours=12)]),
)
"""One request: some wait for each other at the file, some are cut short, some fall on the next day."""


@settings(max_examples=40)
@given(st.lists(st.lists(REQUESTS, min_size=1, max_size=12), min_size=1, max_size=3))
def test_no_budget_is_ever_passed(runs: list[list[tuple[ServiceName, int, int, int, float, str, datetime]]]) -> None:
    """Whatever runs at the same time, also in two processes, is cancelled, or is lost when the program is started anew.

    `charged` is what a service would have on its bill, reckoned without the store.
    """
    charged: Counter[tuple[str, str]] = Counter()

    async def request(budgets: Budgets, one: tuple[ServiceName, int, int, int, float, str, datetime]) -> None:
        service, begin, duration, price, part, end, now = one
        for _ in range(begin):
            await asyncio.sleep(0)
        reservation = await budgets.reserve(service, price, now)
        if reservation is None:
            return
        cost = int(price * part)
        charged[service, now.date().isoformat()] += cost
        assert charged[service, now.date().isoformat()] <= DAILY[service]
        for _ in range(duration):
            await asyncio.sleep(0.001)
        if end != "not settled":
            await budgets.settle(reservation, cost)

    async def run(path: Path) -> None:
        for requests in runs:
            databases = [await Database.open(path), await Database.open(path)]  # as the bot and a command beside it
            both = [Budgets(database, DAILY) for database in databases]
            tasks = [asyncio.create_task(request(both[n % 2], one)) for n, one in enumerate(requests)]
            await asyncio.sleep(0.002)
            for task, one in zip(tasks, requests, strict=True):
                if one[5] == "cancelled":
                    task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            for (service, day), cost in charged.items():
                spent = await both[0].spent(datetime.fromisoformat(f"{day}T12:00:00+00:00"))
                assert cost <= spent.get(service, 0) <= DAILY[service]  # type: ignore[index]
            for database in databases:
                await database.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder) / "a.db"))


async def test_a_day_begins_at_midnight_utc_and_old_days_are_forgotten(db: Database) -> None:
    budgets = Budgets(db, DAILY)
    late = datetime(2026, 5, 4, 23, 59, tzinfo=UTC)
    assert [await budgets.reserve("dblp", 1, late) is not None for _ in range(4)] == [True, True, True, False]
    east = late.astimezone(UTC) + timedelta(minutes=1)
    assert await budgets.reserve("dblp", 1, east)
    assert (await budgets.spent(late), await budgets.spent(east)) == ({"dblp": 3}, {"dblp": 1})
    assert await budgets.reserve("dblp", 1, late + timedelta(days=40))
    assert await budgets.spent(late) == {}


async def test_a_service_without_a_budget_and_a_price_above_it_are_refused(db: Database) -> None:
    budgets = Budgets(db, DAILY)
    assert await budgets.reserve("s2", 1, NOW) is None
    assert await budgets.reserve("openalex", 2_501, NOW) is None
    assert await budgets.reserve("openalex", -1, NOW) is None
    assert (await budgets.reserve("openalex", 0, NOW)) is not None, "what is free is always left"


async def test_a_dearer_request_than_expected_is_counted_and_nothing_follows(db: Database) -> None:
    budgets = Budgets(db, DAILY)
    reservation = await budgets.reserve("openalex", 1_000, NOW)
    assert reservation
    await budgets.settle(reservation, 2_600)
    assert await budgets.spent(NOW) == {"openalex": 2_600}
    assert await budgets.reserve("openalex", 1, NOW) is None


async def test_answers_are_kept_until_they_expire(db: Database) -> None:
    answers = ServiceAnswers(db)
    await answers.put("who?", "äda", NOW, timedelta(days=1))
    assert await answers.get("who?", NOW + timedelta(hours=23)) == "äda"
    assert await answers.get("who?", NOW + timedelta(days=1)) is None
    assert await answers.get("whom?", NOW) is None
    await answers.put("who?", "Ben", NOW, timedelta(days=1))
    assert await answers.get("who?", NOW) == "Ben"


async def test_answers_that_expire_first_make_room(db: Database) -> None:
    answers = ServiceAnswers(db, most_bytes=200)
    for number in range(20):
        await answers.put(str(number), f"{number:050x}", NOW, timedelta(days=1 + (number == 3)))
    assert await answers.get("3", NOW) and await answers.get("19", NOW)
    assert await answers.get("5", NOW) is None
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT sum(length(answer)) FROM service_answers")
    assert next(iter(rows))[0] <= 200
