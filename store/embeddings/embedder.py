"""What makes vectors of texts: a model on this machine, or a service; the store works without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from store.models import Paper

Vectors: TypeAlias = NDArray[np.float32]
"""One vector of length 1 in each row."""


class Embedder(Protocol):
    """A model by which texts of like meaning have vectors with a large cosine."""

    name: str
    """Of the model: vectors of different ones cannot be compared."""

    async def embed(self, texts: Sequence[str]) -> Vectors | None:
        """The vectors of these texts, in order; None where the model cannot be asked now."""
        ...


def text_of(paper: Paper) -> str:
    """What is embedded of a paper."""
    return f"{paper.title}. {paper.abstract or ''}".strip()
