"""Moments in UTC: in words, and as they are stored, with microseconds, always the same length, so that they sort."""

from __future__ import annotations

from datetime import UTC, datetime

from store.text.partial_dates import in_words


def stamp(moment: datetime) -> str:
    """The text of an aware moment."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(stamped: str) -> datetime:
    """The moment of a text that `stamp` made."""
    return datetime.fromisoformat(stamped)


def day_in_words(moment: datetime) -> str:
    """The day of an aware moment, in UTC: `12 Aug 2024`."""
    return in_words(moment.astimezone(UTC).date().isoformat())


def moment_in_words(moment: datetime) -> str:
    """An aware moment where nothing knows the reader's time zone: `12 Aug 2024, 14:30 UTC`."""
    return f"{day_in_words(moment)}, {moment.astimezone(UTC):%H:%M} UTC"
