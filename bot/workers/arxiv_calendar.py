"""On which days arXiv announces papers: when a feed is asked next, and whether its next batch is overdue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ARXIV = ZoneInfo("America/New_York")
"""The zone of arXiv's days: its announcements are dated at midnight there."""
WEEKEND = frozenset({5, 6})
"""Saturday and Sunday, on which arXiv announces nothing; Monday is 0."""


def next_poll(now: datetime, interval: timedelta, skip_days: Collection[int]) -> datetime:
    """When to ask again: after `interval`, or where nothing is announced on that day, as the next other day begins."""
    moment = (now + interval).astimezone(ARXIV)
    day = moment.date()
    while day.weekday() in skip_days and len(skip_days) < 7:
        day += timedelta(days=1)
    return moment if day == moment.date() else datetime.combine(day, time(0), ARXIV)


def next_announcements(now: datetime, skip_days: Collection[int]) -> datetime:
    """When the next announcements are dated: the beginning of the next day that has some. Holidays are not known."""
    day = now.astimezone(ARXIV).date() + timedelta(days=1)
    while day.weekday() in skip_days and len(skip_days) < 7:
        day += timedelta(days=1)
    return datetime.combine(day, time(0), ARXIV)


def is_overdue(last: date, now: datetime, skip_days: Collection[int]) -> bool:
    """Whether a whole day on which papers are announced lies between `last` and today.

    A batch stands for its own day, and the next one may come late in the day.
    """
    today = now.astimezone(ARXIV).date()
    between = (last + timedelta(days=n) for n in range(1, (today - last).days))
    return any(day.weekday() not in skip_days for day in between)
