"""Values out of foreign JSON, which may be of any type: what is not of the type asked for counts as empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DEEPEST = 5
"""Lists in lists that are looked into for a value; services have at most two."""


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Sequence[Any]:
    """The value if it is a list, a list of it if it is a single value, an empty list for null."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def text(value: object, depth: int = 0) -> str:
    """The value if it is a text or a whole number, or the first that is in a list; else an empty text.

    `depth` counts the lists around it; more than `DEEPEST` are not looked into.
    """
    if isinstance(value, list):
        return next((one for one in (text(inner, depth + 1) for inner in value) if one), "") if depth < DEEPEST else ""
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def count(value: object) -> int | None:
    """The value if it is a number of things: whole, not negative, and not beyond what can be."""
    return value if type(value) is int and 0 <= value < 10**9 else None
