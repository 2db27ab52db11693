"""Scores of a paper for many followers at once: an inverted index of their profiles, by term, and their vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from store.similarity.terms import TERMS, Floats, Vector


class FollowerIndex:
    """The profiles of followers, who are numbered as they are given."""

    def __init__(self, profiles: Sequence[Vector]) -> None:
        self.followers = len(profiles)
        terms = np.concatenate([one.terms for one in profiles]) if profiles else np.zeros(0, np.int32)
        values = np.concatenate([one.values for one in profiles]) if profiles else np.zeros(0, np.float32)
        owners = np.repeat(np.arange(self.followers, dtype=np.int32), [len(one.terms) for one in profiles])
        order = np.argsort(terms, kind="stable")
        self._owners = owners[order]
        self._values = values[order]
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(terms, minlength=TERMS))])

    def scores(self, paper: Vector) -> Floats:
        """The cosine of the paper, a unit vector, and each follower's profile: from 0 to 1."""
        first, end = self._starts[paper.terms], self._starts[paper.terms + 1]
        sizes = end - first
        # The postings of all terms, one after the other.
        places = np.repeat(first - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        weights = self._values[places] * np.repeat(paper.values, sizes)
        return np.bincount(self._owners[places], weights, self.followers).astype(np.float32)


class VectorIndex:
    """The vectors of what followers follow, where a model made some for each of them."""

    def __init__(self, followed: Sequence[Floats]) -> None:
        sizes = [len(vectors) for vectors in followed]
        self._rows = np.concatenate(followed) if followed else np.zeros((0, 0), np.float32)
        self._starts = np.cumsum([0, *sizes[:-1]]) if followed else np.zeros(0, np.int64)

    def scores(self, vector: Floats) -> Floats:
        """For each follower the cosine of the paper, of length 1, and the nearest one that they follow."""
        if not len(self._starts):
            return np.zeros(0, np.float32)
        return np.asarray(np.maximum.reduceat(self._rows @ vector, self._starts), dtype=np.float32)
