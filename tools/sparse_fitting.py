"""Fitting linear models of many named features: a sparse matrix and L-BFGS, with numpy alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

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


def thousandths(values: Array) -> list[int]:
    return [round(1000 * float(value)) for value in values]
