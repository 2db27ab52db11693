"""A store of the size of the seed documents: what a person would expect is on top."""

from __future__ import annotations

import random

import pytest

from store.lookup import Lookup
from store.text.normalize import fold
from tests.lookup.library import AUTHORS, PAPERS


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("webrl", "WebRL"), ("web rl", "WebRL"), ("long2rag", "Long²RAG"), ("mrben", "MR-Ben"), ("mr ben", "MR-Ben"),
        ("natural code bench", "NaturalCodeBench"), ("debate qa", "DebateQA"), ("chatglm", "ChatGLM"),
        ("knowledg conflits survey", "Knowledge Conflicts"), ("perspectiv taking prompting", "Walking in"),
        ("survey of knowledge conflicts", "Knowledge Conflicts"), ("visual agent", "VisualAgentBench"),
        ("conflicts in large language models", "Knowledge Conflicts"), ("toxicty bias", "Walking in"),
        ("gen key poin recal", "Long²RAG"), ("stereotypes generation inconsistancy", "Bias and Volatility"),
    ],
)  # fmt: skip
async def test_titles_are_found_as_people_type_them(lookup: Lookup, query: str, title: str) -> None:
    hits = await lookup.titles(query)
    assert hits[0].text.startswith(title)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("zehan qui", "Zehan Qi"), ("Qi Zehan", "Zehan Qi"), ("z. qi", "Zehan Qi"), ("ZEHAN  QI", "Zehan Qi"),
        ("qi, z", "Zehan Qi"), ("zian zhou", "Zi'an Zhou"), ("Schuetze", "Hinrich Schütze"), ("schutze", "Hinrich Schütze"),
        ("Joerg Tideman", "Jörg Tiedemann"), ("rongwuxu", "Rongwu Xu"), ("iat iong", "Iat Long Iong"), ("glm", "Team GLM"),
    ],
)  # fmt: skip
async def test_names_are_found_as_people_type_them(lookup: Lookup, query: str, name: str) -> None:
    assert (await lookup.authors(query))[0].text == name


async def test_exact_titles_acronyms_and_names_come_first(lookup: Lookup) -> None:
    for title in PAPERS:
        assert (await lookup.titles(title))[0].text == title
        assert (await lookup.titles(title.upper()))[0].score == 1.0
        acronym, colon, _ = title.partition(":")
        if colon:
            assert (await lookup.titles(acronym))[0].text == title
    for name in AUTHORS:
        assert (await lookup.authors(name))[0].text == name


async def test_every_prefix_from_the_third_letter_on_finds_the_texts_that_start_with_it(lookup: Lookup) -> None:
    for texts, find in ((PAPERS, lookup.titles), (AUTHORS, lookup.authors)):
        for text in texts:
            for length in range(3, len(text) + 1):
                start = fold(text[:length])
                expected = {other for other in texts if fold(other).startswith(start)}
                hits = await find(text[:length])
                assert {hit.text for hit in hits[: len(expected)]} == expected, text[:length]


async def test_one_typing_error_anywhere_does_not_matter(lookup: Lookup) -> None:
    draw = random.Random(1)
    for title in PAPERS:
        for at in draw.sample(range(len(title) - 1), 12):
            for typed in (
                title[:at] + title[at + 1 :],
                title[:at] + title[at + 1] + title[at] + title[at + 2 :],
                title[:at] + "e" + title[at + 1 :],
                title[:at] + "s" + title[at:],
            ):
                assert (await lookup.titles(typed))[0].text == title, typed


async def test_hits_say_which_words_matched(lookup: Lookup) -> None:
    (best, *_) = await lookup.titles("knowledg conflits survey")
    assert best.matched == (("knowledg", "knowledge"), ("conflits", "conflicts"), ("survey", "survey"))


async def test_unknown_words_come_with_suggestions(lookup: Lookup) -> None:
    (unknown,) = await lookup.unknown_words("debatable knowlege")
    assert (unknown.word, unknown.suggestions[0]) == ("knowlege", "knowledge")
    assert await lookup.unknown_words("debatable knowledge") == []
