"""The hand-set weights of summaries: each score at, above and below each threshold."""

from __future__ import annotations

import pytest

from store.summaries.scoring import SlotScorer

SCORER = SlotScorer()
PLAIN = "We propose a parser that reads whole documents."
FINDING = "Our parser outperforms the others."
EXPLICIT = "We show that parsers agree."
MEASURED = "It reads 12 % of the pages."
EXPLICIT_AND_MEASURED = "Results show a speed of 3.5 pages."
CHANGED = "It reads pages faster by a margin of up to 12 %."
CHANGED_FROM = "The share of pages rises from 4.8% to 42."
RIVALS = "These surpass Parser-2 (17.6%) and the readers from 2020 (18.2%)."
NO_PROBLEM = "Parsers read sentences."
WEAK_PROBLEM = "Parsers have an issue with long sentences."
PROBLEM = "Parsers struggle with long sentences."
CONTRASTED = "However, parsers struggle with long sentences."


@pytest.mark.parametrize(
    ("text", "fitted", "coverage", "contribution_margin", "score"),
    [
        (PLAIN, 7, 0, 0, 7),
        (PLAIN, 7, 0, 4000, 7),
        (PLAIN, 7, -3, 0, 7 - 1500),
        (PLAIN, 7, 0, -1, 7 - 50),
        (PLAIN, 7, 0, -2999, 7 - 149_950),
        (PLAIN, 7, 0, -3000, 7 - 150_000),
        (PLAIN, 7, 0, -9000, 7 - 150_000),
        ("Moreover, we propose a parser.", 7, -2, -2, 7 - 1000 - 100 - 300_000),
    ],
)
def test_a_tldr_covers_the_roles_is_the_contribution_and_stands_alone(
    text: str, fitted: int, coverage: int, contribution_margin: int, score: int
) -> None:
    assert SCORER.tldr(text, fitted, coverage, contribution_margin) == score


@pytest.mark.parametrize(
    ("text", "margin", "score"),
    [
        (PLAIN, 5000, None),
        (FINDING, -801, None),
        (FINDING, -800, None),
        (FINDING, -799, -799),
        (FINDING, 2000, 2000),
        (FINDING, 2001, 2000),
        (EXPLICIT, -4001, None),
        (EXPLICIT, -4000, None),
        (EXPLICIT, -3999, -3999 + 1500),
        (EXPLICIT, 3000, 3500),
        (MEASURED, -5000, None),
        (MEASURED, -3999, -3999 + 2000),
        (MEASURED, 0, 2000),
        (EXPLICIT_AND_MEASURED, 10, 3510),
        (CHANGED, 10, 3510),
        (CHANGED_FROM, 10, 3510),
        (RIVALS, 10, 2010),
    ],
)
def test_a_result_is_a_finding(text: str, margin: int, score: int | None) -> None:
    assert SCORER.result(text, margin, is_survey=False) == score


@pytest.mark.parametrize(("text", "score"), [(FINDING, None), (EXPLICIT, 1500), (MEASURED, 2000)])
def test_a_result_of_a_survey_is_explicit_or_measured(text: str, score: int | None) -> None:
    assert SCORER.result(text, 0, is_survey=True) == score


@pytest.mark.parametrize(
    ("text", "margin", "score"),
    [
        (NO_PROBLEM, 5000, None),
        (WEAK_PROBLEM, -1501, None),
        (WEAK_PROBLEM, -1500, -1500),
        (WEAK_PROBLEM, 1000, 1000),
        (WEAK_PROBLEM, 1001, 1000),
        (PROBLEM, -1501, None),
        (PROBLEM, -1500, 500),
        (CONTRASTED, 0, 3500),
        (CONTRASTED, 9000, 4500),
        ("However, we struggle with long sentences.", 500, None),
        ("Yet this has an issue.", 3, 1503),
    ],
)
def test_a_problem_is_stated_outside_the_papers_own_work(text: str, margin: int, score: int | None) -> None:
    assert SCORER.problem(text, margin) == score


def test_weights_can_be_varied_one_by_one() -> None:
    assert SlotScorer(coverage_weight=0).tldr(PLAIN, 7, -3, 0) == 7
    assert SlotScorer(measurement_bonus=1).result(MEASURED, 0, is_survey=False) == 1
