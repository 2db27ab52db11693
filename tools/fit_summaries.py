"""Fits `store/summaries/weights.json`: `python -m tools.fit_summaries --csabstruct FILE --scitldr FILE --apart FILE …`.

What shares a sentence with a file that it is to be measured on (`--apart`) is left out.

Roles: a linear-chain conditional random field on CSAbstruct's training split. TL;DR: a linear score on SciTLDR's,
whose softmax over an abstract's sentences is fitted to that of their ROUGE (mean of R-1, R-2 and R-L F1 with the best
reference). Both by L-BFGS with an L2 penalty; cues that end near zero are dropped, the rest fitted again and rounded.
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
"""Of the softmax over ROUGE (0..1) that the score is fitted to; as the penalties, chosen within the training split."""

Array = NDArray[np.float64]
Rows = Sequence[Mapping[str, float]]


class Sparse:
    """Rows of named values as a sparse matrix."""

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
        columns = [
            np.bincount(self.row, self.value * weights[self.column, k], self.rows) for k in range(weights.shape[1])
        ]
        return np.stack(columns, axis=1)

    def back(self, gradient: Array) -> Array:
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
    cues = [[dict.fromkeys(of, 1.0) for of in TokenizedAbstract("", row["sentences"]).role_cues()] for row in rows]
    tags = [[ROLES.index(label) for label in row["labels"]] for row in rows]
    flat = [sentence for abstract in cues for sentence in abstract]
    weights, steps, matrix = _chain(flat, tags, least, penalty, None)
    kept = [name for name, row in zip(matrix.names, weights, strict=True) if np.abs(row).max() >= floor]
    weights, steps, matrix = _chain(flat, tags, least, penalty, kept)
    return RoleWeights(
        {name: tuple(_thousandths(row)) for name, row in zip(matrix.names, weights, strict=True)},
        tuple(tuple(_thousandths(row)) for row in steps),
    )


def _chain(
    flat: Rows, tags: Sequence[Sequence[int]], least: int, penalty: float, names: Sequence[str] | None
) -> tuple[Array, Array, Sparse]:
    matrix, k = Sparse(flat, least, names), len(ROLES)
    place = -np.ones((len(tags), max(map(len, tags))), dtype=np.int64)
    seen = 0
    for i, abstract in enumerate(tags):
        place[i, : len(abstract)] = range(seen, seen + len(abstract))
        seen += len(abstract)
    mask = place >= 0
    gold = np.array([tag for abstract in tags for tag in abstract])
    target = np.eye(k)[gold]
    steps = np.zeros((k, k))
    for abstract in tags:
        for a, b in pairwise(abstract):
            steps[a, b] += 1
    size = len(matrix.names) * k

    def loss(x: Array) -> tuple[float, Array]:
        weights, moves = x[:size].reshape(-1, k), x[size:].reshape(k, k)
        own = matrix.dot(weights)
        total, posterior, expected = _forward_backward(own, place, mask, moves)
        value = total - float((own * target).sum()) - float((moves * steps).sum())
        value += 0.5 * penalty * float((weights**2).sum()) + 0.05 * float((moves**2).sum())
        slope = matrix.back(posterior - target) + penalty * weights
        return value, np.concatenate([slope.ravel(), (expected - steps + 0.1 * moves).ravel()])

    x = minimise(loss, np.zeros(size + k * k), 500)
    return x[:size].reshape(-1, k), x[size:].reshape(k, k), matrix


def _log_sum(x: Array, axis: int) -> Array:
    top = x.max(axis=axis, keepdims=True)
    summed: Array = (top + np.log(np.exp(x - top).sum(axis=axis, keepdims=True))).squeeze(axis)
    return summed


def _forward_backward(
    own: Array, place: NDArray[np.int64], mask: NDArray[np.bool_], moves: Array
) -> tuple[float, Array, Array]:
    emitted = np.where(mask[:, :, None], own[np.maximum(place, 0)], 0.0)
    ahead, behind, longest = np.zeros_like(emitted), np.zeros_like(emitted), emitted.shape[1]
    ahead[:, 0] = emitted[:, 0]
    for t in range(1, longest):
        reached = _log_sum(ahead[:, t - 1][:, :, None] + moves, 1) + emitted[:, t]
        ahead[:, t] = np.where(mask[:, t][:, None], reached, ahead[:, t - 1])
    total = _log_sum(ahead[:, -1], 1)
    for t in range(longest - 2, -1, -1):
        reached = _log_sum(moves + (emitted[:, t + 1] + behind[:, t + 1])[:, None, :], 2)
        behind[:, t] = np.where(mask[:, t + 1][:, None], reached, 0.0)
    posterior = np.zeros_like(own)
    posterior[place[mask]] = np.exp(ahead + behind - total[:, None, None])[mask]
    expected = np.zeros_like(moves)
    for t in range(1, longest):
        both = ahead[:, t - 1][:, :, None] + moves + (emitted[:, t] + behind[:, t])[:, None, :]
        expected += np.exp(both - total[:, None, None])[mask[:, t]].sum(0)
    return float(total.sum()), posterior, expected


def fit_choice(
    rows: Sequence[dict[str, Any]], roles: RoleWeights, least: int, penalty: float, floor: float
) -> tuple[dict[str, int], dict[str, int]]:
    """Weights of the features and of the cues, in thousandths."""
    flat, rewards, starts, rouge = [], [], [], Rouge()  # type: list[dict[str, float]], list[float], list[int], Rouge
    for row in rows:
        starts.append(len(flat))
        flat += choice_rows(row["title"], row["source"], roles)
        rewards += [sum(rouge.best(row["target"], sentence)) / 3 for sentence in row["source"]]
    first = np.array(starts)
    counts = np.diff([*starts, len(flat)])
    abstract = np.repeat(np.arange(len(starts)), counts)
    wanted = np.exp(SHARPNESS * np.array(rewards))
    wanted /= np.add.reduceat(wanted, first)[abstract]

    def fitted(names: Sequence[str] | None) -> tuple[Array, Sparse]:
        matrix = Sparse(flat, least, names)
        shrink = np.array([penalty if name.startswith("=") else 3.0 for name in matrix.names])

        def loss(x: Array) -> tuple[float, Array]:
            score = matrix.dot(x[:, None])[:, 0]
            score -= np.maximum.reduceat(score, first)[abstract]
            normal = np.add.reduceat(np.exp(score), first)[abstract]
            value = -float((wanted * (score - np.log(normal))).sum()) + 0.5 * float((shrink * x * x).sum())
            return value, matrix.back((np.exp(score) / normal - wanted)[:, None])[:, 0] + shrink * x

        return minimise(loss, np.zeros(len(matrix.names)), 500), matrix

    weights, matrix = fitted(None)
    kept = [name for name, w in zip(matrix.names, weights, strict=True) if not name.startswith("=") or abs(w) >= floor]
    weights, matrix = fitted(kept)
    table = dict(zip(matrix.names, _thousandths(weights), strict=True))
    features = {name: w for name, w in table.items() if not name.startswith("=")}
    return features, {name[1:]: w for name, w in table.items() if name.startswith("=")}


def choice_rows(title: str, sentences: Sequence[str], roles: RoleWeights) -> list[dict[str, float]]:
    draft = TokenizedAbstract(title, sentences)
    margins = role_margins(draft.role_cues(), roles)
    return [
        {name: value / 1000 for name, value in draft.features(index, margins).items()}
        | {f"={cue}": 1.0 for cue in draft.ngrams[index]}
        for index in range(len(sentences))
    ]


def _thousandths(values: Array) -> list[int]:
    return [round(1000 * float(value)) for value in values]


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def apart(rows: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The abstracts that have no sentence in common with the others."""
    known = {sentence for row in others for sentence in _sentences(row)}
    return [row for row in rows if known.isdisjoint(_sentences(row))]


