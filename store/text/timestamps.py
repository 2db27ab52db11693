"""Moments as they are stored: UTC, microseconds, always the same length, so that they sort as text."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """The text of an aware moment."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(stamped: str) -> datetime:
    """The moment of a text that `stamp` made."""
    return datetime.fromisoformat(stamped)
