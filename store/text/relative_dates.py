"""Days told from today: `7d`, `2w`, `3m`, `1y`, `today`, `yesterday`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_AGO = re.compile(r"([0-9]{1,4})([dwmy])")
_DAYS = {"today": 0, "yesterday": 1}


def day_ago(text: str, today: date) -> date | None:
    """The day so many days, weeks, months or years before `today`; None where the text is no such day.

    A day that the month does not have is the last one of it.
    """
    text = text.lower()
    if text in _DAYS:
        return today - timedelta(days=_DAYS[text])
    if not (read := _AGO.fullmatch(text)):
        return None
    number, unit = int(read[1]), read[2]
    if unit in "dw":
        return today - timedelta(days=number * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 - number * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if year < 1:
        return None
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
