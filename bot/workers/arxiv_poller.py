"""New papers from arXiv: announcements as they come, and twice a day what they missed.

Announcements come from the RSS feeds of the categories that are subscribed. OAI-PMH is harvested from the day of the
last harvest, page by page with the token kept, so that nothing is missing after days off.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.client import Lectern
from bot.workers.arxiv_calendar import ARXIV, WEEKEND, is_overdue, next_poll
from commands.context import OUTBOX_CHANGED
from seeds.http import Fetcher, FetchError
from seeds.http_validators import Validators
from seeds.reading.limits import NotReadError
from seeds.reading.parsers import Parsers
from seeds.services import fetch_feeds, oai_pmh
from seeds.services.arxiv_rss import Announcement
from seeds.xml import XmlError
from store import ingest
from store.catalog import papers
from store.guilds import feed_state
from store.guilds.feed_state import FeedState, FeedStatus
from store.models import Identifier, PaperRecord, ParsedSource, Problem
from store.storage.database import Database
from store.text.arxiv_taxonomy import archive_of, oai_set
from store.text.partial_dates import in_words

logger = logging.getLogger(__name__)

HARVEST_SOURCE = "arXiv OAI-PMH"
HARVEST_INTERVAL = timedelta(hours=12)
"""arXiv updates its OAI-PMH records once a day; with two harvests a failed one costs half a day."""
OLDEST_NEWS = timedelta(days=30)
"""A paper submitted longer than this before the harvest's first day is not news; moderation may have held a younger
one. By choice."""
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=5), timedelta(hours=6)
"""Waits after a failure. The first is doubled with each further failure in a row, up to the second."""
LATEST_NEXT_POLL = timedelta(days=4)
"""Longer than a weekend with a holiday on either side: a later next poll was set while the clock was wrong."""
CHECK_EVERY_S = 60.0
"""Seconds between two looks at which feeds are due; short beside the shortest interval that can be set, by choice."""

Poll = Callable[[str, str, FeedState | None], Awaitable[FeedState]]
"""Asks one feed, given its name, its category or archive, and its state after the last time."""


async def poll(client: Lectern, poller: ArxivPoller) -> None:
    """Ask the feeds when they are due, until it is cancelled."""
    while True:
        if await poller.poll_due():
            client.dispatch(OUTBOX_CHANGED)
        await client.pause(CHECK_EVERY_S)


@dataclass
class ArxivPoller:
    """Asks the feeds that are due. `interval` is the time between two requests for one feed's announcements."""

    db: Database
    fetcher: Fetcher
    parsers: Parsers
    rss_url: str
    oai_url: str
    interval: timedelta
    now: Callable[[], datetime]

    async def poll_due(self) -> bool:
        """Ask every feed that is due; whether any paper was new."""
        categories = await feed_state.followed_categories(self.db)
        archives = sorted({archive_of(category) for category in categories})
        feeds: list[tuple[str, Poll, str]] = [
            *((feed_state.feed_names(category)[0], self._poll_announcements, category) for category in categories),
            *((feed_state.feed_names(archive)[1], self._harvest, archive) for archive in archives),
        ]
        any_new = False
        for name, ask, subject in feeds:
            before = await feed_state.get(self.db, name)
            if before is not None and self.now() < before.next_try <= self.now() + LATEST_NEXT_POLL:
                continue
            try:
                after = await ask(name, subject, before)
            except Exception as error:
                # One feed's trouble is not the others'.
                logger.exception("%s could not be stored", name)
                reason = f"{type(error).__name__} in Lectern, see the log"
                after = await self._fail(_started(name, before, self.now()), "unreadable", reason, ())
            any_new |= after.new > 0
        return any_new

    async def _poll_announcements(self, name: str, category: str, before: FeedState | None) -> FeedState:
        cursor = dict(before.cursor) if before else {}
        validators = Validators(etag=cursor.get("etag"), last_modified=cursor.get("last_modified"))
        answer = await fetch_feeds.fetch_feed(self.fetcher, self.parsers, f"{self.rss_url}/{category}", validators)
        now = self.now()
        state = _started(name, before, now)
        if answer.state in ("unreachable", "unreadable"):
            return await self._fail(state, answer.state, answer.reason or "no reason given", answer.problems)
        if not state.last_good:
            cursor["first_good"] = now.isoformat()
        if skipped := ",".join(map(str, sorted(answer.skip_days))):
            cursor["skip_days"] = skipped
        skip_days = {int(day) for day in cursor.get("skip_days", "").split(",") if day} or WEEKEND
        today = now.astimezone(ARXIV).date()
        last_batch = date.fromisoformat(cursor["changed"]) if cursor.get("changed") else None
        state = state.model_copy(
            update={
                "state": "good",
                "failures": 0,
                "detail": None,
                "new": 0,
                "next_try": next_poll(now, self.interval, skip_days),
            }
        )
        if answer.state == "announcements" and answer.batch != cursor.get("batch"):
            new = await self._store_announcements(name, answer.announcements)
            cursor |= {"batch": answer.batch or "", "changed": today.isoformat()}
            state = state.model_copy(
                update={"items": len(answer.announcements), "new": new, "rejected": answer.problems, "last_good": now}
            )
        elif answer.state == "empty" and today.weekday() not in skip_days:
            state = state.model_copy(update={"state": "empty", "detail": "no papers on a working day"})
        elif answer.state != "empty" and last_batch and is_overdue(last_batch, now, skip_days):
            state = state.model_copy(
                update={"state": "repeated", "detail": f"the same papers as on {in_words(last_batch.isoformat())}"}
            )
        else:
            state = state.model_copy(update={"last_good": now})
        cursor |= {"etag": answer.validators.etag or "", "last_modified": answer.validators.last_modified or ""}
        state = state.model_copy(update={"cursor": {key: value for key, value in cursor.items() if value}})
        await feed_state.save(self.db, state)
        return state

    async def _store_announcements(self, name: str, announcements: Sequence[Announcement]) -> int:
        """How many papers are new. New papers and cross-lists are news; new versions only change the card."""
        new = 0
        for kinds, notify in ((("new", "cross"), True), (("replace", "replace-cross"), False)):
            records = [one.record for one in announcements if one.kind in kinds]
            batch = ParsedSource(papers=tuple(await self._with_known_dates(records)))
            new += (await ingest.take(self.db, name, batch, notify=notify, now=self.now())).new
        return new

    async def _with_known_dates(self, records: Sequence[PaperRecord]) -> list[PaperRecord]:
        """An announcement of a later version does not say when the first one was published; the store may know."""
        wanted = [_arxiv_id(record) for record in records if not record.published]
        known = await papers.by_identifiers(self.db, [one for one in wanted if one])
        dates = {one.value: paper.published for paper in known for one in paper.identifiers if one.scheme == "arxiv"}
        return [
            record
            if record.published or not (one := _arxiv_id(record))
            else record.model_copy(update={"published": dates.get(one.value)})
            for record in records
        ]

    async def _harvest(self, name: str, archive: str, before: FeedState | None) -> FeedState:
        now = self.now()
        cursor = dict(before.cursor) if before else {"since": now.astimezone(UTC).date().isoformat()}
        state = _started(name, before, now)
        since = date.fromisoformat(cursor["since"])
        items = new = 0
        while True:
            try:
                page = await fetch_feeds.list_records(
                    self.fetcher,
                    self.parsers,
                    self.oai_url,
                    source_name=HARVEST_SOURCE,
                    since=since,
                    oai_set=oai_set(archive),
                    token=cursor.get("token"),
                )
            except oai_pmh.TokenExpiredError:
                # The list is read again from its beginning; what was stored already is not new again.
                del cursor["token"]
                await feed_state.save(self.db, state.model_copy(update={"cursor": dict(cursor)}))
                continue
            except (FetchError, XmlError, oai_pmh.OaiError, NotReadError) as error:
                status: FeedStatus = "unreachable" if isinstance(error, FetchError) else "unreadable"
                return await self._fail(state.model_copy(update={"cursor": dict(cursor)}), status, str(error), ())
            new += await self._store_page(name, page, since)
            items += len(page.papers)
            cursor.setdefault("next", (page.answered or now).astimezone(UTC).date().isoformat())
            cursor["token"] = page.token or ""
            state = state.model_copy(
                update={"items": items, "new": new, "rejected": page.problems or state.rejected, "cursor": dict(cursor)}
            )
            if not page.token:
                break
            await feed_state.save(self.db, state)
        overdue = not items and is_overdue(since, now, WEEKEND)
        state = state.model_copy(
            update={
                "state": "empty" if overdue else "good",
                "detail": f"no papers since {in_words(since.isoformat())}" if overdue else None,
                "last_good": state.last_good if overdue else now,
                "failures": 0,
                "next_try": now + HARVEST_INTERVAL,
                "cursor": {"since": since.isoformat() if overdue else cursor["next"]},
            }
        )
        await feed_state.save(self.db, state)
        return state

    async def _store_page(self, name: str, page: oai_pmh.OaiPage, since: date) -> int:
        """How many papers are new. Old papers in a new version are not news, and withdrawals only change the card."""
        oldest = (since - OLDEST_NEWS).isoformat()
        news = ParsedSource(papers=tuple(one for one in page.papers if (one.published or oldest) >= oldest))
        rest = ParsedSource(
            papers=tuple(one for one in page.papers if (one.published or oldest) < oldest), withdrawals=page.withdrawals
        )
        new = (await ingest.take(self.db, name, news, now=self.now())).new
        return new + (await ingest.take(self.db, name, rest, notify=False, now=self.now())).new

    async def _fail(self, state: FeedState, status: FeedStatus, reason: str, problems: Sequence[Problem]) -> FeedState:
        wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(state.failures, 10))
        logger.warning("%s is %s: %s", state.name, status, reason)
        failed = state.model_copy(
            update={
                "state": status,
                "detail": reason,
                "new": 0,
                "failures": state.failures + 1,
                "next_try": self.now() + wait,
                "rejected": tuple(problems) or state.rejected,
            }
        )
        await feed_state.save(self.db, failed)
        return failed


def _started(name: str, before: FeedState | None, now: datetime) -> FeedState:
    """The feed's state with the time of this attempt."""
    if before:
        return before.model_copy(update={"tried": now})
    return FeedState(name=name, state="good", tried=now, next_try=now)


def _arxiv_id(record: PaperRecord) -> Identifier | None:
    return next((one for one in record.identifiers if one.scheme == "arxiv"), None)
