"""The cosine of two texts whose words have weights, and the words that make it."""

from __future__ import annotations

import math
from collections.abc import Mapping


def cosine(first: Mapping[str, float], second: Mapping[str, float]) -> tuple[float, list[str]]:
    """From 0, where no word is shared, to 1, up to rounding; and the shared words, those of most weight first."""
    shared = {word: first[word] * second[word] for word in first.keys() & second.keys()}
    # `fsum` is exact, so that sets may give the words in any order.
    norm = math.sqrt(math.fsum(w * w for w in first.values()) * math.fsum(w * w for w in second.values()))
    value = math.fsum(shared.values()) / norm if norm else 0.0
    return value, sorted(shared, key=lambda word: (-shared[word], word))
