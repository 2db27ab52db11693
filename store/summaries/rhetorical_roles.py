"""Rhetorical roles of an abstract's sentences: background, objective, method, result, other.

A linear-chain conditional random field (Lafferty et al. 2001) over n-grams and positions, fitted to CSAbstruct's
training split by `python -m tools.fit_summaries`. Weights are whole numbers, so that no machine's rounding can change
a summary.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

Role = Literal["background", "objective", "method", "result", "other"]
ROLES: tuple[Role, ...] = get_args(Role)
BACKGROUND, OBJECTIVE, METHOD, RESULT, OTHER = range(len(ROLES))
CONTRIBUTION = len(ROLES)
"""Index of a sixth margin, after those of the roles: objective or method, against all else."""
_LARGEST = 8000
"""Margins beyond this are as good as certain: 8 nats, one in three thousand."""


@dataclass(frozen=True)
class RoleWeights:
    """Weights in thousandths of a nat, in the order of `ROLES`: of each cue, and of each role after each other one."""

    cues: dict[str, tuple[int, ...]]
    transitions: tuple[tuple[int, ...], ...]


def role_cues(ngrams: set[str], index: int, total: int, length: int) -> list[str]:
    """All cues of sentence `index` (from 0) of `total`, `length` words long: its n-grams, and its position as `@…`."""
    return [
        *ngrams,
        "@",
        f"@first {min(index, 6)}",
        f"@last {min(total - 1 - index, 4)}",
        f"@tenth {10 * index // total}",
        f"@total {min(total, 10)}",
        f"@length {min(length // 5, 9)}",
    ]


def role_margins(cues: Sequence[Sequence[str]], weights: RoleWeights) -> list[tuple[int, ...]]:
    """For each sentence and role, the logarithm of the odds that the sentence has the role, in thousandths of a nat.

    From the chain's marginals: above 0 for a role that is more likely than all others together. The margin of
    `CONTRIBUTION` comes last.
    """
    if not cues:
        return []
    span = range(len(ROLES))
    emissions = [_emission(of_sentence, weights) for of_sentence in cues]
    forward = [emissions[0]]
    for emission in emissions[1:]:
        before = forward[-1]
        forward.append([emission[b] + log_sum(before[a] + weights.transitions[a][b] for a in span) for b in span])
    backward = [[0] * len(ROLES)]
    for emission in reversed(emissions[1:]):
        after = backward[-1]
        backward.append([log_sum(weights.transitions[a][b] + emission[b] + after[b] for b in span) for a in span])
    margins = []
    for ahead, behind in zip(forward, reversed(backward), strict=True):
        own = [a + b for a, b in zip(ahead, behind, strict=True)]
        alone = tuple(own[role] - log_sum(own[:role] + own[role + 1 :]) for role in span)
        contribution = log_sum((own[OBJECTIVE], own[METHOD])) - log_sum((own[BACKGROUND], own[RESULT], own[OTHER]))
        margins.append((*alone, contribution))
    return margins


def log_sum(logarithms: Iterable[int]) -> int:
    """The logarithm of the sum of numbers that are given as logarithms, all in thousandths of a nat."""
    total, *others = logarithms
    for other in others:
        high, low = (total, other) if total > other else (other, total)
        # What is 8 nats smaller adds nothing that is left after rounding.
        total = high if high - low >= _LARGEST else high - _log_probability(high - low)
    return total


@cache
def _log_probability(margin: int) -> int:
    return round(-1000 * math.log1p(math.exp(-margin / 1000)))


def log_probability(margin: int) -> int:
    """The logarithm of the probability whose log-odds are `margin`, both in thousandths of a nat.

    Margins are cut at 8 nats. No result lies so near the middle between two whole numbers that one machine's `exp`
    could round it differently from another's.
    """
    return _log_probability(max(-_LARGEST, min(_LARGEST, margin)))


def _emission(cues: Sequence[str], weights: RoleWeights) -> list[int]:
    """The sum of a sentence's weights for each role."""
    rows = [row for cue in cues if (row := weights.cues.get(cue)) is not None]
    return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * len(ROLES)
