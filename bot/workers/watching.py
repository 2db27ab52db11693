"""Asks services about watched papers: each about once a week, many in a request, within a part of the budgets."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.client import Lectern
from commands.context import OUTBOX_CHANGED, OutsideServices
from seeds.services.refreshing import MOST_AT_ONCE, RefreshingService
from store import ingest
from store.catalog import papers
from store.catalog.evidence import PREPRINT_DOIS
from store.catalog.merge import merge
from store.guilds import watch_checks, watch_news
from store.guilds.watch_checks import Check
from store.models import Fetched, Identifier, Paper
from store.storage.database import Database
from store.text.handles import handle as make_handle

logger = logging.getLogger(__name__)

EVERY, JITTER = timedelta(days=7), timedelta(days=1)
"""Between two times that a paper is asked about, and by how much that differs from paper to paper, by choice: notices
of retraction take weeks to be registered, and papers that were watched on one day are to be spread."""
AGAIN_AFTER = timedelta(days=1)
"""Where a service could not be asked, as Semantic Scholar often cannot without a key."""
SHARE = 4
"""One in so many of the requests that a service may get a day; people who ask come first, by choice."""
MOST_PAPERS = 500
"""That are looked up together: as many as Semantic Scholar takes in a request."""
IDLE_S = 600.0
"""Seconds between two looks at what is due."""
NEW_WITHIN = timedelta(days=60)
"""A paper that came out so long before the watch began counts as new when it cites: services find citations late."""


async def refresh_watched(client: Lectern, db: Database, now: Callable[[], datetime]) -> None:
    """Ask about what is due, until cancelled."""
    while True:
        await refresh_due(client.outside, db, now())
        client.dispatch(OUTBOX_CHANGED)
        await client.pause(IDLE_S)


async def refresh_due(
    outside: OutsideServices, db: Database, now: datetime, chance: random.Random | None = None
) -> int:
    """Ask about the papers that are due; returns how many these were."""
    chance = chance or random.SystemRandom()
    async with db.write() as connection:
        await watch_checks.forget(connection, now)
    async with db.read() as connection:
        due = await watch_checks.due(connection, now, MOST_PAPERS)
        known = await papers.load_by_handles(connection, [one.handle for one in due])
    failed: set[str] = set()
    for service in MOST_AT_ONCE:
        wanted = {one.handle: asked for one in due if (asked := _named(known.get(one.handle), service))}
        for part in _parts(list(wanted.items()), MOST_AT_ONCE[service]):
            answer = await _ask(outside, db, service, [identifier for _, identifier in part], now)
            failed |= {handle for handle, _ in part} if answer is None or answer.failed else set()
    for one in due:
        paper = known.get(one.handle)
        if one.asked and paper and not await _ask_who_cites(outside, db, one, paper, now):
            failed.add(one.handle)
    moments = [
        (one.handle, now + (AGAIN_AFTER if one.handle in failed else EVERY + chance.uniform(-1, 1) * JITTER))
        for one in due
    ]
    async with db.write() as connection:
        await watch_checks.next_at(connection, moments)
    return len(due)


def _named(paper: Paper | None, service: RefreshingService) -> Identifier | None:
    """By which name a service is asked about a paper; None where another one knows it better, or none does."""
    if paper is None:
        return None
    arxiv = next((one for one in paper.identifiers if one.scheme == "arxiv"), None)
    dois = (one for one in paper.identifiers if one.scheme == "doi")
    doi = next((one for one in dois if not one.value.startswith(PREPRINT_DOIS) and "," not in one.value), None)
    match service:
        case "arxiv":
            return arxiv
        case "crossref":
            return doi
        case "s2":
            return None if doi else arxiv


def _parts(wanted: Sequence[tuple[str, Identifier]], size: int) -> list[Sequence[tuple[str, Identifier]]]:
    return [wanted[start : start + size] for start in range(0, len(wanted), size)]


async def _may_ask(outside: OutsideServices, db: Database, service: RefreshingService, now: datetime) -> bool:
    """Whether something is left of the share of the service's budget; then it is taken from it."""
    budget = next((state.budget for state in await outside.states() if state.service == service), 0)
    async with db.write() as connection:
        if (await watch_checks.requests_today(connection, now)).get(service, 0) >= budget // SHARE:
            return False
        await watch_checks.count_request(connection, service, now)
    return True


async def _ask(
    outside: OutsideServices, db: Database, service: RefreshingService, wanted: Sequence[Identifier], now: datetime
) -> Fetched | None:
    """Take in what a service says; None where it may not be asked."""
    if not await _may_ask(outside, db, service, now):
        return None
    answer = await outside.refresh(service, wanted)
    if answer.reason:
        logger.info("Watched papers: %s", answer.reason)
    if answer.parsed.papers:
        name = answer.parsed.papers[0].source.name
        # Who watches a paper is told; to subscriptions it is no new paper.
        await ingest.take(db, name, answer.parsed, notify=False, now=now)
    return answer


async def _ask_who_cites(outside: OutsideServices, db: Database, check: Check, paper: Paper, now: datetime) -> bool:
    """Take in the new papers that cite a paper and are followed by who watches it; False where that is not known."""
    named = _named(paper, "arxiv") or _named(paper, "crossref")
    if named is None:
        return True
    if not await _may_ask(outside, db, "s2", now):
        return False
    answer = await outside.citing(named)
    first = (check.since - NEW_WITHIN).date().isoformat()
    followed = []
    async with db.read() as connection:
        for record in answer.parsed.papers:
            if not record.published or record.published < first[: len(record.published)]:
                continue
            described = merge(make_handle("citing", record.title), [record])
            if await watch_news.followed_by_watchers(connection, check.handle, described):
                followed.append(record)
    if followed:
        parsed = answer.parsed.model_copy(update={"papers": tuple(followed)})
        await ingest.take(db, followed[0].source.name, parsed, notify=False, now=now)
    return not answer.failed
