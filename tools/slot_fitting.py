"""Fitting the scores of sentences for the slots of a summary: the softmax over an abstract's sentences is made to come
near to what is wanted of them.

- TL;DR: by ROUGE with people's summaries (SciTLDR), by the sentences that state an objective or a method (CSAbstruct),
  and by what people marked as idea or task.
- Result and problem: by the sentences of the role (CSAbstruct), and by what people marked. "Nothing" stands beside the
  sentences, and is wanted where there is no such sentence.

The marks are few. They say what the features weigh, not what n-grams do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from store.summaries.extractive import ROLE_OF_SLOT
from store.summaries.features import TokenizedAbstract, features_of_nothing
from store.summaries.model import SingleSlot, SummaryModel
from store.summaries.rhetorical_roles import RoleWeights, role_margins
from store.summaries.sentence_splitter import split_sentences
from tests.bench.rouge import Rouge
from tests.bench.slots import MARKS, overlaps
from tests.bench.summaries import ROLES_OF, Row
from tools.role_fitting import fit_roles
from tools.sparse_fitting import Array, SparseMatrix, minimise, thousandths

SHARPNESS = 9.0
"""Factor on ROUGE (0..1, the mean of R-1, R-2 and R-L F1) in the softmax that the TL;DR is fitted to. This, the shares
and the penalties were chosen by cross-validation within the training sets."""
SHARES: Mapping[SingleSlot, tuple[float, float]] = {"tldr": (0.2, 0.3), "result": (1.0, 2.0), "problem": (1.0, 3.0)}
"""What an abstract with labelled sentences weighs, and one with marks; one with a summary weighs 1."""
FEATURE_PENALTY = 10.0
NGRAM_PENALTY = 50.0
NGRAM_SENTENCES = 10
"""Abstracts' sentences that an n-gram or a feature needs to have a weight."""
NGRAM_FLOOR = 0.02
"""The weight in nats below which an n-gram is dropped; the others are fitted again."""
_ROLES_CUES_PLACES = (
    "is ",
    "follows ",
    "precedes ",
    "says ",
    "first ",
    "last ",
    "tenth ",
    "place",
    "after ",
    "nothing",
)
"""Beginnings of the features by which results and problems are chosen. With the others they are chosen no better."""
ROLE_FOLDS = 5
"""Margins of the labelled abstracts come from weights that were fitted without them."""


class Example(NamedTuple):
    """An abstract's sentences with their features (n-grams after `=`) and how much each is wanted."""

    sentences: list[dict[str, float]]
    wanted: list[float]
    weight: float


class Material(NamedTuple):
    """Examples for all slots by origin."""

    summarised: list[Example]
    labelled: dict[SingleSlot, list[Example]]
    marked: dict[SingleSlot, list[Example]]


def prepare(summarised: Sequence[Row], labelled: Sequence[Row], marked: Sequence[Row], roles: RoleWeights) -> Material:
    """Take the abstracts apart: those with `target` summaries, with `labels`, and with `spans` that people marked."""
    rouge = Rouge()
    of_summaries = [
        _example(
            described(row["title"], row["source"], roles)[0],
            np.exp([SHARPNESS * sum(rouge.best(row["target"], sentence)) / 3 for sentence in row["source"]]).tolist(),
            1.0,
        )
        for row in summarised
    ]
    material = Material(of_summaries, {slot: [] for slot in SHARES}, {slot: [] for slot in SHARES})
    for fold in range(ROLE_FOLDS):
        others = fit_roles([row for number, row in enumerate(labelled) if number % ROLE_FOLDS != fold])
        for row in labelled[fold::ROLE_FOLDS]:
            features, margins = described("", row["sentences"], others)
            for slot, labels in ROLES_OF.items():
                wanted = [label in labels for label in row["labels"]]
                _add(material.labelled[slot], slot, features, margins, wanted, SHARES[slot][0])
    for row in marked:
        sentences = split_sentences(row["abstract"])
        features, margins = described("", [sentence.text for sentence in sentences], roles)
        dense = [{name: value for name, value in of.items() if not name.startswith("=")} for of in features]
        for slot, marks in MARKS.items():
            wanted = [overlaps(sentence, row, *marks) for sentence in sentences]
            _add(material.marked[slot], slot, dense, margins, wanted, SHARES[slot][1])
    return material


