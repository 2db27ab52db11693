"""Partial dates: what bounds them, when two agree, and how they are read from foreign text."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from store.text import partial_dates
from store.text.partial_dates import ANNOUNCEMENT_DELAY, PartialDate, agree, before, begins_since, bounds, ends_until

DAYS = st.dates(min_value=date(1000, 1, 1))
DATES = st.builds(lambda day, length: day.isoformat()[:length], DAYS, st.sampled_from([4, 7, 10]))


@given(DATES)
def test_a_date_of_any_precision_is_valid_and_lies_within_its_bounds(value: str) -> None:
    first, last = bounds(TypeAdapter(PartialDate).validate_python(value))
    assert first.isoformat().startswith(value)
    assert last.isoformat().startswith(value)
    assert not (last + timedelta(days=1)).isoformat().startswith(value) if last < date.max else True


@pytest.mark.parametrize("value", ["", "24", "2024-13", "2024-02-30", "2024-2", "0000", "2024-08-12T10", "２０２４"])
def test_what_is_no_partial_date_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(PartialDate).validate_python(value)


@given(DATES, DATES)
def test_a_publication_date_is_inside_a_range_only_as_a_whole(published: str, bound: str) -> None:
    first, last = bounds(published)
    assert begins_since(published, partial_dates.shortest_start(bound)) == (first >= bounds(bound)[0])
    assert ends_until(published, partial_dates.shortest_end(bound)) == (last <= bounds(bound)[1])


@given(DAYS, st.integers(0, 40))
def test_days_agree_within_the_delay_of_an_announcement(day: date, apart: int) -> None:
    other = date.fromordinal(max(1, day.toordinal() - apart))
    close = day - other <= timedelta(days=7)
    assert agree(day.isoformat(), other.isoformat()) == agree(other.isoformat(), day.isoformat()) == close
    assert timedelta(days=7) == ANNOUNCEMENT_DELAY


def test_the_most_exact_date_that_agrees_with_the_first_wins() -> None:
    assert partial_dates.most_exact(["2024", "2023-01-01", "2024-08", "2024-08-12"]) == "2024-08-12"
    assert partial_dates.most_exact(["2024-08-12", "2024-08-01"]) == "2024-08-12"
    assert partial_dates.most_exact([]) is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("2024",), "2024"),
        (("c. 1998", "sept."), "1998-09"),
        (("2024", "2", "30"), "2024-02"),
        (("2024", "13", "1"), "2024"),
        (("2024", "August", "5th"), "2024-08"),
        (("0999",), None),
        ((None, "8"), None),
    ],
)
def test_a_date_from_parts_is_as_exact_as_its_parts_are_valid(parts: tuple[object, ...], expected: str | None) -> None:
    assert partial_dates.from_parts(*parts) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024/8/12", "2024-08-12"),
        ("2024-08-12T10:00:00Z", "2024-08-12"),
        (" 2024", "2024"),
        ("20245", None),
        (None, None),
    ],
)
def test_a_date_at_the_start_of_a_text(text: str | None, expected: str | None) -> None:
    assert partial_dates.from_iso(text) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [("2024", "2024"), ("2024-08", "Aug 2024"), ("2024-08-02", "2 Aug 2024"), ("2024-10-30", "30 Oct 2024")],
)
def test_a_date_in_words_is_as_exact_as_its_source(value: str, shown: str) -> None:
    assert partial_dates.in_words(value) == shown


@pytest.mark.parametrize(("value", "earlier"), [("2024", "2023"), ("2024-01", "2023-12"), ("2024-03-01", "2024-02-29")])
def test_what_is_before_a_date_is_as_exact(value: str, earlier: str) -> None:
    assert before(value) == earlier
