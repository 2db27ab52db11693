"""The score from which a paper is close enough: the one that lets about so many papers a day through."""

from __future__ import annotations

import numpy as np

from store.similarity.terms import Floats

LEAST = 0.03
"""No paper of a lower score is called close, however few papers come. The bench finds as much as without it, 0.201, and
0.188 with 0.05."""


def threshold(scores: Floats, days: float, per_day: float) -> float:
    """The score above which papers are posted, by those of the papers of some days: at most `per_day` of each.

    Where more papers are wanted than came, all are let through whose score is over `LEAST`.
    """
    allowed = int(per_day * days)
    if allowed >= len(scores):
        return LEAST
    return max(LEAST, float(np.partition(scores, len(scores) - 1 - allowed)[len(scores) - 1 - allowed]))
