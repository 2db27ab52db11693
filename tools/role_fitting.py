"""Fitting the rhetorical roles: a linear-chain conditional random field with an L2 penalty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.summaries.features import TokenizedAbstract
from store.summaries.rhetorical_roles import ROLES, RoleWeights
from tools.sparse_fitting import Array, Rows, SparseMatrix, minimise, thousandths

CUE_SENTENCES = 5
"""Sentences that a cue needs to have weights."""
PENALTY = 20.0
CUE_FLOOR = 0.1
"""The weight in nats that a cue needs for some role to be kept; the others are fitted again."""


def fit_roles(rows: Sequence[Mapping[str, Any]]) -> RoleWeights:
    """Weights of the roles, from abstracts with `sentences` and `labels`."""
    cues = [[dict.fromkeys(of, 1.0) for of in TokenizedAbstract("", row["sentences"]).role_cues()] for row in rows]
    tags = [[ROLES.index(label) for label in row["labels"]] for row in rows]
    flat = [sentence for abstract in cues for sentence in abstract]
    weights, transitions, matrix = _chain(flat, tags, None)
    kept = [name for name, row in zip(matrix.names, weights, strict=True) if np.abs(row).max() >= CUE_FLOOR]
    weights, transitions, matrix = _chain(flat, tags, kept)
    return RoleWeights(
        {name: tuple(thousandths(row)) for name, row in zip(matrix.names, weights, strict=True)},
        tuple(tuple(thousandths(row)) for row in transitions),
    )


def _chain(flat: Rows, tags: Sequence[Sequence[int]], names: Sequence[str] | None) -> tuple[Array, Array, SparseMatrix]:
    matrix, k = SparseMatrix(flat, CUE_SENTENCES, names), len(ROLES)
    place = -np.ones((len(tags), max(map(len, tags))), dtype=np.int64)
    seen = 0
    for i, abstract in enumerate(tags):
        place[i, : len(abstract)] = range(seen, seen + len(abstract))
        seen += len(abstract)
    mask = place >= 0
    labels = np.array([tag for abstract in tags for tag in abstract])
    target = np.eye(k)[labels]
    observed = np.zeros((k, k))
    for abstract in tags:
        for a, b in pairwise(abstract):
            observed[a, b] += 1
    size = len(matrix.names) * k

    def loss(x: Array) -> tuple[float, Array]:
        weights, transitions = x[:size].reshape(-1, k), x[size:].reshape(k, k)
        own = matrix.dot(weights)
        total, posterior, expected = _forward_backward(own, place, mask, transitions)
        value = total - float((own * target).sum()) - float((transitions * observed).sum())
        value += 0.5 * PENALTY * float((weights**2).sum()) + 0.05 * float((transitions**2).sum())
        slope = matrix.transposed_dot(posterior - target) + PENALTY * weights
        return value, np.concatenate([slope.ravel(), (expected - observed + 0.1 * transitions).ravel()])

    x = minimise(loss, np.zeros(size + k * k), 500)
    return x[:size].reshape(-1, k), x[size:].reshape(k, k), matrix


def _log_sum(x: Array, axis: int) -> Array:
    top = x.max(axis=axis, keepdims=True)
    summed: Array = (top + np.log(np.exp(x - top).sum(axis=axis, keepdims=True))).squeeze(axis)
    return summed


def _forward_backward(
    own: Array, place: NDArray[np.int64], mask: NDArray[np.bool_], transitions: Array
) -> tuple[float, Array, Array]:
    """The log-partition of all abstracts, the posterior of each sentence's roles, and the expected transitions.

    `own` has a row of emissions for each sentence; `place` and `mask`, of shape (abstracts, longest), say which.
    """
    emitted = np.where(mask[:, :, None], own[np.maximum(place, 0)], 0.0)
    ahead, behind, longest = np.zeros_like(emitted), np.zeros_like(emitted), emitted.shape[1]
    ahead[:, 0] = emitted[:, 0]
    for t in range(1, longest):
        reached = _log_sum(ahead[:, t - 1][:, :, None] + transitions, 1) + emitted[:, t]
        ahead[:, t] = np.where(mask[:, t][:, None], reached, ahead[:, t - 1])
    total = _log_sum(ahead[:, -1], 1)
    for t in range(longest - 2, -1, -1):
        reached = _log_sum(transitions + (emitted[:, t + 1] + behind[:, t + 1])[:, None, :], 2)
        behind[:, t] = np.where(mask[:, t + 1][:, None], reached, 0.0)
    posterior = np.zeros_like(own)
    posterior[place[mask]] = np.exp(ahead + behind - total[:, None, None])[mask]
    expected = np.zeros_like(transitions)
    for t in range(1, longest):
        both = ahead[:, t - 1][:, :, None] + transitions + (emitted[:, t] + behind[:, t])[:, None, :]
        expected += np.exp(both - total[:, None, None])[mask[:, t]].sum(0)
    return float(total.sum()), posterior, expected
