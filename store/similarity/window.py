"""The newest papers, by which it is decided what is close: the rarity of terms, and the threshold of each follower."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from store.models import Handle
from store.similarity.feedback import Vote, learned
from store.similarity.follower_index import FollowerIndex, VectorIndex
from store.similarity.profiles import Background, Followed, profile
from store.similarity.terms import Floats, Vector
from store.similarity.threshold import threshold
from store.text.partial_dates import bounds

SIZE = 5_000
"""Papers of a window, three days of arXiv. In the bench 2,000 and 40,000 post a third more than is asked for."""

VECTOR_WEIGHT = 0.2
"""How much the cosine of vectors adds to the score. The bench finds 0.201 without, 0.204 to 0.206 with 0.05 to 0.25 and
0.196 with 0.4."""
ENOUGH_VECTORS = 0.5
"""The share of a window's papers that have vectors, from which they are used: a few do not tell how high scores are."""

Table: TypeAlias = NDArray[np.float32]
"""Scores, with a row for each paper of a window and a column for each follower."""


class Window(NamedTuple):
    """The newest papers as unit vectors of terms, and how many days they are of.

    `embedded` has a row for each whose meaning a model made a vector of, with their places; None where these are few.
    """

    handles: tuple[Handle, ...]
    vectors: tuple[Vector, ...]
    background: Background
    days: float
    embedded: tuple[NDArray[np.intp], Floats] | None = None

    @classmethod
    def of(
        cls,
        handles: Sequence[Handle],
        terms: Sequence[Vector],
        published: Sequence[str],
        today: date,
        vectors: Mapping[Handle, Floats],
    ) -> Window:
        """The window of these papers, whose dates of publication may be of months or years."""
        background = Background.of(terms)
        places = [place for place, handle in enumerate(handles) if handle in vectors]
        enough = bool(places) and len(places) >= ENOUGH_VECTORS * len(handles)
        return cls(
            tuple(handles),
            tuple(map(background.vector, terms)),
            background,
            _days(published, today),
            (np.array(places), np.array([vectors[handles[n]] for n in places])) if enough else None,
        )


class Wanted(NamedTuple):
    """What a follower follows, how they voted on papers, by their terms, and how many papers a day they want.

    `vectors` are those of the papers that have one.
    """

    handles: frozenset[Handle]
    papers: tuple[Followed, ...]
    votes: tuple[Vote, ...]
    per_day: float
    vectors: Floats | None = None


class Scorer(NamedTuple):
    """What decides for a follower: their profile, with what votes taught, and the score that is asked for.

    With `vectors`, `asked_with` is the score that is asked of papers that have one too.
    """

    profile: Vector
    asked: float
    vectors: Floats | None = None
    asked_with: float = 0.0


class Scorers:
    """Scores papers for followers, who are numbered as they are given."""

    def __init__(self, scorers: Sequence[Scorer]) -> None:
        self._index = FollowerIndex([one.profile for one in scorers])
        self._asked = np.array([one.asked for one in scorers], dtype=np.float32)
        self._with = np.array([n for n, one in enumerate(scorers) if one.vectors is not None], dtype=np.intp)
        self._asked_with = np.array([scorers[n].asked_with for n in self._with], dtype=np.float32)
        self._vectors = VectorIndex([vectors for one in scorers if (vectors := one.vectors) is not None])

    def scores(self, paper: Vector, vector: Floats | None) -> tuple[Floats, Floats]:
        """The score of a paper for each follower, and the one that is asked for."""
        scores, asked = self._index.scores(paper), self._asked
        if vector is not None and len(self._with):
            asked = asked.copy()
            asked[self._with] = self._asked_with
            scores[self._with] += VECTOR_WEIGHT * self._vectors.scores(vector)
        return scores, asked


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
    made = [Scorer(*one) for one in zip(profiles, asked, strict=True)]
    if window.embedded is not None:
        _add_vectors(window, wanted, made, table)
    return made, table


def _add_vectors(window: Window, wanted: Sequence[Wanted], made: list[Scorer], table: Table) -> None:
    """Add the cosines of vectors to the scores of papers and followers that have some, and ask for more of them."""
    assert window.embedded is not None
    places, embedded = window.embedded
    able = [n for n, one in enumerate(wanted) if one.vectors is not None]
    index = VectorIndex([vectors for one in wanted if (vectors := one.vectors) is not None])
    for place, vector in zip(places, embedded, strict=True):
        table[place, able] += VECTOR_WEIGHT * index.scores(vector)
    for n in able:
        others = [place for place in places if window.handles[place] not in wanted[n].handles]
        days = window.days * len(places) / len(window.handles)
        made[n] = made[n]._replace(
            vectors=wanted[n].vectors, asked_with=threshold(table[others, n], days, wanted[n].per_day)
        )


def asked_in(window: Window, scorer: Scorer) -> Floats:
    """The score that is asked of each paper of the window."""
    asked = np.full(len(window.handles), scorer.asked, dtype=np.float32)
    if window.embedded is not None and scorer.vectors is not None:
        asked[window.embedded[0]] = scorer.asked_with
    return asked


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
