"""What watchers are told: each event of a paper once to each, as a scheduled message, in the transaction of the intake.

What is watched because it was posted must not fill a channel: of such news it gets so many a day and the rest on the
days after. What speaks against a paper waits for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from store.catalog.entity_resolution import PaperChange
from store.catalog.paper_events import EventKind, PaperEvent, changes, newly_cited
from store.catalog.records import handles_by_keys
from store.guilds import hidden_papers, post_edits, scheduled_messages, watches
from store.guilds.following import Following, from_text
from store.guilds.own_papers import Owner
from store.guilds.scheduled_messages import NewMessage
from store.guilds.watches import Because, Watcher, Watching
from store.models import Frozen, Handle, Paper
from store.search.matcher import FoldedPaper, Rejection, matches
from store.storage.connection import Connection
from store.text.timestamps import stamp
from store.text.word_differences import Piece, compare

KIND = "watch_news"
UNASKED_A_DAY = 5
"""News of papers that nobody asked to watch that a channel gets a day, by choice: as many as a small digest."""
UNASKED_DAYS = 7
"""For how many days such news are put off where there are more; what still finds no room is left to /why."""
KEPT = timedelta(days=30)
"""How long news are worth telling to a channel that was lost or a person who could not be written to."""
NO_ROOM = "too much happened that week to papers that were posted here"
"""Why such news were dropped."""
HIDDEN = "the paper was hidden here"
URGENT: frozenset[EventKind] = frozenset({"retracted", "withdrawn", "concern"})
"""What speaks against a paper: told at once, and of papers posted at any time."""


class Citing(Frozen):
    """A new paper that cites the watched one, and for which words or names it is followed."""

    handle: Handle
    title: str
    authors: tuple[str, ...]
    query: str


class WatchNews(Frozen):
    """The content of a message: the paper, and what happened to it or who cites it.

    `pieces` is how its abstract changed; None where it did not, or not so that it could be compared.
    """

    handle: Handle
    title: str
    event: PaperEvent | None = None
    pieces: tuple[Piece, ...] | None = None
    citing: Citing | None = None
    because: Because = "asked"


async def tell(connection: Connection, changed: Sequence[PaperChange], now: datetime) -> int:
    """Tell watchers what happened to papers just stored, and whom their authors cite; returns how many messages.

    Old posts of papers that turn out to be withdrawn are to be edited, whoever watches.
    """
    found: dict[Handle, tuple[Paper, tuple[PaperEvent, ...]]] = {}
    for one in changed:
        before = [paper for paper in (one.before, *(gone for _, gone in one.merged)) if paper]
        if events := changes(before, one.after):
            found[one.after.handle] = (one.after, events)
    told = 0
    if found:
        spoken_against = [h for h, (_, events) in found.items() if any(event.kind in URGENT for event in events)]
        await post_edits.add(connection, spoken_against, now)
        for handle, watching in (await watches.watching(connection, found)).items():
            paper, events = found[handle]
            for event in events:
                news = await _news(paper, event)
                for who in watching:
                    told += await _schedule(connection, who, news, event.key, now)
    if await watches.any_asked(connection):
        for change in changed:
            told += await _tell_citing(connection, change, now)
    return told


async def followed_by_watchers(connection: Connection, cited: Handle, paper: Paper) -> bool:
    """Whether somebody who asked to watch a paper follows this one, so that it matters that it cites the first."""
    watching = (await watches.watching(connection, [cited])).get(cited, [])
    return any([await _followed_as(connection, one.watcher, paper) for one in watching if one.asked])


async def drop_hidden(connection: Connection, owner: Owner, handle: Handle) -> int:
    """A paper was hidden: what is still to be told of it in the owner's channels is not told; returns how many."""
    cursor = await connection.execute(
        "UPDATE scheduled_messages SET dropped = ? WHERE owner = ? AND handle = ? AND kind = ?"
        " AND post_id IS NULL AND dropped IS NULL",
        [HIDDEN, owner, handle, KIND],
    )
    return cursor.rowcount


async def _news(paper: Paper, event: PaperEvent) -> WatchNews:
    pieces = None
    if event.kind == "version" and event.abstract_before and paper.abstract:
        pieces = await asyncio.to_thread(compare, event.abstract_before, paper.abstract)
    event = event.model_copy(update={"abstract_before": "" if event.abstract_before else None})
    return WatchNews(handle=paper.handle, title=paper.title, event=event, pieces=pieces)


