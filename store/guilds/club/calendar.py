"""The calendar of a club: the days on which it meets, and when the steps of a session are due.

Days and times are local, so that a change of clocks moves nothing for those who come. A time that a change repeats
counts where it comes first; one that it leaves out counts as if the clocks had not changed (PEP 495, fold=0).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from store.guilds.club.models import Rhythm, Times

READING_DAYS = 2
"""Days between the choice of a paper and its session, in which it is read; by choice."""
REMINDER_DAYS = 1
"""Days before a session on which people are reminded of it; by choice."""


def times(rhythm: Rhythm, day: date) -> Times:
    """When the steps of the session on a day are due; all but its end are at the club's time of day."""

    def before(days: int) -> datetime:
        return datetime.combine(day - timedelta(days=days), rhythm.at, ZoneInfo(rhythm.zone)).astimezone(UTC)

    starts = before(0)
    return Times(
        poll_at=before(rhythm.poll_days),
        decide_at=before(READING_DAYS),
        remind_at=before(REMINDER_DAYS),
        starts=starts,
        ends=starts + timedelta(minutes=rhythm.minutes),
    )


def next_day(rhythm: Rhythm, now: datetime, *, after: date | None = None) -> date:
    """The first day of the club whose paper is still to be chosen, later than `after`."""
    day, step = rhythm.first_day, timedelta(weeks=rhythm.every_weeks)
    earliest = max(now.astimezone(ZoneInfo(rhythm.zone)).date(), after or date.min)
    if earliest > day:
        day += step * ((earliest - day) // step)
    while times(rhythm, day).decide_at <= now or (after is not None and day <= after):
        day += step
    return day


def first_day(rhythm: Rhythm, weekday: int, now: datetime) -> date:
    """The first such weekday (Monday is 0) whose poll is still ahead, so that people can nominate before."""
    day = now.astimezone(ZoneInfo(rhythm.zone)).date()
    day += timedelta(days=(weekday - day.weekday()) % 7)
    while times(rhythm, day).poll_at <= now:
        day += timedelta(weeks=1)
    return day


def days_between(rhythm: Rhythm, first: date, until: date) -> list[date]:
    """The days of the club from `first`, which is one, to the last before `until`."""
    step = timedelta(weeks=rhythm.every_weeks)
    return [first + step * number for number in range(max(0, -((first - until) // step)))]
