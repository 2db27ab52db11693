"""The fitted weights in `weights.json`, written by `python -m tools.fit_summaries`: whole numbers, in thousandths."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from store.summaries.rhetorical_roles import RoleWeights


@dataclass(frozen=True)
class SummaryModel:
    """Weights for the roles of sentences, and for a sentence's features and n-grams as the TL;DR."""

    roles: RoleWeights
    features: dict[str, int]
    ngrams: dict[str, int]

    def tldr_score(self, features: dict[str, int], ngrams: set[str]) -> int:
        """How good a TL;DR the sentence is, in millionths; only differences within one abstract mean anything.

        `features` are in thousandths; an n-gram is there or not.
        """
        of_features = sum(self.features.get(name, 0) * value for name, value in features.items())
        return of_features + 1000 * sum(self.ngrams.get(ngram, 0) for ngram in ngrams)


@cache
def load_model() -> SummaryModel:
    """Read the weights, once for the process."""
    content = json.loads((resources.files("store.summaries") / "weights.json").read_text("utf-8"))
    # A row is the n-gram's weight for the TL;DR, then, if it says something of roles, its weight for each of them.
    roles = {cue: tuple(row[1:]) for cue, row in content["cues"].items() if len(row) > 1}
    ngrams = {cue: row[0] for cue, row in content["cues"].items() if row[0]}
    transitions = tuple(tuple(row) for row in content["transitions"])
    return SummaryModel(RoleWeights(roles, transitions), content["features"], ngrams)
