"""Sentences in the order of their meaning, where there is a model that makes vectors of texts."""

from __future__ import annotations

from collections.abc import Sequence

from store.answers.question import Question
from store.answers.ranking import Ranked
from store.embeddings.embedder import Embedder
from store.summaries.extractive import MAX_SENTENCE_LENGTH

COMPARED = 24
"""The best sentences by their terms, which are compared with the question by meaning; a vector of one takes some 12 ms.
With 32, `tests.bench.ask` finds as much."""
LEAST_BY_MEANING = 0.38
"""The least score for an answer, as `store.answers.answer.LEAST_SCORE`: of the claims of `tests.bench.ask`, 0.84 find
nothing then when their abstract is not there; with 0.37 0.82 do, and with 0.40 0.88."""


async def by_meaning(question: Question, ranked: Sequence[Ranked], embedder: Embedder) -> list[Ranked] | None:
    """The sentences by the mean of their score and of the cosine with the question; None where the model is away.

    The cosine counts for the best ones only; a quarter or half of the mean finds about as much.
    """
    texts = [one.sentence.text[:MAX_SENTENCE_LENGTH] for one in ranked[:COMPARED]]
    vectors = await embedder.embed([question.text, *texts])
    if vectors is None:
        return None
    cosines = [max(0.0, float(cosine)) for cosine in vectors[1:] @ vectors[0]] + [0.0] * (len(ranked) - len(texts))
    found = [
        one._replace(score=round((one.score + cosine) / 2, 6)) for one, cosine in zip(ranked, cosines, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.score, one.paper.handle, one.sentence.number))
