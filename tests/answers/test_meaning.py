"""Sentences that say the same in other words come first where there is a model; without it, words alone decide."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from store import answering, ingest
from store.answers.meaning import COMPARED, by_meaning
from store.answers.question import TermWeights, read_question
from store.answers.ranking import rank
from store.embeddings.semantic_index import SemanticIndex
from store.library import Library
from store.models import ParsedSource
from tests.answers.test_answer import paper
from tests.support.embedders import HashingEmbedder
from tests.support.made import record

QUESTION = "Is a fast car in the film?"
OTHER_WORDS, SAME_WORD = "Fast automobiles in the movie.", "A car stood there for years and years to come."


@pytest.fixture
async def library(empty_file: Path) -> AsyncIterator[Library]:
    library = await Library.open(empty_file)
    abstract = f"{SAME_WORD} {OTHER_WORDS}"
    await ingest.take(library.db, "made", ParsedSource(papers=(record("Cars", abstract=abstract),)))
    yield library
    await library.close()


async def test_the_mean_of_words_and_meaning_decides() -> None:
    asked = read_question(QUESTION)
    ranked = rank(asked, [paper(f"{SAME_WORD} {OTHER_WORDS}", "Silk")], TermWeights(papers=9, holding={"car": 1}))
    closest = await by_meaning(asked, ranked, HashingEmbedder())
    assert closest is not None
    assert {one.sentence.text for one in closest} == {SAME_WORD, OTHER_WORDS}
    gained = {
        one.sentence.text: 2 * one.score - before.score
        for one in closest
        for before in ranked
        if before.sentence == one.sentence
    }
    assert gained[OTHER_WORDS] > 0.5 > gained[SAME_WORD] >= 0


async def test_only_the_best_sentences_are_compared() -> None:
    asked, embedder = read_question(QUESTION), HashingEmbedder()
    ranked = rank(
        asked, [paper(f"Car {number}." + " Car." * 9) for number in range(9)], TermWeights(papers=9, holding={})
    )
    closest = await by_meaning(asked, ranked, embedder)
    assert closest is not None and len(closest) == len(ranked)
    assert len(embedder.asked) == 1 + COMPARED


async def test_nothing_changes_while_the_model_is_away(library: Library) -> None:
    embedder = HashingEmbedder()
    view = replace(library, semantic=SemanticIndex(embedder)).view()
    with_model = await answering.ask(view, QUESTION)
    assert embedder.asked[0] == QUESTION
    embedder.is_away = True
    assert await answering.ask(view, QUESTION) == await answering.ask(library.view(), QUESTION)
    assert with_model.quotes
    assert not (await answering.ask(view, "Do hamsters dream?")).quotes
