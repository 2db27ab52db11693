"""Partial dates: `2024`, `2024-08` or `2024-08-12`, as exact as the source gives them. They sort as text."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

ANNOUNCEMENT_DELAY = timedelta(days=7)
"""By how much the days of two sources may differ for one publication. One gives the day of submission, another that of
announcement: a weekend lies between for what is submitted on a Friday, and holidays may follow. A week, by choice."""

_ISO = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}


def _validated(value: str) -> str:
    date.fromisoformat(f"{value}-01-01"[: len("2024-01-01")])
    return value


PartialDate = Annotated[str, StringConstraints(pattern=rf"^{_ISO.pattern}$"), AfterValidator(_validated)]
"""An ISO date of a year, a month or a day that the calendar has."""


def bounds(value: str) -> tuple[date, date]:
    """The first and the last day of a partial date; a month or day of 00 counts as not given.

    Raises ValueError where the text has another form or there is no such day.
    """
    if not _ISO.fullmatch(value):
        raise ValueError(value)
    year, month, day = (int(part) for part in f"{value}-0-0".split("-")[:3])
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    if not day:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def shortest_start(value: str) -> str:
    """The least exact partial date with the same first day: of `2024-01-01` it is `2024`."""
    return _shortest(value, 0)


def shortest_end(value: str) -> str:
    """The least exact partial date with the same last day: of `2024-12` it is `2024`."""
    return _shortest(value, 1)


def _shortest(value: str, end: int) -> str:
    while len(value) > len("2024") and bounds(value)[end] == bounds(value[:-3])[end]:
        value = value[:-3]
    return value


def less_exact(value: str) -> list[str]:
    """The year and month of a day, the year of a month."""
    return [value[:length] for length in (len("2024"), len("2024-08")) if length < len(value)]


def before(value: str) -> str:
    """The year, month or day, as exact, before a partial date; the year 1 has none before it: raises ValueError."""
    first, _ = bounds(value)
    return date.fromordinal(first.toordinal() - 1).isoformat()[: len(value)]


def in_words(value: str) -> str:
    """The date as people read it, whatever their language writes first: `12 Aug 2024`, `Aug 2024`, `2024`."""
    year, month, day = (int(part) for part in f"{value}-0-0".split("-")[:3])
    name = _MONTH_NAMES.split()[month - 1].title()
    return f"{day} {name} {year}" if month and day else f"{name} {year}" if month else str(year)


def text_after(value: str) -> str:
    """A text that sorts after every date within this one and before every later date."""
    return f"{value}~"


def begins_since(published: str, start: str) -> bool:
    """Whether all of a publication date lies on or after the first day of `start`, a result of `shortest_start`."""
    return published >= start


def ends_until(published: str, end: str) -> bool:
    """Whether all of a publication date lies on or before the last day of `end`, a result of `shortest_end`."""
    return published < text_after(end) and published not in less_exact(end)


def agree(one: str, other: str) -> bool:
    """Whether two dates can be of one publication: one begins with the other, or the days are close.

    Two days are close where at most `ANNOUNCEMENT_DELAY` lies between them.
    """
    if len(one) == len(other) == len("2024-08-12"):
        return abs(date.fromisoformat(one) - date.fromisoformat(other)) <= ANNOUNCEMENT_DELAY
    return one.startswith(other) or other.startswith(one)


def most_exact(dates: Sequence[str]) -> str | None:
    """The longest of the dates that agree with the first one; None where there are none."""
    return max((d for d in dates if agree(dates[0], d)), key=len, default=None)


def month_number(name: str) -> int | None:
    """1 to 12 for an English month, given by its name or the first three letters of it."""
    return _MONTHS.get(name.strip().lower()[:3])


def from_parts(year: object, month: object = None, day: object = None) -> str | None:
    """A date from parts as files give them, as exact as they are valid; None without a year of 1500 to 2199.

    The year is found inside any text (`c. 1998`); the month is a number or an English name.
    """
    found = re.search(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)", str(year or "")[:40], re.ASCII)
    if not found:
        return None
    written = str(month or "").strip()
    number = int(written) if re.fullmatch(r"\d{1,2}", written, re.ASCII) else month_number(written) or 0
    if not 1 <= number <= 12:
        return found[0]
    try:
        return date(int(found[0]), number, int(str(day or "").strip()[:3])).isoformat()
    except ValueError:
        return f"{found[0]}-{number:02}"


def from_iso(text: str | None) -> str | None:
    """The date at the start of a text: `2024`, `2024-08`, `2024/08/12` or `2024-08-12T…`; None without a year."""
    match = re.match(r"\s*(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?(?!\d)", text or "", re.ASCII)
    return from_parts(*match.groups()) if match else None


def from_rfc2822(text: str) -> str | None:
    """The day of `Mon, 2 Apr 2007 19:18:42 GMT`; None for anything else."""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None
