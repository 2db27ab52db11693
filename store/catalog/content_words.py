"""The words of a text that say what it is about."""

from __future__ import annotations

from store.summaries.tokens import STOP_WORDS
from store.text.normalize import fold
from store.text.web_addresses import without_addresses

SHORTEST_WORD = 3


def content_words(text: str) -> list[str]:
    """The folded words that say what a text is about, in order, without addresses."""
    return [word for word in fold(without_addresses(text)).split() if _is_content(word)]


def _is_content(word: str) -> bool:
    return len(word) >= SHORTEST_WORD and not word.isdigit() and word not in STOP_WORDS
