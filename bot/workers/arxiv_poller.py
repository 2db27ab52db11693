"""New papers from arXiv: announcements as they come, and once or twice a day what they missed.

Announcements come from the RSS feeds of the categories that are subscribed. OAI-PMH is harvested from the day of the
last harvest, page by page with the token kept, so that nothing is missing after days off.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import discord

from commands.context import OUTBOX_CHANGED
from seeds.http import Fetcher, FetchError, Validators
from seeds.services import arxiv_rss, oai_pmh
from seeds.services.arxiv_rss import Announcement
from seeds.xml import XmlError
from store import ingest
from store.catalog import papers
from store.guilds import feed_state
from store.guilds.feed_state import FeedState
from store.models import Identifier, PaperRecord, ParsedSource, Problem
from store.storage.database import Database
from store.text.arxiv_taxonomy import archive_of, oai_set

logger = logging.getLogger(__name__)

ARXIV = ZoneInfo("America/New_York")
"""arXiv's days: its announcements are dated at midnight there."""
WEEKEND = frozenset({5, 6})
HARVEST_EVERY = timedelta(hours=12)
RECENT = timedelta(days=30)
"""A paper submitted so long before the harvest's first day is not news; a later one may have been held."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
LOOK_EVERY_S = 60.0
"""Seconds between two looks at which feeds are due."""


Ask = Callable[[str, str, FeedState | None], Awaitable[FeedState]]


@dataclass
class Watcher:
    """Asks the feeds that are due. `every` is the time between two looks at one feed's announcements."""

    db: Database
    fetcher: Fetcher
    rss_url: str
    oai_url: str
    every: timedelta
    now: Callable[[], datetime]

    async def round(self) -> bool:
        """Ask every feed that is due; whether any paper was new."""
        followed = await feed_state.followed_categories(self.db)
        archives = sorted({archive_of(category) for category in followed})
        asked: list[tuple[str, Ask, str]] = [
            (feed_state.feed_names(category)[0], self._announced, category) for category in followed
        ]
        asked += [(feed_state.feed_names(archive)[1], self._harvest, archive) for archive in archives]
        new = False
        for name, ask, part in asked:
            before = await feed_state.get(self.db, name)
            if before is None or before.next_try <= self.now() or before.next_try > self.now() + timedelta(days=4):
                try:
                    after = await ask(name, part, before)
                except Exception as error:
                    # One feed's trouble is not the others'.
                    logger.exception("%s could not be taken in", name)
                    said = f"{type(error).__name__} in Lectern, see the log"
                    after = await self._failed(_begun(name, before, self.now()), "unreadable", said, ())
                new |= after.new > 0
        return new

    async def _announced(self, name: str, category: str, before: FeedState | None) -> FeedState:
        cursor = dict(before.cursor) if before else {}
        known = Validators(etag=cursor.get("etag"), last_modified=cursor.get("last_modified"))
        seen = await arxiv_rss.fetch_feed(self.fetcher, f"{self.rss_url}/{category}", known)
        now = self.now()
        state = _begun(name, before, now)
        if seen.state in ("unreachable", "unreadable"):
            return await self._failed(state, seen.state, seen.reason or "no reason given", seen.problems)
        if skipped := ",".join(map(str, sorted(seen.skip_days))):
            cursor["skip_days"] = skipped
        skip_days = {int(day) for day in cursor.get("skip_days", "").split(",") if day} or WEEKEND
        today = now.astimezone(ARXIV).date()
        state = state.model_copy(
            update={"state": "good", "failures": 0, "detail": None, "next_try": _next_look(now, self.every, skip_days)}
        )
        if seen.state == "announcements" and seen.batch != cursor.get("batch"):
            new = await self._take(name, seen.announcements)
            cursor |= {"batch": seen.batch or "", "changed": today.isoformat()}
            state = state.model_copy(
                update={"items": len(seen.announcements), "new": new, "rejected": seen.problems, "last_good": now}
            )
        elif seen.state == "empty" and today.weekday() not in skip_days:
            state = state.model_copy(update={"state": "empty", "new": 0, "detail": "no papers on a working day"})
        elif seen.state != "empty" and _is_overdue(cursor.get("changed"), now, skip_days):
            detail = f"the same papers as on {cursor.get('changed')}"
            state = state.model_copy(update={"state": "repeated", "new": 0, "detail": detail})
        else:
            state = state.model_copy(update={"new": 0, "last_good": now})
        cursor |= {"etag": seen.validators.etag or "", "last_modified": seen.validators.last_modified or ""}
        state = state.model_copy(update={"cursor": {key: value for key, value in cursor.items() if value}})
        await feed_state.save(self.db, state)
        return state

    async def _take(self, name: str, announced: Sequence[Announcement]) -> int:
        """New versions change the card only; new papers and cross-lists are news."""
        new = 0
        for kinds, notify in ((("new", "cross"), True), (("replace", "replace-cross"), False)):
            records = [one.record for one in announced if one.kind in kinds]
            reading = ParsedSource(papers=tuple(await self._dated(records)))
            new += (await ingest.take(self.db, name, reading, notify=notify, now=self.now())).new
        return new

    async def _dated(self, records: Sequence[PaperRecord]) -> list[PaperRecord]:
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
        state = _begun(name, before, now)
        since = date.fromisoformat(cursor["since"])
        items = new = 0
        part = oai_set(archive)
        while True:
            try:
                page = await oai_pmh.list_records(
                    self.fetcher,
                    self.oai_url,
                    name="arXiv OAI-PMH",
                    since=since,
                    part=part,
                    token=cursor.get("token"),
                )
            except oai_pmh.TokenExpiredError:
                # From the beginning: what was read already is known by now.
                del cursor["token"]
                await feed_state.save(self.db, state.model_copy(update={"cursor": dict(cursor)}))
                continue
            except (FetchError, XmlError, oai_pmh.OaiError) as error:
                kind: feed_state.FeedStatus = "unreachable" if isinstance(error, FetchError) else "unreadable"
                return await self._failed(state.model_copy(update={"cursor": dict(cursor)}), kind, str(error), ())
            new += await self._take_page(name, page.papers, since)
            items += len(page.papers)
            cursor.setdefault("next", (page.answered or now).astimezone(UTC).date().isoformat())
            cursor["token"] = page.token or ""
            state = state.model_copy(
                update={"items": items, "new": new, "rejected": page.problems or state.rejected, "cursor": dict(cursor)}
            )
            if not page.token:
                break
            await feed_state.save(self.db, state)
        overdue = not items and _is_overdue(since.isoformat(), now, WEEKEND)
        state = state.model_copy(
            update={
                "state": "empty" if overdue else "good",
                "detail": f"no papers since {since}" if overdue else None,
                "last_good": state.last_good if overdue else now,
                "failures": 0,
                "next_try": now + HARVEST_EVERY,
                "cursor": {"since": since.isoformat() if overdue else cursor["next"]},
            }
        )
        await feed_state.save(self.db, state)
        return state

    async def _take_page(self, name: str, records: Sequence[PaperRecord], since: date) -> int:
        oldest = (since - RECENT).isoformat()
        new = 0
        for notify in (True, False):
            chosen = tuple(one for one in records if (one.published is None or one.published >= oldest) == notify)
            new += (await ingest.take(self.db, name, ParsedSource(papers=chosen), notify=notify, now=self.now())).new
        return new

    async def _failed(
        self, state: FeedState, kind: feed_state.FeedStatus, reason: str, problems: Sequence[Problem]
    ) -> FeedState:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(state.failures, 10))
        logger.warning("%s is %s: %s", state.name, kind, reason)
        failed = state.model_copy(
            update={
                "state": kind,
                "detail": reason,
                "new": 0,
                "failures": state.failures + 1,
                "next_try": self.now() + wait,
                "rejected": tuple(problems) or state.rejected,
            }
        )
        await feed_state.save(self.db, failed)
        return failed


