"""Settings for tests that ask faster than people can."""

from __future__ import annotations

UNLIMITED = {
    f"{whose}_{what}": 1_000_000
    for whose in ("person", "guild")
    for what in ("questions", "keystrokes", "additions", "fetches", "searches", "people")
}
