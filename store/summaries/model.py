"""The fitted weights in `weights.json`, written by `python -m tools.fit_summaries`: whole numbers, in thousandths."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from store.summaries.rhetorical_roles import RoleWeights

SingleSlot = Literal["tldr", "result", "problem"]
"""A slot of one sentence."""


@dataclass(frozen=True)
class SummaryModel:
    """Weights for the roles of sentences, for a sentence's features in each slot, and for its n-grams as the TL;DR."""

    roles: RoleWeights
    features: Mapping[SingleSlot, Mapping[str, int]]
    ngrams: Mapping[str, int]

    def tldr_score(self, features: Mapping[str, int], ngrams: set[str]) -> int:
        """How good a TL;DR the sentence is, in millionths; only differences within one abstract mean anything.

        `features` are in thousandths; an n-gram is there or not.
        """
        return self.score("tldr", features) + 1000 * sum(self.ngrams.get(ngram, 0) for ngram in ngrams)

    def score(self, slot: SingleSlot, features: Mapping[str, int]) -> int:
        """How well the sentence fits the slot by its features alone; as above."""
        weights = self.features[slot]
        return sum(weights.get(name, 0) * value for name, value in features.items())


@cache
def load_model() -> SummaryModel:
    """Read the weights, once for the process."""
    content = json.loads((resources.files("store.summaries") / "weights.json").read_text("utf-8"))
    # A row is the n-gram's weight for the TL;DR, then, if it says something of roles, its weight for each of them.
    roles = {cue: tuple(row[1:]) for cue, row in content["cues"].items() if len(row) > 1}
    ngrams = {cue: row[0] for cue, row in content["cues"].items() if row[0]}
    transitions = tuple(tuple(row) for row in content["transitions"])
    return SummaryModel(RoleWeights(roles, transitions), content["features"], ngrams)