def _begun(name: str, before: FeedState | None, now: datetime) -> FeedState:
    if before:
        return before.model_copy(update={"tried": now})
    return FeedState(name=name, state="good", tried=now, next_try=now)


def _arxiv_id(record: PaperRecord) -> Identifier | None:
    return next((one for one in record.identifiers if one.scheme == "arxiv"), None)


def _next_look(now: datetime, every: timedelta, skip_days: frozenset[int] | set[int]) -> datetime:
    """After the usual time; where nothing is announced on that day, at the beginning of the next other one."""
    moment = (now + every).astimezone(ARXIV)
    day = moment.date()
    while day.weekday() in skip_days and len(skip_days) < 7:
        day += timedelta(days=1)
    return moment if day == moment.date() else datetime.combine(day, time(0), ARXIV)


def _is_overdue(last: str | None, now: datetime, skip_days: frozenset[int] | set[int]) -> bool:
    """Whether a whole working day lies between: a batch stands for its own day, and the next may come late."""
    if not last:
        return False
    day, today = date.fromisoformat(last), now.astimezone(ARXIV).date()
    between = ((day + timedelta(days=n)) for n in range(1, (today - day).days))
    return any(one.weekday() not in skip_days for one in between)


async def poll(client: discord.Client, watcher: Watcher) -> None:
    """Ask the feeds when they are due, until it is cancelled."""
    while True:
        if await watcher.round():
            client.dispatch(OUTBOX_CHANGED)
        await asyncio.sleep(LOOK_EVERY_S)