def _sentences(row: dict[str, Any]) -> list[str]:
    return [" ".join(sentence.lower().split()) for sentence in row.get("sentences") or row["source"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csabstruct", type=Path, required=True)
    parser.add_argument("--scitldr", type=Path, required=True)
    parser.add_argument("--apart", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=Path(str(resources.files("store.summaries") / "weights.json")))
    options = parser.parse_args()
    others = [row for path in options.apart for row in read(path)]
    labelled, tldr = (apart(read(path), others) for path in (options.csabstruct, options.scitldr))
    roles = fit_roles(labelled, least=5, penalty=20.0, floor=0.1)
    features, cues = fit_choice(tldr, roles, least=10, penalty=50.0, floor=0.008)
    rows = {name: [cues.get(name, 0), *roles.cues.get(name, ())] for name in sorted({*cues, *roles.cues})}
    lines = ",\n".join(
        f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}" for name, row in rows.items()
    )
    head = {
        "origin": "fitted by tools/fit_summaries.py to the training splits of SciTLDR (Cachola et al. 2020, "
        "Apache-2.0) and CSAbstruct (Cohan et al. 2019, Apache-2.0); thousandths; cues: [choice, *roles]",
        "roles": ROLES,
        "transitions": roles.transitions,
        "features": features,
    }
    text = json.dumps(head, indent=0, ensure_ascii=False)[:-2] + f',\n"cues": {{\n{lines}\n}}\n}}\n'
    options.out.write_text(text, "utf-8")
    print(f"fitted to {len(labelled)} and {len(tldr)} abstracts")
    print(
        f"{len(roles.cues)} cues of roles, {len(features)} features and {len(cues)} cues of choice: {len(text)} bytes"
    )


if __name__ == "__main__":
    main()
