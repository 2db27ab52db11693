"""The fitted tables: whole numbers in `weights.json`, which names their origin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from store.summaries.rhetorical_roles import RoleTable


@dataclass(frozen=True)
class Weights:
    """Tables for the roles of sentences and for the choice of a TL;DR, in thousandths."""

    roles: RoleTable
    features: dict[str, int]
    cues: dict[str, int]

    def choice(self, features: dict[str, int], ngrams: set[str]) -> int:
        """How good a TL;DR the sentence is, in millionths; only differences within one abstract mean anything."""
        known, cues = self.features, self.cues
        return sum(known.get(name, 0) * value for name, value in features.items()) + 1000 * sum(
            cues.get(cue, 0) for cue in ngrams
        )


@cache
def weights() -> Weights:
    """Read the tables, once for the process."""
    read = json.loads((resources.files("store.summaries") / "weights.json").read_text("utf-8"))
    roles = {cue: tuple(row[1:]) for cue, row in read["cues"].items() if len(row) > 1}
    choice = {cue: row[0] for cue, row in read["cues"].items() if row[0]}
    transitions = tuple(tuple(row) for row in read["transitions"])
    return Weights(RoleTable(roles, transitions), read["features"], choice)
