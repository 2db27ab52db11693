"""When an announcement feed is asked next, and when a batch is late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.workers.arxiv_calendar import ARXIV, WEEKEND, is_overdue, next_poll

FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "skip_days", "expected"),
    [
        (FRIDAY, WEEKEND, FRIDAY + HOUR),
        # 23:30 on Friday at arXiv; the next day with announcements begins on Monday at midnight there.
        (datetime(2026, 3, 7, 4, 30, tzinfo=UTC), WEEKEND, datetime(2026, 3, 9, tzinfo=ARXIV)),
        (FRIDAY, frozenset({4, 5, 6, 0}), datetime(2026, 3, 10, tzinfo=ARXIV)),
        (FRIDAY, frozenset(range(7)), FRIDAY + HOUR),
        (FRIDAY, frozenset(), FRIDAY + HOUR),
    ],
)
def test_days_without_announcements_are_skipped(now: datetime, skip_days: frozenset[int], expected: datetime) -> None:
    assert next_poll(now, HOUR, skip_days) == expected


@pytest.mark.parametrize(
    ("last", "now", "overdue"),
    [
        (date(2026, 3, 4), datetime(2026, 3, 5, 23, tzinfo=ARXIV), False),
        (date(2026, 3, 4), datetime(2026, 3, 6, 0, tzinfo=ARXIV), True),
        (date(2026, 3, 6), datetime(2026, 3, 9, 23, tzinfo=ARXIV), False),
        (date(2026, 3, 6), datetime(2026, 3, 10, 0, tzinfo=ARXIV), True),
    ],
)
def test_a_batch_is_overdue_once_a_whole_working_day_has_passed(last: date, now: datetime, overdue: bool) -> None:
    assert is_overdue(last, now, WEEKEND) == overdue
