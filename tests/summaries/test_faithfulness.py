"""The faithfulness check: shortened and joined sentences pass, what the sources do not say does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.summaries.faithfulness import MAX_LENGTH, find_faults
from store.summaries.sentence_splitter import split_sentences

SOURCES = (
    "On WebArena-Lite, WebRL improves the success rate of Llama-3.1-8B from 4.8% to 42.4%, and from 6.1% to 43% for "
    "GLM-4-9B.",
    "However, existing agents may rely on APIs and do not significantly improve without five human labels "
    "(see https://a.org/x).",
    "We introduce WebRL, a curriculum framework designed to train web agents.",
)


@pytest.mark.parametrize(
    "sentence",
    [
        *SOURCES,
        "WebRL improves the success rate of Llama-3.1-8B from 4.8% to 42.4%.",
        "The authors introduce WebRL, a framework to train web agents.",
        "The paper describes WebRL, a curriculum framework.",
        "Existing agents do not improve without 5 human labels.",
        "WebRL improves from 6.1% to 43% for GLM-4-9B.",
        "Existing agents may rely on APIs; WebRL is designed to train web agents.",
    ],
)
def test_what_the_sources_say_passes(sentence: str) -> None:
    assert not find_faults(sentence, SOURCES)


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("WebRL improves the success rate of Llama-3.1-8B from 4.8% to 43.4%.", "number"),
        ("WebRL improves the success rate of Llama-3.1-8B from 42.4% to 4.8%.", "order"),
        ("WebRL improves the success rate of Llama-3.1-70B from 4.8% to 42.4%.", "name"),
        ("AutoGLM improves the success rate.", "name"),
        ("On WebArena-Lite, AutoGLM improves the success rate.", "name"),
        ("Existing agents significantly improve without five human labels.", "polarity"),
        ("Existing agents do not improve with five human labels.", "polarity"),
        ("Existing agents rely on APIs.", "polarity"),
        ("WebRL does not improve the success rate of Llama-3.1-8B.", "polarity"),
        ("WebRL never improves the success rate.", "polarity"),
        ("WebRL worsens the success rate.", "words"),
        ("We introduce WebRL, the best framework.", "words"),
        ("The authors introduce WebRL, see https://evil.example/x.", "link"),
        ("The authors introduce WebRL, see https://a.org/x?y.", "link"),
        ("We introduce **WebRL**, a curriculum framework.", "form"),
        ("[WebRL](https://a.org/x), a framework.", "form"),
        ("We introduce WebRL.\n# A heading", "form"),
        ("We introduce WebRL, a framework. @everyone", "form"),
        ("We introduce WebRL \u202e framework.", "form"),
        ("WebRL " * 100, "form"),
        ("", "form"),
        ("…", "words"),
        ("Web agents train a framework designed to introduce curriculum.", "order"),
    ],
)
def test_what_the_sources_do_not_say_is_refused(sentence: str, fault: str) -> None:
    assert fault in find_faults(sentence, SOURCES)


def test_only_the_named_sources_count() -> None:
    assert find_faults(SOURCES[0], [SOURCES[2]]) >= {"number", "name", "words"}
    assert find_faults(SOURCES[0], []) >= {"number", "name", "words"}


@given(st.text(max_size=500), st.lists(st.text(max_size=200), max_size=3))
def test_any_texts_are_judged(sentence: str, sources: list[str]) -> None:
    found = find_faults(sentence, sources)
    assert not (found == frozenset() and len(sentence) > MAX_LENGTH)


@given(st.text(alphabet="ab XY1. ,not", min_size=1, max_size=120))
def test_a_sentence_is_faithful_to_itself(text: str) -> None:
    for sentence in split_sentences(text):
        assert find_faults(sentence.text, [sentence.text]) <= {"words"}, "words: where there is no word"


def test_a_sentence_has_at_most_400_characters() -> None:
    words = "parsers " * 50
    assert not find_faults(words[:399] + ".", [words])
    assert find_faults(words + ".", [words]) == {"form"}


@pytest.mark.parametrize(
    ("sentence", "passes"),
    [
        ("Fast parsers trees present sentences.", True),
        ("Fast parsers trees sentences present.", False),
    ],
)
def test_words_of_reporting_are_free_among_the_first_four(sentence: str, passes: bool) -> None:
    assert (not find_faults(sentence, ["Fast parsers, trees, sentences."])) == passes


@pytest.mark.parametrize(
    ("source", "shortened", "passes"),
    [
        ("Parsers do not read big long old documents.", "Parsers read.", False),
        ("Parsers do not read big long old documents.", "Parsers read documents.", False),
        ("Parsers may read big long old torn documents.", "Parsers documents.", True),
        ("Parsers may read big long old documents.", "Parsers old.", False),
        ("Parsers may read, big long old documents.", "Parsers big.", True),
    ],
)
def test_a_negation_or_hedge_reaches_four_words_of_its_clause(source: str, shortened: str, passes: bool) -> None:
    assert (not find_faults(shortened, [source])) == passes


@pytest.mark.parametrize(
    ("source", "negated", "passes"),
    [
        ("Parsers do not slowly and carefully read documents.", "Parsers do not read documents.", True),
        ("Parsers do not slowly, carefully, quietly read documents.", "Parsers do not read documents.", True),
        ("Parsers do not slowly, carefully, quietly, gladly read documents.", "Parsers do not read documents.", False),
    ],
)
def test_a_negation_stays_within_four_words_of_what_it_negates(source: str, negated: str, passes: bool) -> None:
    assert (not find_faults(negated, [source])) == passes
