"""How close papers are to those that subscriptions follow: scoring what is new, previews and explanations.

New papers wait in a table, written in the transaction that stores them. They leave it in the transaction that writes
their matches to the outbox, so that a paper is scored once, whenever the process ends.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from store.catalog import papers
from store.guilds import follows, outbox, own_papers, removed_matches
from store.guilds.explain import Closeness
from store.guilds.following import Following, from_text
from store.guilds.follows import Content, Follow, FollowedPaper
from store.guilds.items import Item
from store.guilds.outbox import NewMatch
from store.guilds.own_papers import EVERYBODY, Owner
from store.models import Frozen, Handle, Paper
from store.people_view import PeopleView
from store.search.matcher import Reason
from store.search.query import Query
from store.similarity.feedback import Vote
from store.similarity.follower_index import FollowerIndex
from store.similarity.profiles import Background, Followed
from store.similarity.terms import Vector, terms_of
from store.similarity.window import SIZE, Scorer, Wanted, Window, scorers
from store.storage.database import Database
from store.text.partial_dates import bounds
from store.text.timestamps import stamp

READ_AT_ONCE = 100
"""Papers or follows that are read with one connection, so that others have their turns."""
MADE_AT_ONCE = 1_000
"""Follows whose scores of the whole window are held at once, 20 MB."""
BATCH = 200
"""New papers that are scored in one transaction."""
KEPT = timedelta(days=1)
"""For how long thresholds hold, unless many papers come: a tenth of the window."""
MOST_OF_AUTHOR = 50
"""Papers of an author that are followed, the newest."""


class _Kept(NamedTuple):
    """What decides for one subscription, at a version of what it follows."""

    version: int
    scorer: Scorer
    followed: frozenset[Handle]


class WouldPost(Frozen):
    """What a subscription would have posted of the papers of the last days: `total` of them, here the first ones."""

    days: int
    looked_at: int
    total: int
    asked: float
    items: tuple[Item, ...]


def followed_paper(paper: Paper, author: str | None = None) -> FollowedPaper:
    """A paper to follow, perhaps because its author is."""
    return FollowedPaper(paper.handle, paper.title, author, _year(paper.published), terms_of(paper))


async def papers_of_author(view: PeopleView, author: Handle, name: str) -> list[FollowedPaper]:
    """The newest papers of an author, to be followed."""
    handles = (await view.papers_of(author))[:MOST_OF_AUTHOR]
    async with view.db.read() as connection:
        known = await own_papers.load_by_handles(connection, view.owner, handles)
    return await asyncio.to_thread(lambda: [followed_paper(paper, name) for paper in known.values()])


class PaperScores:
    """Scores papers for all subscriptions that follow papers, with what it keeps in memory between two questions."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._turn = asyncio.Lock()
        self._window: Window | None = None
        self._made: datetime | None = None
        self._kept: dict[int, _Kept] = {}
        self._seen = 0

    async def score_waiting(self, now: datetime) -> int:
        """Score some of the papers that wait, and record the matches; returns how many papers they were."""
        async with self._turn:
            return await self._score_waiting(now)

    async def _score_waiting(self, now: datetime) -> int:
        async with self._db.read() as connection:
            waiting = await follows.unscored(connection, BATCH)
            following = await follows.every(connection) if waiting else []
        if not waiting:
            return 0
        self._seen += sum(owner == EVERYBODY for _, owner in waiting)
        matches: list[tuple[Follow, Handle, Owner, str]] = []
        if following:
            window = await self.window(now)
            kept = await self._current(following, window)
            new = await self._papers(waiting)
            for follow, owner, paper, score in await asyncio.to_thread(_close, window, following, kept, new):
                async with self._db.read() as connection:
                    content = await follows.content(connection, follow.id)
                reason = _reason(window.background, content.papers, paper, score, kept[follow.id].scorer.asked)
                matches.append((follow, paper.handle, owner, json.dumps([reason.model_dump()])))
        async with self._db.write() as connection:
            taken = await follows.take(connection, waiting)
            present = {follow.id: follow for follow in await follows.every(connection)}
            found = [
                NewMatch(
                    follow.id,
                    handle,
                    present[follow.id].target_id,
                    "held" if present[follow.id].paused else "pending",
                    reasons,
                    stamp(present[follow.id].schedule.due(now)),
                )
                for follow, handle, owner, reasons in matches
                if (handle, owner) in taken and follow.id in present
            ]
            await outbox.record_matches(connection, found, now)
            await removed_matches.drop_hidden(connection, {match.handle for match in found}, now)
        return len(waiting)

    async def window(self, now: datetime) -> Window:
        """The newest papers, read again once a day, and when a tenth of them has come since."""
        kept = self._window
        if kept and self._made and now - self._made < KEPT and 10 * self._seen <= len(kept.handles):
            return kept
        newest = await papers.newest(self._db, SIZE)
        terms: list[Vector] = []
        handles: list[Handle] = []
        for start in range(0, len(newest), READ_AT_ONCE):
            read = await papers.by_handles(self._db, [handle for handle, _ in newest[start : start + READ_AT_ONCE]])
            handles += [paper.handle for paper in read]
            terms += await asyncio.to_thread(_terms, read)
        published = [date for _, date in newest if date]
        made = await asyncio.to_thread(Window.of, handles, terms, published, now.date())
        self._window, self._made, self._kept, self._seen = made, now, {}, 0
        await self._follow_people(now)
        return made

    async def preview(
        self, owner: Owner, what: Sequence[FollowedPaper], query: Following, now: datetime, samples: int
    ) -> WouldPost:
        """What a subscription to these papers would have posted of the window."""
        async with self._turn:
            window = await self.window(now)
        wanted = _wanted(Content(tuple(what), ()), query)
        (scorer,), table = await asyncio.to_thread(scorers, window, [wanted])
        scores = table[:, 0]
        over = [n for n in np.flatnonzero(scores > scorer.asked) if window.handles[n] not in wanted.handles]
        async with self._db.read() as connection:
            known = await own_papers.load_by_handles(connection, owner, [window.handles[n] for n in over[:samples]])
        shown = [(known[handle], float(scores[n])) for n in over if (handle := window.handles[n]) in known]
        return WouldPost(
            days=round(window.days),
            looked_at=len(window.handles),
            total=len(over),
            asked=scorer.asked,
            items=tuple(
                Item(paper=paper, reasons=(_reason(window.background, what, paper, score, scorer.asked),))
                for paper, score in shown
            ),
        )

    async def of(self, subscription_id: int, paper: Paper, now: datetime) -> Closeness | None:
        """How close a paper is to what a subscription follows; None where it follows it, or follows nothing."""
        async with self._turn:
            window = await self.window(now)
            async with self._db.read() as connection:
                following = [one for one in await follows.every(connection) if one.id == subscription_id]
            kept = (await self._current(following, window, others=True)).get(subscription_id)
        if kept is None or paper.handle in kept.followed:
            return None
        vector = window.background.vector(terms_of(paper))
        return Closeness(score=float(FollowerIndex([kept.scorer.profile]).scores(vector)[0]), asked=kept.scorer.asked)

    async def _current(
        self, following: Sequence[Follow], window: Window, *, others: bool = False
    ) -> Mapping[int, _Kept]:
        """What decides for each of these subscriptions, made anew where it changed; without `others` they are all."""
        wanted = {one.id for one in following}
        kept = {number: one for number, one in self._kept.items() if others or number in wanted}
        stale = [one for one in following if one.id not in kept or kept[one.id].version != one.version]
        for start in range(0, len(stale), MADE_AT_ONCE):  # which READ_AT_ONCE divides
            asked: list[tuple[Follow, Content]] = []
            for at in range(start, min(start + MADE_AT_ONCE, len(stale)), READ_AT_ONCE):
                async with self._db.read() as connection:
                    part = stale[at : at + READ_AT_ONCE]
                    asked += [(one, await follows.content(connection, one.id)) for one in part]
            kept |= await asyncio.to_thread(_made, window, [one for one in asked if one[1].papers])
        self._kept = kept
        return kept

    async def _papers(self, waiting: Iterable[tuple[Handle, Owner]]) -> list[tuple[Owner, Paper]]:
        """The papers that wait and are still there, under the handle that they came with."""
        of_owner: dict[Owner, list[Handle]] = defaultdict(list)
        for handle, owner in waiting:
            of_owner[owner].append(handle)
        found = []
        for owner, handles in of_owner.items():
            async with self._db.read() as connection:
                known = await own_papers.load_by_handles(connection, owner, handles)
            found += [(owner, paper) for handle, paper in known.items() if paper.handle == handle]
        return found

    async def _follow_people(self, now: datetime) -> None:
        """Follow what the people who are followed have written since."""
        async with self._db.read() as connection:
            people = await follows.people(connection)
        for subscription_id, owner, author in people:
            view = PeopleView(self._db, owner)
            who = await view.author(author)
            if who is None:
                continue
            async with self._db.read() as connection:
                known = {paper.handle for paper in (await follows.content(connection, subscription_id)).papers}
            of_author = await papers_of_author(view, who.handle, who.name)
            if new := [paper for paper in of_author if paper.handle not in known]:
                async with self._db.write() as connection:
                    await follows.add(connection, subscription_id, new, [])


