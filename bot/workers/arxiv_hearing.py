"""What arXiv announced last, asked before anybody subscribes, for previews on a store that has never heard it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.workers.arxiv_calendar import ARXIV, WEEKEND, next_announcements
from seeds.http import Fetcher
from seeds.reading.parsers import Parsers
from seeds.services import fetch_feeds
from seeds.services.arxiv_rss import FeedAnswer
from store.errors import TooBusyError
from store.preview import Heard

KEPT, FAILURE_KEPT = timedelta(hours=1), timedelta(minutes=1)
"""How long an answer serves further previews. arXiv announces once a day; a failure may be over in a minute."""
MOST_KEPT = 8
"""Answers that are kept; a large one, of all archives on one day, takes some 10 MB."""
ANSWER_WITHIN_S, PATIENCE_S = 10.0, 45.0
"""Seconds for arXiv's answer, and for that with the wait for other requests; a preview is waited for by a person."""


@dataclass
class ArxivHearing:
    """Asks arXiv's feeds once for a preview, and stores nothing: the poller reads the same papers after Confirm."""

    fetcher: Fetcher
    parsers: Parsers
    rss_url: str
    now: Callable[[], datetime]
    _kept: dict[tuple[str, ...], tuple[datetime, Heard]] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def first_announcements(self, *, heard: bool) -> datetime:
        """When the next announcements arrive; those of today at once, where they have not been `heard`."""
        now = self.now()
        if not heard and now.astimezone(ARXIV).weekday() not in WEEKEND:
            return now
        return next_announcements(now, WEEKEND)

    async def hear(self, categories: Collection[str]) -> Heard:
        """What arXiv announced last in these categories and archives. Never raises for what the other side does."""
        key = tuple(sorted(categories))
        try:
            async with asyncio.timeout(PATIENCE_S), self._one_at_a_time:
                until, heard = self._kept.pop(key, (None, None))
                if heard is None or until is None or until <= self.now():
                    heard = await self._ask(key)
                    until = self.now() + (FAILURE_KEPT if heard.problem else KEPT)
                self._kept[key] = until, heard
                for oldest in list(self._kept)[:-MOST_KEPT]:
                    del self._kept[oldest]
                return heard
        except (TimeoutError, TooBusyError):
            return Heard(problem="arXiv does not answer in time.")

    async def _ask(self, categories: Collection[str]) -> Heard:
        address = f"{self.rss_url}/{'+'.join(categories)}"
        answer = await fetch_feeds.fetch_feed(
            self.fetcher, self.parsers, address, tries=1, answer_within=ANSWER_WITHIN_S
        )
        if answer.state in ("unreachable", "unreadable"):
            return Heard(problem=answer.reason or "It sends something that I cannot read.")
        return _heard(answer)


def _heard(answer: FeedAnswer) -> Heard:
    """Only what is posted as new: not the later versions of papers, which a feed announces as well."""
    records = tuple(one.record for one in answer.announcements if one.kind in ("new", "cross"))
    days = [date.fromisoformat(one.published) for one in records if one.published]
    return Heard(papers=records, day=max(days, default=None))
