"""Fits the weights of `store/catalog/author_disambiguation.py`: `python -m tools.fit_people --records FILE`.

FILE is that of `tests.bench.people`. A logistic regression with an L2 penalty is fitted to pairs of groups of a name's
papers: first what shares co-authors, then with more and more of each person's groups united, as they are while the rule
works. Each name counts by its papers up to `MOST_PAPERS`. Prints the weights, and the bench's figures over names that
were left out in fitting (five folds), by the threshold.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from store.catalog import author_disambiguation
from store.catalog.author_disambiguation import Part, parts_of
from store.catalog.person_evidence import Appearance, Collection, Evidence, contradicts, measure
from tests.bench import people

FOLDS = 5
ROUNDS = 4
MOST_PAPERS = 60
PENALTY = 1.0
THRESHOLDS = (-0.5, 0.0, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)

Array = NDArray[np.float64]


class Sample:
    """Pairs of groups: a constant, the logarithm of the namesakes, evidence; whether they are one; their weights."""

    def __init__(self, row: people.Row, known: Collection, draw: random.Random) -> None:
        self.rows: list[tuple[float, ...]] = []
        self.same: list[float] = []
        self.weights: list[float] = []
        papers = people.appearances(row)
        parts, namesakes = parts_of(papers, known)
        truth = [paper["person"] for paper in row["papers"]]
        for _ in range(ROUNDS):
            self._add(parts, truth, math.log(namesakes), min(len(papers), MOST_PAPERS))
            parts = more_united(parts, truth, draw)

    def _add(self, parts: Sequence[Part], truth: Sequence[str], common: float, worth: int) -> None:
        compared = [pair for pair in combinations(parts, 2) if not contradicts(pair[0].group, pair[1].group)]
        sizes = [math.sqrt(len(one.papers) * len(other.papers)) for one, other in compared]
        for (one, other), size in zip(compared, sizes, strict=True):
            self.rows.append((1.0, common, *measure(one.group, other.group)))
            self.same.append(float(bearer(one, truth) == bearer(other, truth)))
            self.weights.append(worth * size / sum(sizes))


def bearer(part: Part, truth: Sequence[str]) -> str:
    """The person of most papers of a part."""
    return Counter(truth[paper] for paper in part.papers).most_common(1)[0][0]


def more_united(parts: Sequence[Part], truth: Sequence[str], draw: random.Random) -> list[Part]:
    """The parts with about half of what is left to unite of each person united at random."""
    of_person: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        of_person[bearer(part, truth)].append(part)
    united = []
    for own in of_person.values():
        draw.shuffle(own)
        while len(own) > 1 and draw.random() < 0.5:
            own.insert(draw.randrange(len(own) - 1), own.pop().joined(own.pop()))
        united += own
    return united


def fitted(samples: Sequence[Sample]) -> Array:
    """Weights of a logistic regression by Newton's method; the constant is not penalised."""
    rows = np.array([row for sample in samples for row in sample.rows])
    same = np.array([value for sample in samples for value in sample.same])
    weights = np.array([value for sample in samples for value in sample.weights])
    scale = rows.std(axis=0)
    scale[scale == 0] = 1.0
    rows = rows / scale
    penalty = np.eye(rows.shape[1]) * PENALTY
    penalty[0, 0] = 0.0
    found = np.zeros(rows.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (weights * (likely - same)) + penalty @ found
        curve = (rows * (weights * likely * (1 - likely))[:, None]).T @ rows + penalty
        found -= np.linalg.solve(curve + np.eye(len(found)) * 1e-9, slope)
    result: Array = found / scale
    return result


def main() -> None:
    """Print weights and figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True)
    rows = people.read(parser.parse_args().records)
    known = people.collection(rows)
    draw = random.Random(1)
    samples = [Sample(row, known, draw) for row in rows]
    show("all names", fitted(samples))
    figures: dict[float, list[tuple[float, float, float]]] = defaultdict(list)
    for fold in range(FOLDS):
        weights = fitted([sample for number, sample in enumerate(samples) if number % FOLDS != fold])
        show(f"without fold {fold + 1}", weights)
        for row in rows[fold::FOLDS]:
            papers = people.appearances(row)
            right = people.pairs([paper["person"] for paper in row["papers"]])
            for threshold in THRESHOLDS:
                said = people.pairs(divided(papers, known, weights, threshold))
                figures[threshold].append(people.measured(said, right))
    for threshold, of_names in figures.items():
        means = [fmean(kind) for kind in zip(*of_names, strict=True)]
        print(f"from {threshold:5.2f}: precision {means[0]:.3f}, recall {means[1]:.3f}, F1 {means[2]:.3f}")


def divided(papers: Sequence[Appearance], known: Collection, weights: Array, threshold: float) -> list[object]:
    """The person of each paper by other weights."""
    base, common_name, *evidence = map(float, weights)
    with patch.multiple(
        author_disambiguation, BASE=base, COMMON_NAME=common_name, WEIGHTS=Evidence(*evidence), SURE=threshold
    ):
        return people.lectern(papers, known)


def show(what: str, weights: Array) -> None:
    """Print weights by name."""
    names = ("base", "common_name", *Evidence._fields)
    print(f"{what}: " + ", ".join(f"{name} {value:.2f}" for name, value in zip(names, weights, strict=True)))


if __name__ == "__main__":
    main()
