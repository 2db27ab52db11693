"""What votes teach: logistic regression over the terms of the papers voted on, around the profile without votes.

The log odds that a paper is wanted are `STEEPNESS * (score - threshold)` plus what is learned, which is linear in its
terms and has a normal prior (L2, Rasmussen & Williams 2006, algorithm 3.1). So what is learned is a weighted sum of the
papers voted on, and is added to the profile: without votes nothing changes, and one more vote for a paper never lowers
its score.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store.similarity.terms import Vector

STEEPNESS = 10.0
"""Log odds per point of score, before any vote: a paper 0.1 over the threshold is wanted with odds of e to 1."""
VARIANCE = 3.0
"""How far votes may lead: the variance of the log odds that they give to a paper.

Labs that vote for a year find 0.163 in the next with 0.3, 0.190 with 3 and 0.186 with 10, without votes 0.143; with
three times the steepness 0.153, 0.180 and 0.183.
"""
MAX_VOTES = 200
"""Votes that count, the newest, which bounds the work: a system of so many equations."""
_STEPS = 50
"""Steps of Newton's method, at most; it mostly takes five."""
_EXACT = 1e-9
"""A change of coefficients, which are at most 1, that ends them."""


class Vote(NamedTuple):
    """A vote on a paper, which is a unit vector."""

    paper: Vector
    wanted: bool


def learned(profile: Vector, votes: Sequence[Vote], threshold: float) -> Vector:
    """The profile with what the newest votes teach; no more of length 1, as it is to be compared with the threshold."""
    votes = votes[-MAX_VOTES:]
    if not votes:
        return profile
    terms, matrix = _matrix([profile, *(vote.paper for vote in votes)])
    own, papers = matrix[0], matrix[1:]
    coefficients = _coefficients(
        VARIANCE * papers @ papers.T,
        STEEPNESS * (papers @ own - threshold),
        np.array([vote.wanted for vote in votes], dtype=np.float64),
    )
    values = own + VARIANCE / STEEPNESS * coefficients @ papers
    return Vector(terms, values.astype(np.float32))


def _matrix(vectors: Sequence[Vector]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The vectors as rows, over all their terms."""
    terms = np.unique(np.concatenate([one.terms for one in vectors]))
    rows = np.zeros((len(vectors), len(terms)))
    for row, one in zip(rows, vectors, strict=True):
        row[np.searchsorted(terms, one.terms)] = one.values
    return terms, rows


def _coefficients(
    covariance: NDArray[np.float64], prior: NDArray[np.float64], wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The most probable coefficients, at which each is by how much its vote is still unexpected."""

    def loss(coefficients: NDArray[np.float64]) -> float:
        added = covariance @ coefficients
        return float((np.logaddexp(0, prior + added) - wanted * added).sum() + coefficients @ added / 2)

    coefficients = np.zeros(len(wanted))
    for _ in range(_STEPS):
        added = covariance @ coefficients
        expected = np.exp(-np.logaddexp(0, -prior - added))
        certainty = expected * (1 - expected)
        rest = certainty * added + wanted - expected
        step = np.linalg.solve(np.eye(len(wanted)) + certainty[:, None] * covariance, rest) - coefficients
        # Where the curvature changes much, the whole step leads too far.
        while loss(coefficients + step) > loss(coefficients) and float(np.abs(step).max()) > _EXACT:
            step = step / 2
        if float(np.abs(step).max()) <= _EXACT:
            break
        coefficients = coefficients + step
    return coefficients
