"""Fits `store/summaries/weights.json`: `python -m tools.fit_summaries --csabstruct FILE --scitldr FILE --apart FILE …`.

Rhetorical roles: a linear-chain conditional random field, fitted to CSAbstruct's training split. TL;DR: a linear score,
fitted to SciTLDR's training split so that its softmax over the sentences of an abstract comes near to that of their
ROUGE (the mean of R-1, R-2 and R-L F1 with the best reference). Both by L-BFGS with an L2 penalty; n-grams whose weight
ends near zero are dropped, then the others are fitted again and rounded to thousandths.

Abstracts that share a sentence with a file to measure on (`--apart`, the development splits) are left out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.summaries.features import TokenizedAbstract
from store.summaries.rhetorical_roles import ROLES, RoleWeights, role_margins
from tests.bench.rouge import Rouge

SHARPNESS = 5.0
"""Factor on ROUGE (0..1) in the softmax that the score is fitted to. Like the penalties, it was
chosen within the training split."""

Array = NDArray[np.float64]
Rows = Sequence[Mapping[str, float]]


class SparseMatrix:
    """Rows of named values; of all names those that at least `least` rows have, or the given ones."""

    def __init__(self, rows: Rows, least: int, names: Sequence[str] | None = None) -> None:
        if names is None:
            counts = Counter(name for row in rows for name in row)
            names = sorted(name for name, count in counts.items() if count >= least)
        self.names = list(names)
        number = {name: column for column, name in enumerate(self.names)}
        cells = [
            (i, number[name], v) for i, row in enumerate(rows) for name, v in sorted(row.items()) if name in number
        ]
        self.rows = len(rows)
        self.row = np.array([cell[0] for cell in cells], dtype=np.int64)
        self.column = np.array([cell[1] for cell in cells], dtype=np.int64)
        self.value = np.array([cell[2] for cell in cells], dtype=np.float64)

    def dot(self, weights: Array) -> Array:
        """The matrix times `weights`, of shape (columns, outputs)."""
        columns = [
            np.bincount(self.row, self.value * weights[self.column, k], self.rows) for k in range(weights.shape[1])
        ]
        return np.stack(columns, axis=1)

    def transposed_dot(self, gradient: Array) -> Array:
        """The transposed matrix times `gradient`, of shape (rows, outputs)."""
        count = len(self.names)
        columns = [
            np.bincount(self.column, self.value * gradient[self.row, k], count) for k in range(gradient.shape[1])
        ]
        return np.stack(columns, axis=1)


def minimise(function: Callable[[Array], tuple[float, Array]], start: Array, rounds: int) -> Array:
    """L-BFGS with eight pairs and a halving line search (Nocedal and Wright 2006, algorithm 7.5)."""
    x, pairs = start, []  # type: Array, list[tuple[Array, Array]]
    loss, gradient = function(x)
    for _ in range(rounds):
        direction, alphas = gradient.copy(), []
        for s, y in reversed(pairs):
            alphas.append((s @ direction) / (y @ s))
            direction -= alphas[-1] * y
        if pairs:
            s, y = pairs[-1]
            direction *= (s @ y) / (y @ y)
        else:
            direction /= max(1.0, float(np.linalg.norm(gradient)))
        for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
            direction += (alpha - (y @ direction) / (y @ s)) * s
        slope, step = -float(gradient @ direction), 1.0
        for _ in range(25):
            new_loss, new_gradient = function(x - step * direction)
            if new_loss <= loss + 1e-4 * step * slope:
                break
            step /= 2
        else:
            return x
        s, y = -step * direction, new_gradient - gradient
        if s @ y > 1e-10:
            pairs = [*pairs[-7:], (s, y)]
        x, settled = x + s, abs(loss - new_loss) < 1e-8 * max(1.0, abs(loss))
        loss, gradient = new_loss, new_gradient
        if settled:
            return x
    return x


def fit_roles(rows: Sequence[dict[str, Any]], least: int, penalty: float, floor: float) -> RoleWeights:
    """Weights of the roles, from abstracts with `sentences` and `labels`.

    `least` is the number of sentences that a cue needs, `penalty` the L2 penalty, `floor` the weight in nats that a cue
    needs for some role to be kept.
    """
    cues = [[dict.fromkeys(of, 1.0) for of in TokenizedAbstract("", row["sentences"]).role_cues()] for row in rows]
    tags = [[ROLES.index(label) for label in row["labels"]] for row in rows]
    flat = [sentence for abstract in cues for sentence in abstract]
    weights, transitions, matrix = _chain(flat, tags, least, penalty, None)
    kept = [name for name, row in zip(matrix.names, weights, strict=True) if np.abs(row).max() >= floor]
    weights, transitions, matrix = _chain(flat, tags, least, penalty, kept)
    return RoleWeights(
        {name: tuple(_thousandths(row)) for name, row in zip(matrix.names, weights, strict=True)},
        tuple(tuple(_thousandths(row)) for row in transitions),
    )


def _chain(
    flat: Rows, tags: Sequence[Sequence[int]], least: int, penalty: float, names: Sequence[str] | None
) -> tuple[Array, Array, SparseMatrix]:
    matrix, k = SparseMatrix(flat, least, names), len(ROLES)
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
        value += 0.5 * penalty * float((weights**2).sum()) + 0.05 * float((transitions**2).sum())
        slope = matrix.transposed_dot(posterior - target) + penalty * weights
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


def fit_tldr(
    rows: Sequence[dict[str, Any]], roles: RoleWeights, least: int, penalty: float, floor: float
) -> tuple[dict[str, int], dict[str, int]]:
    """Weights for the TL;DR of the features and of the n-grams, in thousandths.

    `rows` are abstracts with `title`, `source` (sentences) and `target` (references); the others as for `fit_roles`.
    """
    flat, rewards, starts, rouge = [], [], [], Rouge()  # type: list[dict[str, float]], list[float], list[int], Rouge
    for row in rows:
        starts.append(len(flat))
        flat += tldr_features(row["title"], row["source"], roles)
        rewards += [sum(rouge.best(row["target"], sentence)) / 3 for sentence in row["source"]]
    first = np.array(starts)
    counts = np.diff([*starts, len(flat)])
    abstract = np.repeat(np.arange(len(starts)), counts)
    wanted = np.exp(SHARPNESS * np.array(rewards))
    wanted /= np.add.reduceat(wanted, first)[abstract]

    def fitted(names: Sequence[str] | None) -> tuple[Array, SparseMatrix]:
        matrix = SparseMatrix(flat, least, names)
        shrink = np.array([penalty if name.startswith("=") else 3.0 for name in matrix.names])

        def loss(x: Array) -> tuple[float, Array]:
            score = matrix.dot(x[:, None])[:, 0]
            score -= np.maximum.reduceat(score, first)[abstract]
            normal = np.add.reduceat(np.exp(score), first)[abstract]
            value = -float((wanted * (score - np.log(normal))).sum()) + 0.5 * float((shrink * x * x).sum())
            return value, matrix.transposed_dot((np.exp(score) / normal - wanted)[:, None])[:, 0] + shrink * x

        return minimise(loss, np.zeros(len(matrix.names)), 500), matrix

    weights, matrix = fitted(None)
    kept = [name for name, w in zip(matrix.names, weights, strict=True) if not name.startswith("=") or abs(w) >= floor]
    weights, matrix = fitted(kept)
    table = dict(zip(matrix.names, _thousandths(weights), strict=True))
    features = {name: w for name, w in table.items() if not name.startswith("=")}
    return features, {name[1:]: w for name, w in table.items() if name.startswith("=")}


def tldr_features(title: str, sentences: Sequence[str], roles: RoleWeights) -> list[dict[str, float]]:
    """Each sentence's features and, after `=`, its n-grams."""
    tokenized = TokenizedAbstract(title, sentences)
    margins = role_margins(tokenized.role_cues(), roles)
    return [
        {name: value / 1000 for name, value in tokenized.features(index, margins).items()}
        | {f"={cue}": 1.0 for cue in tokenized.ngrams[index]}
        for index in range(len(sentences))
    ]


