"""Scores and qualities, computed here from literal numbers, on both sides of every threshold of `store.lookup.scoring`."""

from __future__ import annotations

import math

import pytest
from rapidfuzz import fuzz

from store.lookup import scoring
from store.lookup.cascade import is_evident, may_be_misspelt_prefix
from store.lookup.index.posting_lists import Text
from store.lookup.reranker import Ranked, Reranker


def rank(query: str, *texts: str, names: bool = False, extra: str = "") -> list[Ranked]:
    words = query.split()
    reranker = Reranker(query, words, [1.0] * len(words), names)
    return reranker.rank([Text(id_, text, extra) for id_, text in enumerate(texts, 1)])


def score(query: str, text: str, *, names: bool = False) -> float:
    return max(ranked.score for ranked in rank(query, text, names=names))


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("alpha beta", "alpha beta", 1.0),
        ("alpha beta", "alpha beta gamma", 0.98),
        ("beta alpha", "alpha beta", 0.97),
        ("alpha bexa", "alpha beta", 0.96),
        ("alpha bexa", "alpha beta gamma", 0.95),
        ("alpha gxmmx", "alpha gamma delta", None),
        ("alphas gxmmx", "alphas gamma delta", 0.93),
        ("alphas gxmmx", "alphas gamma", 0.95),
        ("alxh", "alph beta gamma", 0.95),
        ("alx", "alp beta gamma", None),
    ],
)
def test_exact_texts_prefixes_and_typing_errors_have_fixed_scores(
    query: str, text: str, expected: float | None
) -> None:
    if expected is None:
        assert score(query, text) < 0.9
    else:
        assert score(query, text) == pytest.approx(expected, abs=1e-9)


def test_another_number_is_not_a_typing_error() -> None:
    assert score("task 2018", "task 2019 report") < 0.9
    assert score("taks 2018", "task 2018 report") == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("query", "text", "matched", "covered"),
    [
        ("alpha qqqq", "alpha beta kkkk", 1 / 2, 5 / 13),
        ("kkkk alpha", "alpha beta vvvv wwww kkkk zzzz", 1.0, 9 / 25),
        ("alpha beta gamma zzzz", "gamma alpha vvvvv beta", 3 / 4, 14 / 19),
    ],
)
def test_the_score_adds_matched_words_covered_letters_and_string_similarity(
    query: str, text: str, matched: float, covered: float
) -> None:
    similarity = max(fuzz.ratio(query, text), 0.95 * fuzz.token_sort_ratio(query, text))
    if len(query) < 0.8 * len(text):
        similarity = max(similarity, 0.9 * fuzz.partial_ratio(query, text))
    expected = 0.62 * matched + 0.12 * covered + 0.26 * similarity / 100
    assert score(query, text) == pytest.approx(expected)


def test_a_part_of_a_title_counts_only_if_the_title_is_longer_by_a_quarter() -> None:
    query = "xx beta gamma xx"
    for text, long_enough in (("mm beta gamma mm kkk", False), ("mm beta gamma mm kkkkk", True)):
        whole = max(fuzz.ratio(query, text), 0.95 * fuzz.token_sort_ratio(query, text))
        part = 0.9 * fuzz.partial_ratio(query, text)
        assert part > whole
        covered = 9 / len(text.replace(" ", ""))
        expected = 0.62 * 2 / 4 + 0.12 * covered + 0.26 * (part if long_enough else whole) / 100
        assert score(query, text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("query", "text", "names", "quality"),
    [
        ("alpha", "beta alpha", False, 1.0),
        ("alpha", "beta alphabet", False, 0.75 + 0.2 * 5 / 8),
        ("a", "beta alpha", False, 0.4),
        ("a", "beta alpha", True, 0.95),
        ("william smith", "w smith", True, 0.65),
        ("joerg muller", "muller k jorg", True, 0.94),
        ("joerg muller", "muller k jorg", False, 1 - 1.2 / 5),
        ("graph", "my hypergraphs", False, 0.7),
        ("grap", "my hypergraphs", False, 0.0),
        ("alpah", "beta alphabets", False, 0.6),
        ("alpx", "beta alphabets", False, 0.6),
        ("alx", "beta alphabets", False, 0.0),
        ("alpha", "beta alpxa", False, 1 - 1.2 / 5),
        ("a", "beta c", False, 0.0),
        ("ab", "beta ac", False, 1 - 1.2 / 2),
        ("abcd", "beta xycd", False, 0.0),
        ("abcde", "beta xycde", False, 1 - 1.2 * 2 / 5),
        ("abcdefgh", "beta xyzdefgh", False, 0.0),
        ("abcdefghi", "beta xyzdefghi", False, 1 - 1.2 * 3 / 9),
        ("web agents", "the webagents", False, 0.98),
        ("webagents", "the web agents", False, 0.98),
        ("2018", "task 2019", False, 0.0),
    ],
)
def test_a_matched_word_has_a_quality(query: str, text: str, names: bool, quality: float) -> None:
    (ranked,) = rank(query, text, names=names)
    assert ranked.worst_quality == pytest.approx(quality, abs=1e-9)


