"""How an author's figures have changed: between two readings, each of which is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.models import Metric
from store.profiles.changes import changes
from tests.support.made import DAY, source


def read(value: float, day: datetime, name: str = "page.txt") -> Metric:
    return Metric(name="citations", value=value, source=source(name, retrieved=day))


def test_a_change_is_between_the_day_asked_for_and_now() -> None:
    history = [read(10, DAY), read(15, DAY + timedelta(days=10)), read(27, DAY + timedelta(days=40))]
    for day, before in ((0, 10), (9, 10), (10, 15), (30, 15), (-99, 10)):
        (found,) = changes(history, (DAY + timedelta(days=day)).date())
        assert (found.before.value, found.now.value) == (before, 27)
    assert not changes(history, (DAY + timedelta(days=40)).date())


def test_sources_are_not_compared_with_each_other() -> None:
    assert not changes([read(10, DAY, "one.txt"), read(99, DAY + timedelta(days=9), "other.txt")], DAY.date())


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from([1.0, 2.0, 3.0])), unique_by=lambda one: one[0]).map(sorted),
    st.integers(-5, 70),
)
def test_the_last_reading_is_compared_with_the_one_in_force_on_that_day(
    readings: list[tuple[int, float]], since: int
) -> None:
    day: date = (DAY + timedelta(days=since)).date()
    found = changes([read(value, DAY + timedelta(days=at)) for at, value in readings], day)
    in_force = [value for at, value in readings if at <= since] or [value for _, value in readings[:1]]
    expected = [(in_force[-1], readings[-1][1])] if readings and in_force[-1] != readings[-1][1] else []
    assert [(one.before.value, one.now.value) for one in found] == expected
