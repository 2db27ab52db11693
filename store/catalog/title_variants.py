"""The part of a title that sources agree on where one adds a session's label, a bracket or a subtitle.

`Tutorial: LDAP Directory Services` and `LDAP Directory Services (Tutorial Session)` have one core. It says that two
titles are of one work only together with all authors and the year.
"""

from __future__ import annotations

import re
from functools import lru_cache

from store.text.normalize import fold

LEAST_WORDS = 3
"""Words of a core, or of a title before its subtitle, below which it could be any work's; by choice."""

_REMEMBERED = 8192
"""Titles whose cores are remembered: on the way in, each is compared with many others."""
_ADDED = frozenset("([:?-–—")
"""What there is in a title with a label, a bracket or a subtitle."""
_BRACKET = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LABEL = (
    r"(?:invited |extended |keynote |industrial )?(?:tutorial|panel|demo(?:nstration)?|poster|keynote|talk|abstract|"
    r"session|paper|review|introduction)s?"
)
_BEFORE = re.compile(rf"^\s*{_LABEL}(?: {_LABEL})?\s*:\s+", re.IGNORECASE)
_SUBTITLE = re.compile(r"\s*:\s|\s[-–—]\s|\?\s")


@lru_cache(maxsize=_REMEMBERED)
def core(title: str) -> str:
    """The title, folded, without brackets and without a session's label before it; empty where that is too short."""
    return _if_enough(fold(_without_labels(title)))


@lru_cache(maxsize=_REMEMBERED)
def main_title(title: str) -> str:
    """What stands before the subtitle, of the core; empty where there is no subtitle, or too little before it."""
    parts = _SUBTITLE.split(_without_labels(title), maxsplit=1)
    return _if_enough(fold(parts[0])) if len(parts) == 2 else ""


def is_variant(one: str, other: str) -> bool:
    """Whether titles have one core, or one is the other without its subtitle."""
    if _ADDED.isdisjoint(one) and _ADDED.isdisjoint(other):
        return False
    cores = core(one), core(other)
    if not all(cores):
        return False
    return cores[0] == cores[1] or main_title(one) == cores[1] or main_title(other) == cores[0]


def _without_labels(title: str) -> str:
    return _BEFORE.sub("", _BRACKET.sub(" ", title)).strip()


def _if_enough(folded: str) -> str:
    return folded if folded.count(" ") >= LEAST_WORDS - 1 else ""
