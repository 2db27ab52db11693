"""When a digest is due, on the clocks of its time zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from store.models import Frozen

Cadence = Literal["now", "daily", "weekly"]


@cache
def known_zones() -> frozenset[str]:
    """The names of all time zones; to find them reads some 600 files."""
    return frozenset(available_timezones())


class Schedule(Frozen):
    """As papers come, or at a time of day, on every day or on one weekday (Monday is 0)."""

    cadence: Cadence = "now"
    at: time = time(8, 30)
    weekday: int = Field(default=0, ge=0, le=6)
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in known_zones():
            raise ValueError(f"There is no time zone {zone[:60]}; choose one such as Europe/Berlin or UTC.")
        return zone

    @field_validator("at")
    @classmethod
    def _naive(cls, at: time) -> time:
        return at.replace(second=0, microsecond=0, tzinfo=None)

    def due(self, now: datetime) -> datetime:
        """When a paper that comes at `now` is to be posted, in UTC: at once, or at the next time of the digest.

        Every local day has one such moment. A time that a change of clocks repeats counts where it comes first; one
        that it leaves out counts as if the clocks had not changed (PEP 495, fold=0).
        """
        if self.cadence == "now":
            return now
        zone = ZoneInfo(self.zone)
        # One day back: where clocks jump, the moment of the day before can lie after midnight of the next.
        day = now.astimezone(zone).date() - timedelta(days=1)
        while True:
            moment = datetime.combine(day, self.at, zone).astimezone(UTC)
            if moment > now and (self.cadence == "daily" or day.weekday() == self.weekday):
                return moment
            day += timedelta(days=1)


@lru_cache(maxsize=1000)
def stored_schedule(cadence: str, at: str, weekday: int, zone: str) -> Schedule:
    """The schedule of a row of `subscriptions`."""
    return Schedule.model_validate({"cadence": cadence, "at": at, "weekday": weekday, "zone": zone})
