"""What a subscription would have posted, over the papers in the store and what its feeds announced last."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from store.catalog.merge import merge
from store.guilds import feed_state
from store.guilds.items import Item
from store.models import Frozen, PaperRecord
from store.search import full_text
from store.search.matcher import Rejection, matches
from store.search.query import Query
from store.storage.database import Database
from store.text.arxiv_taxonomy import ARCHIVES
from store.text.handles import handle
from store.view import View

DAYS = 30


class Preview(Frozen):
    """`recent` counts the last 30 days; `peak` is the day of those with most. `samples` are the newest of all.

    Papers of which only month or year are known may be of those days or not: `undated` counts them by that.
    """

    total: int
    recent: int
    peak: tuple[date, int] | None
    newest: str | None
    samples: tuple[Item, ...]
    undated: tuple[tuple[str, int], ...] = ()
    forms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Words of the query, each with other forms of it that match as well, those in most papers first."""


class Sources(Frozen):
    """The categories and archives whose announcements a query needs, and those of them that were never heard.

    `since` is when the last of those that were heard was heard first; None where all were heard long ago.
    """

    categories: tuple[str, ...]
    unheard: tuple[str, ...]
    since: datetime | None

    @property
    def everything(self) -> bool:
        """Whether all of arXiv is needed, as the query requires no category."""
        return set(self.categories) >= ARCHIVES


class Heard(Frozen):
    """What feeds announced last, and on which day; where they could not be asked, the `problem` in a sentence."""

    papers: tuple[PaperRecord, ...] = ()
    day: date | None = None
    problem: str | None = None


async def preview(view: View, query: Query, today: date, samples: int = 3) -> Preview:
    """Count by date of publication."""
    first = today - timedelta(days=DAYS - 1)
    found = await view.statistics(query, first, today, newest=samples)
    async with view.db.read() as connection:
        forms = await full_text.other_forms(connection, query)
    return Preview(
        forms=tuple(forms),
        total=found.total,
        recent=sum(count for _, count in found.days),
        peak=found.days[0] if found.days else None,
        undated=found.undated,
        newest=found.latest,
        samples=tuple(
            Item(paper=paper, reasons=reasons)
            for paper in await view.papers([handle for handle, _ in found.newest])
            if (reasons := matches(query, paper)) and not isinstance(reasons, Rejection)
        ),
    )


async def sources(db: Database, query: Query, now: datetime) -> Sources:
    """Where new papers for the query come from, as far as they come from arXiv."""
    categories = sorted(feed_state.announced_in(query))
    states = {category: await feed_state.get(db, feed_state.feed_names(category)[0]) for category in categories}
    since = [state.first_good for state in states.values() if state and state.first_good]
    young = [moment for moment in since if moment > now - timedelta(days=DAYS)]
    return Sources(
        categories=tuple(categories),
        unheard=tuple(category for category, state in states.items() if not (state and state.last_good)),
        since=max(young, default=None),
    )


async def matching(query: Query, heard: Sequence[PaperRecord]) -> list[Item]:
    """The papers of these records that the query matches, which are not in the store, with the reasons."""
    return await asyncio.to_thread(_matching, query, heard)


def _matching(query: Query, heard: Sequence[PaperRecord]) -> list[Item]:
    papers = [merge(handle("heard", str(number)), [record]) for number, record in enumerate(heard)]
    return [
        Item(paper=paper, reasons=reasons)
        for paper in papers
        if (reasons := matches(query, paper)) and not isinstance(reasons, Rejection)
    ]
