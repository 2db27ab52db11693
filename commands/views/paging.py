"""How many entries a message shows, and the buttons that turn its pages."""

from __future__ import annotations

import math
from collections.abc import Callable

from commands.custom_ids import MAX_PAGE, CustomId
from commands.views.layout import ButtonSpec

MAX_PAPERS = 8
"""Papers that fit into one message, each with its button."""
PAGE_SIZE = 5
"""Papers on a page of results."""


def page_count(entries: int, size: int = PAGE_SIZE) -> int:
    """How many pages the entries take; at least one."""
    return max(1, math.ceil(entries / size))


def page_buttons(page: int, pages: int, custom_id: Callable[[int], CustomId]) -> list[ButtonSpec]:
    """Buttons to the page before and after, counted from 0; none for a single page."""
    if pages <= 1:
        return []
    return [
        ButtonSpec("◀", custom_id(page - 1) if page > 0 else None),
        ButtonSpec(f"{page + 1} / {pages}", None),
        ButtonSpec("▶", custom_id(page + 1) if page + 1 < min(pages, MAX_PAGE + 1) else None),
    ]
