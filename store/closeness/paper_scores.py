"""Scores new papers for the subscriptions that follow papers, previews and explains what is close.

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
from store.closeness.followed import papers_of_author, reason, vectors_of, wanted
from store.embeddings import vectors
from store.guilds import follows, outbox, own_papers, removed_matches
from store.guilds.explain import Closeness
from store.guilds.following import Following, from_text
from store.guilds.follows import Content, Follow, FollowedPaper
from store.guilds.items import Item
from store.guilds.outbox import NewMatch
from store.guilds.own_papers import EVERYBODY, Owner
from store.guilds.schedule import Schedule
from store.guilds.transitions import MatchState
from store.intake_log import operation
from store.models import Frozen, Handle, Paper
from store.people_view import PeopleView
from store.similarity.terms import Floats, Vector, terms_of
from store.similarity.window import SIZE, Scorer, Scorers, Window, asked_in, scorers
from store.storage.database import Database
from store.text.timestamps import stamp

READ_AT_ONCE = 100
"""Papers or follows that are read with one connection, so that others have their turns."""
MADE_AT_ONCE = 1_000
"""Follows whose scores of the whole window are held at once, 20 MB."""
BATCH = 200
"""New papers that are scored in one transaction."""
LOOKED_AT = 2_000
"""Waiting papers among which those are looked for that can be scored: what arXiv announces in a day."""
KEPT = timedelta(days=1)
"""For how long thresholds hold, unless many papers come: a third of the window."""
VECTOR_WAIT = timedelta(minutes=10)
"""How long a new paper waits for its vector, where a model makes some; then it is scored by its words alone."""


class _Kept(NamedTuple):
    """What decides for one subscription, at a version of what it follows."""

    version: int
    scorer: Scorer
    followed: frozenset[Handle]


class _New(NamedTuple):
    """A new paper, for whose subscriptions it came, and its vector where it has one."""

    owner: Owner
    paper: Paper
    vector: Floats | None


class WouldPost(Frozen):
    """What a subscription would have posted of the papers of the last days: `total` of them, here the closest."""

    days: int
    looked_at: int
    total: int
    asked: float
    items: tuple[Item, ...]


class PaperScores:
    """Scores papers, with what it keeps in memory between two questions."""

    def __init__(self, db: Database, *, embeds: bool = False) -> None:
        """`embeds`: a model makes vectors of new papers, which are worth waiting for."""
        self._db = db
        self._embeds = embeds
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
        waiting = await self._waiting(now)
        if not waiting or await operation.behind(self._db):
            return 0  # Papers that this host has not taken in yet are scored later.
        async with self._db.read() as connection:
            following = await follows.every(connection)
        self._seen += sum(owner == EVERYBODY for _, owner in waiting)
        matches: list[tuple[int, Handle, Owner, str]] = []
        if following:
            window = await self._current_window(now)
            kept = await self._current(following, window)
            new = await self._papers(waiting)
            for follow, one, score, asked in await asyncio.to_thread(_close, window, following, kept, new):
                async with self._db.read() as connection:
                    content = await follows.content(connection, follow.id)
                said = reason(window.background, content.papers, one.paper, score, asked)
                matches.append((follow.id, one.paper.handle, one.owner, json.dumps([said.model_dump()])))
        async with self._db.write() as connection:
            taken = await follows.take(connection, waiting)
            present = {follow.id: follow for follow in await follows.every(connection)}
            due = {schedule: stamp(schedule.due(now)) for schedule in {follow.schedule for follow in present.values()}}
            found = [
                _match(present[number], handle, reasons, due)
                for number, handle, owner, reasons in matches
                if (handle, owner) in taken and number in present
            ]
            await outbox.record_matches(connection, found, now)
            await removed_matches.drop_hidden(connection, {match.handle for match in found}, now)
        return len(waiting)

    async def preview(
        self, owner: Owner, what: Sequence[FollowedPaper], query: Following, now: datetime, samples: int
    ) -> WouldPost:
        """What a subscription to these papers would have posted of the window."""
        async with self._turn:
            window = await self._current_window(now)
        async with self._db.read() as connection:
            one = wanted(Content(tuple(what), ()), query, await vectors_of(connection, what))
        (scorer,), table = await asyncio.to_thread(scorers, window, [one])
        scores, asked = table[:, 0], asked_in(window, scorer)
        over = [n for n in np.flatnonzero(scores > asked) if window.handles[n] not in one.handles]
        over.sort(key=lambda n: -scores[n])
        async with self._db.read() as connection:
            known = await own_papers.load_by_handles(connection, owner, [window.handles[n] for n in over[:samples]])
        shown = [(known[handle], n) for n in over[:samples] if (handle := window.handles[n]) in known]
        return WouldPost(
            days=round(window.days),
            looked_at=len(window.handles),
            total=len(over),
            asked=float(asked.max(initial=0)),
            items=tuple(
                Item(paper=paper, reasons=(reason(window.background, what, paper, float(scores[n]), float(asked[n])),))
                for paper, n in shown
            ),
        )

    async def of(self, subscription_id: int, paper: Paper, now: datetime) -> Closeness | None:
        """How close a paper is to what a subscription follows; None where it follows it, or follows nothing."""
        async with self._turn:
            window = await self._current_window(now)
            async with self._db.read() as connection:
                following = [one for one in await follows.every(connection) if one.id == subscription_id]
                embedded = (await vectors.of_handles(connection, [paper.handle])).get(paper.handle)
            kept = (await self._current(following, window, others=True)).get(subscription_id)
        if kept is None or paper.handle in kept.followed:
            return None
        scores, asked = Scorers([kept.scorer]).scores(window.background.vector(terms_of(paper)), embedded)
        return Closeness(score=float(scores[0]), asked=float(asked[0]))

    async def _waiting(self, now: datetime) -> list[tuple[Handle, Owner]]:
        """Papers to score now: those whose vectors are still being made wait a little longer."""
        async with self._db.read() as connection:
            came = await follows.unscored(connection, LOOKED_AT)
            young = [handle for handle, _, moment in came if moment > now - VECTOR_WAIT]
            awaited = await vectors.waiting(connection, young) if self._embeds else set()
        return [(handle, owner) for handle, owner, _ in came if handle not in awaited][:BATCH]

    async def _current_window(self, now: datetime) -> Window:
        """The newest papers, read again once a day, and when a third of them has come since."""
        kept = self._window
        if kept and self._made and now - self._made < KEPT and 3 * self._seen <= len(kept.handles):
            return kept
        newest = await papers.newest(self._db, SIZE)
        terms: list[Vector] = []
        handles: list[Handle] = []
        embedded: dict[Handle, Floats] = {}
        for start in range(0, len(newest), READ_AT_ONCE):
            part = [handle for handle, _ in newest[start : start + READ_AT_ONCE]]
            async with self._db.read() as connection:
                read = list((await own_papers.load_by_handles(connection, EVERYBODY, part)).values())
                embedded.update(await vectors.of_handles(connection, [paper.handle for paper in read]))
            handles += [paper.handle for paper in read]
            terms += await asyncio.to_thread(_terms, read)
        published = [date for _, date in newest if date]
        made = await asyncio.to_thread(Window.of, handles, terms, published, now.date(), embedded)
        self._window, self._made, self._kept, self._seen = made, now, {}, 0
        await self._follow_people()
        return made

    async def _current(
        self, following: Sequence[Follow], window: Window, *, others: bool = False
    ) -> Mapping[int, _Kept]:
        """What decides for each of these subscriptions, made anew where it changed; without `others` they are all."""
        numbers = {one.id for one in following}
        kept = {number: one for number, one in self._kept.items() if others or number in numbers}
        stale = [one for one in following if one.id not in kept or kept[one.id].version != one.version]
        for start in range(0, len(stale), MADE_AT_ONCE):  # which READ_AT_ONCE divides
            asked: list[tuple[Follow, Content, Floats | None]] = []
            for at in range(start, min(start + MADE_AT_ONCE, len(stale)), READ_AT_ONCE):
                async with self._db.read() as connection:
                    for one in stale[at : at + READ_AT_ONCE]:
                        content = await follows.content(connection, one.id)
                        asked.append((one, content, await vectors_of(connection, content.papers)))
            kept |= await asyncio.to_thread(_made, window, [one for one in asked if one[1].papers])
        self._kept = kept
        return kept

    async def _papers(self, waiting: Iterable[tuple[Handle, Owner]]) -> list[_New]:
        """The papers that wait and are still there, under the handle that they came with."""
        of_owner: dict[Owner, list[Handle]] = defaultdict(list)
        for handle, owner in waiting:
            of_owner[owner].append(handle)
        found = []
        for owner, handles in of_owner.items():
            async with self._db.read() as connection:
                known = await own_papers.load_by_handles(connection, owner, handles)
                embedded = await vectors.of_handles(connection, handles)
            found += [
                _New(owner, paper, embedded.get(handle)) for handle, paper in known.items() if paper.handle == handle
            ]
        return found

    async def _follow_people(self) -> None:
        """Follow what the people who are followed have written since, but for what is still to be scored."""
        async with self._db.read() as connection:
            people = await follows.people(connection)
        for subscription_id, owner, author in people:
            view = PeopleView(self._db, owner)
            who = await view.author(author)
            if who is None:
                continue
            async with self._db.read() as connection:
                known = {paper.handle for paper in (await follows.content(connection, subscription_id)).papers}
                known |= {handle for handle, _, _ in await follows.unscored(connection, None)}
            of_author = await papers_of_author(view, who.handle, who.name)
            if new := [paper for paper in of_author if paper.handle not in known]:
                async with self._db.write() as connection:
                    await follows.add(connection, subscription_id, new, [])


def _match(follow: Follow, handle: Handle, reasons: str, due: Mapping[Schedule, str]) -> NewMatch:
    state: MatchState = "held" if follow.paused else "pending"
    return NewMatch(follow.id, handle, follow.target_id, state, reasons, due[follow.schedule])


def _terms(read: Sequence[Paper]) -> list[Vector]:
    return [terms_of(paper) for paper in read]


def _made(window: Window, asked: Sequence[tuple[Follow, Content, Floats | None]]) -> dict[int, _Kept]:
    given = [wanted(content, from_text(follow.query), embedded) for follow, content, embedded in asked]
    made = scorers(window, given)[0]
    return {
        follow.id: _Kept(follow.version, scorer, one.handles)
        for (follow, _, _), one, scorer in zip(asked, given, made, strict=True)
    }


def _close(
    window: Window, following: Sequence[Follow], kept: Mapping[int, _Kept], new: Sequence[_New]
) -> list[tuple[Follow, _New, float, float]]:
    """Which papers are close enough for which subscriptions, with their scores and those that were asked for."""
    able = [follow for follow in following if follow.id in kept]
    terms = [window.background.vector(terms_of(one.paper)) for one in new]
    found = []
    # In parts, as numpy lets no other thread run while it works on some arrays.
    for start in range(0, len(able), MADE_AT_ONCE):
        part = able[start : start + MADE_AT_ONCE]
        index = Scorers([kept[follow.id].scorer for follow in part])
        for one, vector in zip(new, terms, strict=True):
            scores, asked = index.scores(vector, one.vector)
            for place in np.flatnonzero(scores > asked):
                follow = part[place]
                if one.owner in (EVERYBODY, follow.owner) and one.paper.handle not in kept[follow.id].followed:
                    found.append((follow, one, float(scores[place]), float(asked[place])))
    return found
