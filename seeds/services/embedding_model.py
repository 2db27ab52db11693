"""A model of embeddings behind OpenAI's interface: vLLM, Ollama or a hosted one. Needs the extra `llm`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from seeds.services.model_client import REST, TIMEOUT, ModelClient

LARGEST_ANSWER = 10_000_000
"""Bytes of an answer: of 64 texts with 4,096 dimensions each, some 6 MB."""
MOST_TEXTS = 64
"""Texts of one request; by choice."""
MOST_CHARACTERS = 4_000
"""Characters of a text that are sent, which is below what such models read."""


class _Embedding(BaseModel):
    index: int
    embedding: list[float]


class _Answer(BaseModel):
    data: list[_Embedding]


class EmbeddingModel:
    """One model at one address."""

    def __init__(
        self, base_url: str, model: str, api_key: str | None = None, *, timeout: float = TIMEOUT, rest: float = REST
    ) -> None:
        """`timeout` and `rest` are in seconds. Raises `LanguageModelMissingError` without the extra."""
        self.name = model
        self._client = ModelClient("the embedding model", base_url, api_key, timeout=timeout, rest=rest)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """A vector of length 1 for each text; None where the model gave none in time, or rests."""
        found = []
        for start in range(0, len(texts), MOST_TEXTS):
            part = await self._ask([text[:MOST_CHARACTERS] for text in texts[start : start + MOST_TEXTS]])
            if part is None:
                return None
            found.append(part)
        return np.concatenate(found)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def _ask(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        return await self._client.ask(
            lambda client: client.embeddings.with_streaming_response.create(
                model=self.name, input=list(texts), encoding_format="float"
            ),
            lambda body: _unit(_Answer.model_validate_json(body), len(texts)),
            LARGEST_ANSWER,
        )


def _unit(answer: _Answer, number: int) -> NDArray[np.float32]:
    """The vectors in the order of the texts; raises `ValueError` where there is not one for each."""
    by_index = {one.index: one.embedding for one in answer.data}
    rows = np.array([by_index[place] for place in range(number)], dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.all(np.isfinite(rows)) or not np.all(lengths > 0):
        raise ValueError("a vector has no direction")
    return np.asarray(rows / lengths, dtype=np.float32)
