"""What subscriptions follow, in the form in which it is kept and compared, and the reasons for what is close to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from store.embeddings import vectors
from store.guilds import own_papers
from store.guilds.following import Following
from store.guilds.follows import Content, FollowedPaper
from store.models import Handle, Paper
from store.people_view import PeopleView
from store.search.matcher import Reason
from store.search.query import Query
from store.similarity.feedback import Vote
from store.similarity.profiles import Background, Followed
from store.similarity.terms import Floats, terms_of
from store.similarity.window import Wanted
from store.storage.connection import Connection
from store.text.partial_dates import bounds

MOST_OF_AUTHOR = 50
"""Papers of an author that are followed, the newest; by choice."""


def followed_paper(paper: Paper, author: str | None = None) -> FollowedPaper:
    """A paper to follow, perhaps because its author is."""
    return FollowedPaper(paper.handle, paper.title, author, _year(paper.published), terms_of(paper))


async def papers_of_author(view: PeopleView, author: Handle, name: str) -> list[FollowedPaper]:
    """The newest papers of an author, to be followed."""
    handles = (await view.papers_of(author))[:MOST_OF_AUTHOR]
    async with view.db.read() as connection:
        known = await own_papers.load_by_handles(connection, view.owner, handles)
    return await asyncio.to_thread(lambda: [followed_paper(paper, name) for paper in known.values()])


async def vectors_of(connection: Connection, papers: Sequence[FollowedPaper]) -> Floats | None:
    """The vectors that a model made of what is followed; None where there are none."""
    found: Mapping[Handle, Floats] = await vectors.of_handles(connection, [paper.handle for paper in papers])
    return np.array(list(found.values()), dtype=np.float32) if found else None


def wanted(content: Content, query: Query, embedded: Floats | None) -> Wanted:
    """What a subscription follows, to be compared with papers."""
    return Wanted(
        handles=frozenset(paper.handle for paper in content.papers),
        papers=tuple(Followed(paper.terms, paper.year) for paper in content.papers),
        votes=tuple(Vote(vote.terms, vote.wanted) for vote in content.votes),
        per_day=query.per_day if isinstance(query, Following) else 0,
        vectors=embedded,
    )


def reason(
    background: Background, followed: Sequence[FollowedPaper], paper: Paper, score: float, asked: float
) -> Reason:
    """Which paper that is followed has the most in common with this one."""
    new = background.vector(terms_of(paper))
    nearest = max(followed, key=lambda one: background.vector(one.terms).dot(new))
    by = f" by {nearest.author}, whom you follow" if nearest.author else ", which you follow"
    return Reason(
        kind="close", text=f"close to “{nearest.title}”{by} (score {score:.2f}, above {asked:.2f})", score=score
    )


def _year(published: str | None) -> float | None:
    if published is None:
        return None
    first = bounds(published)[0]
    return first.year + (first.timetuple().tm_yday - 1) / 366
