"""The newest papers, by which it is decided what is close: the rarity of terms, and the threshold of each follower."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from store.models import Handle
from store.similarity.feedback import Vote, learned
from store.similarity.follower_index import FollowerIndex
from store.similarity.profiles import Background, Followed, profile
from store.similarity.terms import Vector
from store.similarity.threshold import threshold
from store.text.partial_dates import bounds

SIZE = 5_000
"""Papers of a window, three days of arXiv. In the bench 2,000 and 40,000 post a third more than is asked for."""

Table: TypeAlias = NDArray[np.float32]
"""Scores, with a row for each paper of a window and a column for each follower."""


class Window(NamedTuple):
    """The newest papers as unit vectors, and how many days they are of."""

    handles: tuple[Handle, ...]
    vectors: tuple[Vector, ...]
    background: Background
    days: float

    @classmethod
    def of(cls, handles: Sequence[Handle], terms: Sequence[Vector], published: Sequence[str], today: date) -> Window:
        """The window of these papers, whose dates of publication may be of months or years."""
        background = Background.of(terms)
        return cls(tuple(handles), tuple(map(background.vector, terms)), background, _days(published, today))


class Wanted(NamedTuple):
    """What a follower follows, how they voted on papers, by their terms, and how many papers a day they want."""

    handles: frozenset[Handle]
    papers: tuple[Followed, ...]
    votes: tuple[Vote, ...]
    per_day: float


class Scorer(NamedTuple):
    """What decides for a follower: their profile, with what votes taught, and the score that is asked for."""

    profile: Vector
    asked: float


def scorers(window: Window, wanted: Sequence[Wanted]) -> tuple[list[Scorer], Table]:
    """What decides for these followers, and their scores of the papers of the window."""
    profiles = [profile(window.background, one.papers) for one in wanted]
    table = _table(window, profiles)
    asked = [_asked(window, one, table[:, place]) for place, one in enumerate(wanted)]
    voters = [place for place, one in enumerate(wanted) if one.votes]
    for place in voters:
        votes = [Vote(window.background.vector(vote.paper), vote.wanted) for vote in wanted[place].votes]
        profiles[place] = learned(profiles[place], votes, asked[place])
    if voters:
        table[:, voters] = _table(window, [profiles[place] for place in voters])
    for place in voters:
        asked[place] = _asked(window, wanted[place], table[:, place])
    return [Scorer(*one) for one in zip(profiles, asked, strict=True)], table


def _table(window: Window, profiles: Sequence[Vector]) -> Table:
    index = FollowerIndex(profiles)
    table = np.zeros((len(window.vectors), len(profiles)), dtype=np.float32)
    for row, vector in zip(table, window.vectors, strict=True):
        row[:] = index.scores(vector)
    return table


def _asked(window: Window, wanted: Wanted, scores: NDArray[np.float32]) -> float:
    """The threshold by the papers that are not followed: those that are would take the place of others."""
    others = [place for place, handle in enumerate(window.handles) if handle not in wanted.handles]
    return threshold(scores[others], window.days, wanted.per_day)


def _days(published: Sequence[str], today: date) -> float:
    """How many days papers of these dates are of, at least one."""
    if not published:
        return 1.0
    last = min(max(bounds(one)[1] for one in published), today)
    return max(1.0, (last - min(bounds(one)[0] for one in published)).days + 1.0)