def test_a_joined_compound_matches_the_extra_terms_of_a_title() -> None:
    (ranked,) = rank("the mrben", "on the mr ben", extra="mrben")
    assert ranked.worst_quality == pytest.approx(0.98)


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("j smith", "john smith", 0.98),
        ("smith j", "john smith", 0.97),
        ("smith john", "john smith", 0.98),
        ("smith john", "john r smith", 0.97),
        ("smith", "john smith", 0.98),
        ("john", "adam john smith", 0.97),
        ("john smxth", "john smith", 0.96),
        # One first letter is all that an initial says, although it is also one error away from a short name.
        ("j smith", "jo smith", 0.98),
        ("joerg muller", "jorg mueller", 0.97),
        ("mueller jorg", "jorg muller", 0.96),
        ("muller", "jorg mueller", 0.97),
        ("yao wei wang", "yaowei wang", 0.97),
        ("chur en huang", "chu ren huang", 0.97),
        ("yao wei wang", "tao wei wang", 0.96),
        ("xue li", "xu li", 0.96),
    ],
)
def test_a_name_that_matches_but_for_initials_or_order_scores_as_well_as_a_prefix(
    query: str, text: str, expected: float
) -> None:
    assert score(query, text, names=True) == pytest.approx(expected)


def test_a_misspelt_or_cut_name_scores_less_than_one_that_matches() -> None:
    assert score("kohn smith", "adam john smith", names=True) < 0.97
    assert score("smi john", "john smith", names=True) < 0.97
    assert score("xurongwu", "rongwu xu", names=True) == pytest.approx(0.62 * 0.7 + 0.12 * 6 / 8 + 0.26)


def test_only_the_likeliest_candidates_are_aligned() -> None:
    texts = [f"my alpha {i}" for i in range(120)]
    assert len(rank("alpha", *texts)) == 96
    good = [f"my alpha {i} beta" for i in range(6)]
    bad = [f"my alpha {i} in a very long title of other words" for i in range(20)]
    assert len(rank("alpha beta", *good, *bad)) == 12
    assert len(rank("alpha beta", *(f"my {i} alpha beta" for i in range(60)))) == 48
    assert len(rank("alpha beta", *bad)) == 20


def test_a_first_letter_that_is_wrong_does_not_hide_a_name_turned_round() -> None:
    others = [f"on{a}{b} wang" for a in "abcdfghk" for b in "bcdfghkl"]
    found = {ranked.text.folded: ranked.score for ranked in rank("wang ongjie", *others, "yongjie wang", names=True)}
    assert found["yongjie wang"] == max(found.values())


def test_errors_allowed_grow_with_letters() -> None:
    assert [scoring.errors_allowed(letters, (2, 5)) for letters in (1, 2, 4, 5, 99)] == [0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("word", "texts", "total", "weight"),
    [
        ("graph", 3, 1_000, math.log(1 + 10_000 / 3.5)),
        ("graph", 3, 10_000, math.log(1 + 10_000 / 3.5)),
        ("graph", 3, 20_000, math.log(1 + 20_000 / 3.5)),
        ("graphs", 0, 20_000, 6.0),
        ("gra", 0, 20_000, 3.6),
    ],
)
def test_a_word_weighs_by_rarity_and_length(word: str, texts: int, total: int, weight: float) -> None:
    assert scoring.word_weight(word, texts, total) == pytest.approx(weight)


@pytest.mark.parametrize(
    ("letters", "started", "expected"),
    [(12, 4, True), (12, 5, False), (13, 0, True), (13, 1, False), (30, 0, True), (31, 0, False)],
)
def test_a_short_query_that_few_texts_start_with_may_be_a_misspelt_prefix(
    letters: int, started: int, expected: bool
) -> None:
    assert may_be_misspelt_prefix(letters, started) is expected


@pytest.mark.parametrize(
    ("scores", "letters", "names", "expected"),
    [
        ([0.92], 11, False, True),
        ([0.91], 11, False, False),
        ([0.92], 10, False, False),
        ([0.92] * 7, 10, False, False),
        ([0.92] * 8, 10, False, True),
        ([0.97], 11, True, True),
        ([0.96], 11, True, False),
        ([0.75, 0.60], 25, False, True),
        ([0.75, 0.61], 25, False, False),
        ([0.74, 0.20], 25, False, False),
        ([0.75, 0.60], 24, False, False),
        ([0.75, 0.60], 25, True, False),
        ([0.75], 25, False, True),
        ([], 25, False, False),
    ],
)
def test_a_search_ends_when_what_was_meant_is_evident(
    scores: list[float], letters: int, names: bool, expected: bool
) -> None:
    assert is_evident(scores, letters, names, 1_000) is expected


def test_in_a_tiny_store_fewer_hits_are_evident() -> None:
    assert is_evident([0.92, 0.92], 5, False, 2)
    assert not is_evident([0.92, 0.92], 5, False, 3)