def _add(
    examples: list[Example],
    slot: SingleSlot,
    features: list[dict[str, float]],
    margins: Sequence[Sequence[int]],
    wanted: Sequence[bool],
    weight: float,
) -> None:
    """Add an example; for a slot that may stay empty, with "nothing" behind the sentences."""
    shares = [float(is_wanted) for is_wanted in wanted]
    if slot in ROLE_OF_SLOT:
        nothing = features_of_nothing(ROLE_OF_SLOT[slot], margins)
        features = [_reduced(of_sentence) for of_sentence in (*features, _in_nats(nothing))]
        shares.append(float(not any(wanted)))
    if any(shares):
        examples.append(_example(features, shares, weight))


def _reduced(features: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in features.items() if name.startswith(_ROLES_CUES_PLACES)}


def _example(features: list[dict[str, float]], wanted: Sequence[float], weight: float) -> Example:
    return Example(features, [share / sum(wanted) for share in wanted], weight)


def described(
    title: str, sentences: Sequence[str], roles: RoleWeights
) -> tuple[list[dict[str, float]], list[tuple[int, ...]]]:
    """Each sentence's features and, after `=`, its n-grams; and the margins of their roles."""
    tokenized = TokenizedAbstract(title, sentences)
    margins = role_margins(tokenized.role_cues(), roles)
    features = [
        _in_nats(tokenized.features(index, margins)) | {f"={cue}": 1.0 for cue in tokenized.ngrams[index]}
        for index in range(len(sentences))
    ]
    return features, margins


def _in_nats(features: Mapping[str, int]) -> dict[str, float]:
    return {name: value / 1000 for name, value in features.items()}


def fit_model(material: Material, roles: RoleWeights) -> SummaryModel:
    """The weights of all slots, in thousandths."""
    tldr = _fit([*material.summarised, *material.labelled["tldr"], *material.marked["tldr"]])
    features: dict[SingleSlot, dict[str, int]] = {}
    features["tldr"] = {name: weight for name, weight in tldr.items() if not name.startswith("=")}
    for slot in ROLE_OF_SLOT:
        features[slot] = _fit([*material.labelled[slot], *material.marked[slot]])
    return SummaryModel(roles, features, {name[1:]: w for name, w in tldr.items() if name.startswith("=")})


def _fit(examples: Sequence[Example]) -> dict[str, int]:
    flat = [sentence for example in examples for sentence in example.sentences]
    counts = [len(example.sentences) for example in examples]
    first = np.cumsum([0, *counts[:-1]])
    abstract = np.repeat(np.arange(len(counts)), counts)
    weight = np.array([example.weight for example in examples])[abstract]
    wanted = np.array([share for example in examples for share in example.wanted])

    def fitted(names: Sequence[str] | None) -> tuple[Array, SparseMatrix]:
        matrix = SparseMatrix(flat, NGRAM_SENTENCES, names)
        shrink = np.array([NGRAM_PENALTY if name.startswith("=") else FEATURE_PENALTY for name in matrix.names])

        def loss(x: Array) -> tuple[float, Array]:
            score = matrix.dot(x[:, None])[:, 0]
            score -= np.maximum.reduceat(score, first)[abstract]
            normal = np.add.reduceat(np.exp(score), first)[abstract]
            value = -float((weight * wanted * (score - np.log(normal))).sum()) + 0.5 * float((shrink * x * x).sum())
            slope = matrix.transposed_dot((weight * (np.exp(score) / normal - wanted))[:, None])[:, 0] + shrink * x
            return value, slope

        return minimise(loss, np.zeros(len(matrix.names)), 500), matrix

    weights, matrix = fitted(None)
    kept = [n for n, w in zip(matrix.names, weights, strict=True) if not n.startswith("=") or abs(w) >= NGRAM_FLOOR]
    weights, matrix = fitted(kept)
    return dict(zip(matrix.names, thousandths(weights), strict=True))
