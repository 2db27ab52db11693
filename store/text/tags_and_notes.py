"""Tags and notes as people write them on papers: cleaned, and bounded."""

from __future__ import annotations

from collections.abc import Iterable

from store.text.normalize import fold
from store.text.visible import one_line, visible

LONGEST_NOTE = 1500
"""Characters; by choice, as what is longer is an article."""
LONGEST_TAG, MOST_TAGS = 60, 50
"""Characters of a tag, and tags of a paper in a list; by choice."""


def split_tags(typed: str) -> list[str]:
    """Tags that were typed with commas or semicolons between, or each after a `#`."""
    return typed.translate(str.maketrans(";#", ",,")).split(",")


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Tags on one line without `#` and commas, each once however it is written, as many as an entry has."""
    cleaned = (one_line(tag.replace(",", " ")).lstrip("# ")[:LONGEST_TAG].strip() for tag in tags)
    return list({fold(tag) or tag: tag for tag in reversed([one for one in cleaned if one])}.values())[::-1][:MOST_TAGS]


def clean_note(text: str) -> str:
    """A note without what is invisible, of `LONGEST_NOTE` characters at most; lines are kept."""
    return "\n".join(visible(line).rstrip() for line in text.strip().splitlines())[:LONGEST_NOTE].strip()
