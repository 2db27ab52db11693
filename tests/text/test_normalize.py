from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.lookup.abbreviations import shortened, spelt_out
from store.text.normalize import by_sound, fold, head, other_forms
from tests.support.limits import grows_too_fast


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Zi'an  ZHOU", "zian zhou"),
        ("Long$^2$RAG", "long2rag"),
        ("Long²RAG", "long2rag"),
        (r"\textbf{Perspective-Taking (\textsc{PeT})}", "perspective taking pet"),
        (r"Schr\"odinger, G{\"o}del & Łukasiewicz", "schrodinger godel lukasiewicz"),
        (r"$\epsilon$-greedy in $O(n^2)$", "epsilon greedy in o n2"),
        ("H$_2$O and ﬁsh", "h2o and fish"),
        ("", ""),
        ("?!–", ""),
    ],
)
def test_what_people_do_not_type_is_folded_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_a_folded_text_is_words_and_stays_as_it_is(text: str) -> None:
    folded = fold(text)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", folded)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("MR-Ben: A Meta-Reasoning Benchmark", ["metareasoning", "mrben"]),
        ("Hinrich Schütze", ["schuetze"]),
        ("Scho\u0308n", ["schoen"]),
        ("β-VAE", ["beta", "vvae"]),
        ("Đorđe Erdős Fűre", ["djordje", "erdoes", "fuere"]),
        ("plain words", []),
    ],
)
def test_other_forms_of_a_word_are_known(text: str, forms: list[str]) -> None:
    assert other_forms(text) == forms


def test_letters_may_be_written_as_they_sound() -> None:
    assert by_sound("Çağrı Şahin-Žižek") == {"chaghri", "shahin", "zhizhek"}
    assert by_sound("Plain Name") == by_sound("Jörg Müller") == set()
    assert by_sound("C\u0327a") == {"cha"}


@given(st.text())
def test_other_forms_are_words_that_the_fold_has_not(text: str) -> None:
    assert all(re.fullmatch(r"[a-z0-9]+", form) and form not in fold(text).split() for form in other_forms(text))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("MR-Ben: A Benchmark", "mrben"),
        ("BusTUC - A natural language bus route oracle", "bustuc"),
        ("No head here", None),
        ("A head of far too many words to be one: no", None),
        (": nothing before it", None),
    ],
)
def test_the_head_of_a_title_is_what_stands_before_a_colon(title: str, expected: str | None) -> None:
    assert head(title) == expected


def test_abbreviations_go_both_ways() -> None:
    assert spelt_out(["llms", "for", "qa"]) == ["large", "language", "models", "for", "question", "answering"]
    assert shortened("large language models for question answering".split()) == ["llms", "for", "qa"]
    assert spelt_out(["nothing"]) is None
    assert shortened(["nothing"]) is None


@pytest.mark.limits
@pytest.mark.parametrize("marks", ["\u0301\u0316", "\u0316\u0301", "\u05b0\u064b"])
def test_piled_marks_are_folded_in_linear_time(marks: str) -> None:
    assert fold("looms a" + marks * 25 + " é") == "looms a e"
    assert grows_too_fast(lambda size: lambda: fold("é" + marks * (size // 2)), 4000) is None
