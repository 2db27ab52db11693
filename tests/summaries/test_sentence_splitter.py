"""Splitting: every sentence at its place, and the traps of scientific text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from store.summaries.sentence_splitter import split_sentences

PIECES = st.sampled_from(
    "We show it|et al|i.e|Fig|3|.|. |!|? |\n\n| |(|)|”|X|J. K. Smith|。|https://a.org/b.c|4.8%|mistakes.MR-Ben has|"
    "\ud800|\x00|ß|1) ".split("|")
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
@example("a.\n\nb")
@example("...")
def test_sentences_are_at_their_offsets_with_only_space_between(abstract: str) -> None:
    sentences = split_sentences(abstract)
    place = 0
    for number, sentence in enumerate(sentences, 1):
        assert (sentence.number, sentence.total) == (number, len(sentences))
        assert sentence.text == abstract[sentence.start : sentence.end] == sentence.text.strip() != ""
        assert not abstract[place : sentence.start].strip()
        place = sentence.end
    assert not abstract[place:].strip()


@pytest.mark.parametrize(
    "marked",
    [
        "Steps that identify mistakes.|MR-Ben comprises 5,975 questions.",
        "We follow Smith et al. (2020), i.e. The Method.| See Fig. 3 and Eq. (2) for details.",
        "We extend the model of Brown et al.| We show that it works, e.g. GPT-3.",
        "It gains 3.5 points vs. BERT.| Code is at https://github.com/a/b.c.| We release it.",
        "GLM-4 1) closely rivals GPT-4, 2) gets close to it.",
        "We find: i) Bias is large; ii) Volatility is small.",
        "This is by J. K. Smith and A. Turing.| How does X change Y?| We ask.",
        "Let f depend on n and X.| Then it holds.",
        "We use Node.js and example.COM now.",
        "It works well (see below).| “It does.”| (Truly.)",
        "Llama-3.1-8B improves from 4.8% to 42.4%.| iPhone users agree.",
        "First paragraph\n\n|second paragraph.",
        "我们提出一种方法。|它很好！|是吗？",
    ],
)
def test_traps_of_scientific_text(marked: str) -> None:
    assert [s.text for s in split_sentences(marked.replace("|", ""))] == [part.strip() for part in marked.split("|")]


def test_a_megabyte_of_dots_is_split_at_once() -> None:
    assert len(split_sentences("." * 1_000_000)) == 1
    assert len(split_sentences("A. " * 100_000)) == 1
    assert len(split_sentences("We see it. " * 100_000)) == 100_000