def _thousandths(values: Array) -> list[int]:
    return [round(1000 * float(value)) for value in values]


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def without_shared_sentences(rows: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The abstracts that have no sentence in common with the others."""
    known = {sentence for row in others for sentence in _sentences(row)}
    return [row for row in rows if known.isdisjoint(_sentences(row))]


def _sentences(row: dict[str, Any]) -> list[str]:
    return [" ".join(sentence.lower().split()) for sentence in row.get("sentences") or row["source"]]


def main() -> None:
    """Fit and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csabstruct", type=Path, required=True)
    parser.add_argument("--scitldr", type=Path, required=True)
    parser.add_argument("--apart", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=Path(str(resources.files("store.summaries") / "weights.json")))
    options = parser.parse_args()
    others = [row for path in options.apart for row in read(path)]
    labelled, tldr = (without_shared_sentences(read(path), others) for path in (options.csabstruct, options.scitldr))
    roles = fit_roles(labelled, least=5, penalty=20.0, floor=0.1)
    features, cues = fit_tldr(tldr, roles, least=10, penalty=50.0, floor=0.008)
    rows = {name: [cues.get(name, 0), *roles.cues.get(name, ())] for name in sorted({*cues, *roles.cues})}
    lines = ",\n".join(
        f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}" for name, row in rows.items()
    )
    head = {
        "origin": "fitted by tools/fit_summaries.py to the training splits of SciTLDR (Cachola et al. 2020, "
        "Apache-2.0) and CSAbstruct (Cohan et al. 2019, Apache-2.0); thousandths; cues: [TL;DR, *roles]",
        "roles": ROLES,
        "transitions": roles.transitions,
        "features": features,
    }
    text = json.dumps(head, indent=0, ensure_ascii=False)[:-2] + f',\n"cues": {{\n{lines}\n}}\n}}\n'
    options.out.write_text(text, "utf-8")
    print(f"fitted to {len(labelled)} and {len(tldr)} abstracts")
    print(f"{len(roles.cues)} cues of roles, {len(features)} features and {len(cues)} n-grams: {len(text)} bytes")


if __name__ == "__main__":
    main()