async def _tell_citing(connection: Connection, change: PaperChange, now: datetime) -> int:
    before = [paper for paper in (change.before, *(gone for _, gone in change.merged)) if paper]
    names = newly_cited(before, change.after)
    if not names:
        return 0
    cited = set((await handles_by_keys(connection, [(one.scheme, one.value) for one in names])).values())
    told = 0
    for handle, watching in (await watches.watching(connection, cited - {change.after.handle})).items():
        for one in watching:
            query = await _followed_as(connection, one.watcher, change.after) if one.asked else None
            if query is None:
                continue
            title = next(w.title for w in await watches.asked_for(connection, one.watcher) if w.handle == handle)
            authors = tuple(author.name for author in change.after.authors[:3])
            citing = Citing(handle=change.after.handle, title=change.after.title, authors=authors, query=query)
            news = WatchNews(handle=handle, title=title, citing=citing)
            told += await _schedule(connection, one, news, f"cited:{change.after.handle}", now)
    return told


async def _followed_as(connection: Connection, watcher: Watcher, paper: Paper) -> str | None:
    """The query by which a channel or person follows a paper, by its words or authors."""
    async with connection.execute(
        "SELECT query FROM subscriptions WHERE deleted IS NULL"
        " AND iif(:person, guild_id = 0 AND creator_id = :person, guild_id = :owner AND target_id = :target)"
        " ORDER BY id",
        {"person": watcher.person_id, "owner": watcher.owner, "target": watcher.target_id},
    ) as rows:
        texts = [row[0] async for row in rows]
    subject = FoldedPaper.of(paper)
    for text in texts:
        query = from_text(text)
        if isinstance(query, Following):
            continue
        verdict = matches(query, subject)
        if verdict is not None and not isinstance(verdict, Rejection):
            return query.canonical()
    return None


async def _schedule(connection: Connection, watching: Watching, news: WatchNews, event_key: str, now: datetime) -> bool:
    watcher, urgent = watching.watcher, news.event is not None and news.event.kind in URGENT
    if not (watching.asked or urgent) and (
        watching.since < stamp(now - watches.UNASKED_FOR) or _is_older(news.event, watching.since)
    ):
        return False
    if news.handle in await hidden_papers.handles(connection, watcher.owner):
        return False
    due: datetime | None = now
    if not (watching.asked or urgent):
        due = await _free_day(connection, watcher, now)
    key = f"watch:{watcher.name}:{news.handle}:{event_key}"
    message = NewMessage(
        key=key,
        owner=watcher.owner,
        kind=KIND,
        content=news.model_copy(update={"because": watching.because}).model_dump_json(exclude_defaults=True),
        reason=_reason(watching),
        due=due or now,
        expires=(due or now) + KEPT,
        target_id=watcher.target_id or None,
        person_id=watcher.person_id or None,
        handle=news.handle,
    )
    is_new = await scheduled_messages.schedule(connection, message)
    if is_new and due is None:
        await scheduled_messages.drop(connection, key, NO_ROOM)
    return is_new and due is not None


def _is_older(event: PaperEvent | None, since: str) -> bool:
    """Whether a notice is from before a moment: a source that is asked for the first time tells of old corrections."""
    date = event.notice.date if event and event.notice else None
    return date is not None and date < since[: len(date)]


async def _free_day(connection: Connection, watcher: Watcher, now: datetime) -> datetime | None:
    """The first day, from now on, on which the watcher is told less than `UNASKED_A_DAY` news; None within a week."""
    prefix = f"watch:{watcher.name}:"
    taken = await scheduled_messages.due_after(connection, prefix, now - timedelta(days=1))
    for day in range(UNASKED_DAYS + 1):
        first, last = (now + timedelta(days=days) for days in (day - 1, day))
        if sum(first < due <= last for due in taken) < UNASKED_A_DAY:
            return now + timedelta(days=day)
    return None


def _reason(watching: Watching) -> str:
    who = "you" if watching.watcher.person_id else "this channel"
    if watching.asked:
        return f"This paper is watched for {who}. End that in /watch."
    is_saved = watching.because == "saved"
    origin = "You saved this paper to a list of the team" if is_saved else f"This paper was posted to {who}"
    return f"{origin}, so what becomes of it is told as well. Turn that off in /watch."
