"""An embedder without a model: the words of a text, hashed to a few dimensions, so that its vectors can be foreseen."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from store.embeddings.embedder import Vectors
from store.text.normalize import fold
from store.text.stems import stem

SYNONYMS = {"car": "automobil", "film": "movi"}
"""Stems that mean the same to it, as words do to a model."""


class HashingEmbedder:
    """Texts that share words, or words that mean the same, have like vectors."""

    def __init__(self, name: str = "hashing", *, dimensions: int = 100) -> None:
        self.name = name
        self.dimensions = dimensions
        self.asked: list[str] = []
        self.is_away = False

    async def embed(self, texts: Sequence[str]) -> Vectors | None:
        """The vectors of these texts; None while it `is_away`."""
        if self.is_away:
            return None
        self.asked += texts
        rows = np.full((len(texts), self.dimensions), 0.01, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in fold(text).split():
                number = zlib.crc32(SYNONYMS.get(stem(word), stem(word)).encode())
                row += np.random.default_rng(number).standard_normal(self.dimensions).astype(np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
