"""What is particular to the papers that somebody follows, beside the newest papers of the catalogue.

A term's weight is its relevance weight (Robertson & Spärck Jones 1976): how much likelier it is in a followed paper
than in any. Among the ways that were compared on labs of `tests.bench.close_to_us`, centroids of TF-IDF weights found
0.19 of what they wrote later, the closest single paper 0.17, and these weights 0.21.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store.similarity.terms import TERMS, Vector

HALF_LIFE = 2.0
"""Years by which a followed paper counts half of the newest one. The bench finds 0.201 with 2, 0.198 with 3, 0.191 with
1 and 0.173 where all count alike; four of its five parts choose 2."""
PROFILE_TERMS = 500
"""Terms of a profile, those of most weight. The bench finds 0.201; with 100 0.179, with 300 0.195, with all 0.202."""

LEAST_BACKGROUND = 1_000
"""A background of fewer papers counts as one of so many, the others without any of its terms: by choice, so that in a
store of a few papers a word that two of them have is not common."""


class Followed(NamedTuple):
    """A paper that is followed: its terms, and the year of its publication with a fraction, where that is known."""

    terms: Vector
    year: float | None


class Background:
    """In how many of some papers, mostly the newest of the catalogue, each term is."""

    def __init__(self, papers: int, counts: NDArray[np.int32]) -> None:
        self.papers = papers
        self.counts = counts

    @classmethod
    def of(cls, papers: Iterable[Vector]) -> Background:
        """Counted over these papers, which are taken for `LEAST_BACKGROUND` where they are fewer."""
        counts = np.zeros(TERMS, dtype=np.int32)
        number = 0
        for number, paper in enumerate(papers, 1):  # noqa: B007
            counts[paper.terms] += 1
        return cls(max(number, LEAST_BACKGROUND), counts)

    def vector(self, paper: Vector) -> Vector:
        """The terms of a paper with their TF-IDF weights (Salton & Buckley 1988), of length 1."""
        rarity = np.log((self.papers + 1) / np.maximum(self.counts[paper.terms], 1))
        return Vector(paper.terms, (paper.values * rarity).astype(np.float32)).unit()


def profile(background: Background, papers: Sequence[Followed]) -> Vector:
    """The terms of most weight of the papers followed, of length 1. The order of the papers does not matter."""
    weights = _recency([paper.year for paper in papers])
    terms, places = np.unique(np.concatenate([paper.terms.terms for paper in papers]), return_inverse=True)
    inside = np.bincount(places, np.repeat(weights, [len(paper.terms.terms) for paper in papers]), len(terms))
    total, count = weights.sum(), background.counts[terms]
    odds = (inside + 0.5) / (np.maximum(total - inside, 0) + 0.5)
    odds *= (np.maximum(background.papers - count, 0) + 0.5) / (count + 0.5)
    # A term that one of many papers has says less of them than its odds do.
    relevance = np.maximum(np.log(odds), 0) * np.sqrt(inside / total)
    if len(terms) > PROFILE_TERMS:
        strongest = np.sort(np.argsort(-relevance, kind="stable")[:PROFILE_TERMS])
        terms, relevance = terms[strongest], relevance[strongest]
    return Vector(terms.astype(np.int32), relevance.astype(np.float32)).unit()


def _recency(years: Sequence[float | None]) -> NDArray[np.float64]:
    """The weights of papers: the newest weighs 1, and one whose year is not known as little as the oldest."""
    known = [year for year in years if year is not None] or [0.0]
    age = max(known) - np.array([min(known) if year is None else year for year in years])
    return np.asarray(0.5 ** (age / HALF_LIFE))
