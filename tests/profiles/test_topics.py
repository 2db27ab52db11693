"""Topics are phrases that really stand in the papers named for them, and tell these from the rest of the store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.catalog.merge import merge
from store.models import Paper
from store.profiles.key_phrases import phrases_of
from store.profiles.topics import Topic, WordFrequencies, topics
from store.text.handles import handle
from store.text.normalize import fold
from tests.support.made import record

WORDS = "parsing dependency neural the of machine translation for we LLMs Low-Rank tensors results models 2019".split()
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)


def paper(title: str, abstract: str | None = None) -> Paper:
    return merge(handle("paper", title, abstract or ""), [record(title, abstract=abstract)])


def found(*papers: Paper, titles: int = 1000, counts: dict[str, int] | None = None, limit: int = 5) -> list[Topic]:
    frequencies = WordFrequencies(titles=titles, counts=counts or {})
    return topics(phrases_of(papers), frequencies, limit)


def written(title: str, abstract: str | None = None) -> set[str]:
    return set(phrases_of([paper(title, abstract)])[0].written.values())


def test_a_phrase_stands_between_stop_words_and_ends_with_what_it_is_about() -> None:
    assert written("Neural Machine Translation of Dutch") == {
        "Neural Machine Translation",
        "Machine Translation",
        "Translation",
        "Dutch",
    }


def test_a_phrase_neither_begins_nor_ends_with_a_word_that_every_paper_may_have() -> None:
    assert written("A Novel Approach to Sentence Compression: Results") == {"Sentence Compression", "Compression"}
    assert written("Question Answering Systems") == {"Question Answering", "Answering"}


def test_of_an_abstract_only_those_count_that_a_title_has() -> None:
    first, second = phrases_of([paper("Silk", "Weaving silk on looms."), paper("Looms", "Weaving.")])
    assert dict(first.written) == {"silk": "Silk", "loom": "looms"}
    assert dict(second.written) == {"loom": "Looms"}


def test_addresses_are_no_phrases() -> None:
    assert written("Parsing: see https://github.com/ada/parser for it") == {"Parsing", "see"}


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (("Dependency Parsers", "A dependency parser", "One dependency parser"), "dependency parser"),
        (("Prompting LLMs", "Prompting LLMs in Python"), "prompting LLMs"),
        (("Low-Rank Tensors", "Low-Rank Tensors of Rank Two"), "low-rank tensors"),
        (("MULTIMEDIA EXPLANATION", "On MULTIMEDIA EXPLANATION"), "multimedia explanation"),
    ],
)
def test_a_topic_is_written_as_people_write_it_in_a_sentence(titles: tuple[str, ...], shown: str) -> None:
    (topic,) = found(*map(paper, titles), limit=1)
    assert topic.phrase == shown
    assert len(topic.papers) == len(titles)


def test_a_phrase_of_one_paper_is_no_topic() -> None:
    assert found(paper("Sentence Compression"), paper("Lexical Choice")) == []


def test_what_stands_in_abstracts_only_is_no_topic() -> None:
    assert found(paper("Ants", "A smoothing kernel."), paper("Bees", "A smoothing kernel.")) == []


def test_one_word_has_to_stand_in_three_titles_and_must_not_be_common() -> None:
    three = paper("Wiktionary for All"), paper("Mining in Wiktionary"), paper("Wiktionary and Bees")
    assert [one.phrase for one in found(*three)] == ["wiktionary"]
    assert found(*three, counts={"wiktionary": 51}) == []
    assert found(*three[:2], paper("Ants", "Words of Wiktionary.")) == []


def test_names_keep_the_capital_that_running_text_gives_them() -> None:
    titles = [paper(f"{name} for Chinese Word Segmentation") for name in ("Ants", "Bees")]
    assert [one.phrase for one in found(*titles)] == ["chinese word segmentation"], "of which titles say nothing"
    told = [
        paper(one.title, "We look at Chinese word segmentation. Chinese word segmentation is hard.") for one in titles
    ]
    assert [one.phrase for one in found(*told)] == ["Chinese word segmentation"]
    sentences = [paper(f"{name} for Chinese word segmentation") for name in ("Ants", "Bees")]
    assert [one.phrase for one in found(*sentences)] == ["Chinese word segmentation"]
    begins = [paper(one.title, "Word segmentation of ants. We segment: word segmentation.") for one in titles]
    assert found(*begins)[0].phrase == "chinese word segmentation"


def test_what_is_rarer_in_the_store_comes_first() -> None:
    papers = [paper(f"{name} with Machine Translation and Markov Logic") for name in ("Ants", "Bees")]
    rare_logic = {"machine": 100, "translation": 100, "markov": 3, "logic": 40}
    assert [one.phrase for one in found(*papers, counts=rare_logic)] == ["markov logic", "machine translation"]
    assert [one.phrase for one in found(*papers, counts={**rare_logic, "markov": 400, "logic": 400})] == [
        "machine translation",
        "markov logic",
    ]


def test_a_longer_phrase_takes_the_place_of_its_parts() -> None:
    papers = [paper(f"{name} in Named Entity Recognition") for name in ("Ants", "Bees", "Wasps")]
    assert [one.phrase for one in found(*papers)] == ["named entity recognition"]


def test_without_an_index_there_are_no_topics() -> None:
    assert found(paper("Markov Logic"), paper("More on Markov Logic"), titles=0) == []


@given(st.lists(st.tuples(texts, texts), max_size=8))
def test_each_paper_of_a_topic_has_it_in_one_of_its_spellings(given_texts: list[tuple[str, str]]) -> None:
    papers = {one.handle: one for one in (paper(*both) for both in given_texts)}
    for topic in found(*papers.values()):
        assert fold(topic.phrase) in topic.spellings
        for number, one in papers.items():
            texts = [f" {fold(text or '')} " for text in (one.title, one.abstract)]
            held = any(f" {spelling} " in text for spelling in topic.spellings for text in texts)
            assert not (number in topic.papers and not held)
