"""The model of the extra `semantic`; CI runs these tests with it."""

from __future__ import annotations

import pytest

from store.embeddings import minilm

pytestmark = pytest.mark.skipif(not minilm.is_installed(), reason="the extra `semantic` is not installed")


async def test_texts_of_like_meaning_are_near() -> None:
    model = minilm.MiniLM()
    made = await model.embed(["How cars are driven", "Automobile operation", "Parsing with trees", "", "x" * 100_000])
    model.close()
    assert made is not None and made.shape == (5, 384)
    assert made[0] @ made[1] > 0.5 > made[0] @ made[2]
