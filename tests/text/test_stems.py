from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.text.normalize import fold
from store.text.stems import stem


@pytest.mark.parametrize(
    "forms",
    [("agent", "agents", "agent's"), ("parser", "parsers"), ("parse", "parsing", "parsed"), ("study", "studies")],
)
def test_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(fold(form)) for form in forms}) == 1


@pytest.mark.parametrize("words", [("news", "new"), ("gpt4", "gpt"), ("bert", "berth")])
def test_other_words_have_other_stems(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == len(words)


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=40))
def test_a_stem_is_a_word(word: str) -> None:
    assert stem(word).isalnum()
