"""Digests on the clocks of their zone, over changes of daylight saving in both directions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from store.guilds.schedule import Schedule


def berlin(at: str, cadence: str = "daily") -> Schedule:
    return Schedule.model_validate({"cadence": cadence, "at": at, "zone": "Europe/Berlin", "weekday": 0})


def test_as_they_come_is_now() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert Schedule().due(now) == now


def test_the_time_of_day_stays_the_same_over_daylight_saving() -> None:
    schedule = berlin("08:30")
    assert schedule.due(datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 6, 30, tzinfo=UTC)
    assert schedule.due(datetime(2026, 3, 27, 12, tzinfo=UTC)) == datetime(2026, 3, 28, 7, 30, tzinfo=UTC)


def test_a_time_that_does_not_exist_comes_once() -> None:
    schedule = berlin("02:30")
    first = schedule.due(datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert first == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert schedule.due(first) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_exists_twice_comes_once() -> None:
    schedule = berlin("02:30")
    first = schedule.due(datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert schedule.due(first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_weekly_digest_comes_on_its_day() -> None:
    schedule = berlin("08:30", "weekly")
    due = schedule.due(datetime(2026, 3, 24, tzinfo=UTC))
    assert due == datetime(2026, 3, 30, 6, 30, tzinfo=UTC)
    assert due.astimezone(ZoneInfo("Europe/Berlin")).weekday() == 0


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="There is no time zone"):
        Schedule(zone=zone)


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
    at=st.times(),
    now=st.integers(1_293_840_000, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    cadence=st.sampled_from(["daily", "weekly"]),
)
def test_one_moment_a_day_in_order(zone: str, at: time, now: datetime, cadence: str) -> None:
    schedule = Schedule.model_validate({"cadence": cadence, "at": at, "zone": zone})
    due = schedule.due(now)
    assert now < due <= now + timedelta(days=2 if cadence == "daily" else 8)
    assert schedule.due(due - timedelta(microseconds=1)) == due
    assert schedule.due(due) > due
