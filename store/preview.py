"""What a subscription would have posted, over the papers in the store."""

from __future__ import annotations

from datetime import date, timedelta

from store.guilds.digests import Item
from store.models import Frozen
from store.search.matcher import Rejection, matches
from store.search.query import Query
from store.view import View

DAYS = 30


class Preview(Frozen):
    """`recent` counts the last 30 days; `peak` is the day of those with most. `samples` are the newest of all."""

    total: int
    recent: int
    peak: tuple[date, int] | None
    newest: str | None
    samples: tuple[Item, ...]


async def preview(view: View, query: Query, today: date, samples: int = 3) -> Preview:
    """Count by date of publication; papers of which only month or year are known count in the total alone."""
    first = today - timedelta(days=DAYS - 1)
    found = await view.statistics(query, first, today, newest=samples)
    return Preview(
        total=found.total,
        recent=sum(count for _, count in found.days),
        peak=found.days[0] if found.days else None,
        newest=found.latest,
        samples=tuple(
            Item(paper=paper, reasons=reasons)
            for paper in await view.papers([handle for handle, _ in found.newest])
            if (reasons := matches(query, paper)) and not isinstance(reasons, Rejection)
        ),
    )
