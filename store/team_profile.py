"""A team as its papers show it: what came out lately, what its people work on, and who works with whom."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import combinations

from store.author_profile import word_frequencies
from store.guilds import team_members
from store.models import Author, Frozen, Handle, Paper
from store.profiles.key_phrases import phrases_of
from store.profiles.topics import Topic, topics
from store.text.partial_dates import begins_since, shortest_start
from store.view import View

MOST_READ = 500
"""Papers that are read, the newest of each member, which bounds the time."""
MOST_TOPICS = 8


class TeamProfile(Frozen):
    """Members, how many papers they have in all, and what these say; `pairs` have the places of two members in
    `people` and the number of their papers together, the most first."""

    people: tuple[Author, ...]
    papers: int
    new: tuple[Paper, ...]
    topics: tuple[Topic, ...]
    pairs: tuple[tuple[int, int, int], ...]


async def members(view: View) -> list[Author]:
    """The team of the view's owner, by name; somebody who left the store is left out."""
    async with view.db.read() as connection:
        handles = await team_members.handles(connection, view.owner)
    return sorted(await view.authors(handles), key=lambda one: (one.name, one.handle))


async def load(view: View, since: str) -> TeamProfile:
    """The team, with its papers published since a day as new ones."""
    people = await members(view)
    of_each = [await view.papers_of(one.handle) for one in people]
    share = MOST_READ // max(1, len(people))
    read = await view.papers(list(dict.fromkeys(handle for one in of_each for handle in one[:share])))
    read.sort(key=lambda paper: paper.published or "", reverse=True)
    phrases = await asyncio.to_thread(phrases_of, read)
    frequencies = await word_frequencies(view, phrases)
    start = shortest_start(since)
    return TeamProfile(
        people=tuple(people),
        papers=len({handle for one in of_each for handle in one}),
        new=tuple(paper for paper in read if begins_since(paper.published or "", start)),
        topics=tuple(await asyncio.to_thread(topics, phrases, frequencies, MOST_TOPICS)),
        pairs=_pairs(of_each),
    )


async def remove(view: View, handle: Handle) -> None:
    """Take somebody out of the team, under whatever handles they were made a member."""
    async with view.db.read() as connection:
        known = await team_members.handles(connection, view.owner)
    theirs = [one for one in known if (who := await view.author(one)) and who.handle == handle]
    async with view.db.write() as connection:
        await team_members.remove(connection, view.owner, [handle, *theirs])


def _pairs(of_each: Sequence[Sequence[Handle]]) -> tuple[tuple[int, int, int], ...]:
    sets = [set(one) for one in of_each]
    joint = [(one, other, len(sets[one] & sets[other])) for one, other in combinations(range(len(sets)), 2)]
    return tuple(sorted((pair for pair in joint if pair[2]), key=lambda pair: (-pair[2], pair)))