def _terms(read: Sequence[Paper]) -> list[Vector]:
    return [terms_of(paper) for paper in read]


def _made(window: Window, asked: Sequence[tuple[Follow, Content]]) -> dict[int, _Kept]:
    wanted = [_wanted(content, from_text(follow.query)) for follow, content in asked]
    made = scorers(window, wanted)[0]
    return {
        follow.id: _Kept(follow.version, scorer, one.handles)
        for (follow, _), one, scorer in zip(asked, wanted, made, strict=True)
    }


def _wanted(content: Content, query: Query) -> Wanted:
    return Wanted(
        handles=frozenset(paper.handle for paper in content.papers),
        papers=tuple(Followed(paper.terms, paper.year) for paper in content.papers),
        votes=tuple(Vote(vote.terms, vote.wanted) for vote in content.votes),
        per_day=query.per_day if isinstance(query, Following) else 0,
    )


def _close(
    window: Window, following: Sequence[Follow], kept: Mapping[int, _Kept], new: Sequence[tuple[Owner, Paper]]
) -> list[tuple[Follow, Owner, Paper, float]]:
    """Which papers are close enough for which subscriptions, with the owner for whom they came."""
    able = [follow for follow in following if follow.id in kept]
    index = FollowerIndex([kept[follow.id].scorer.profile for follow in able])
    asked = np.array([kept[follow.id].scorer.asked for follow in able])
    found = []
    for owner, paper in new:
        scores = index.scores(window.background.vector(terms_of(paper)))
        for place in np.flatnonzero(scores > asked):
            follow = able[place]
            if owner in (EVERYBODY, follow.owner) and paper.handle not in kept[follow.id].followed:
                found.append((follow, owner, paper, float(scores[place])))
    return found


def _reason(
    background: Background, followed: Sequence[FollowedPaper], paper: Paper, score: float, asked: float
) -> Reason:
    """Which paper that is followed is the closest."""
    index = FollowerIndex([background.vector(one.terms) for one in followed])
    nearest = followed[int(index.scores(background.vector(terms_of(paper))).argmax())]
    by = f" by {nearest.author}, whom you follow" if nearest.author else ", which you follow"
    return Reason(kind="close", text=f"close to “{nearest.title}”{by} (score {score:.2f}, asked {asked:.2f})")


def _year(published: str | None) -> float | None:
    if published is None:
        return None
    first = bounds(published)[0]
    return first.year + (first.timetuple().tm_yday - 1) / 366
