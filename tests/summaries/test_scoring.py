"""What is set by hand about results and problems: each bonus, and what is neither."""

from __future__ import annotations

import pytest

from store.summaries.scoring import can_be_problem, is_survey, result_bonus

PLAIN = "We propose a parser that reads whole documents."
FINDING = "Our parser outperforms the others."
EXPLICIT = "We show that parsers agree."
MEASURED = "It reads 12 % of the pages."
EXPLICIT_AND_MEASURED = "Results show a speed of 3.5 pages."
CHANGED = "It reads pages faster by a margin of up to 12 %."
CHANGED_FROM = "The share of pages rises from 4.8% to 42."
RIVALS = "These surpass Parser-2 (17.6%) and the readers from 2020 (18.2%)."


@pytest.mark.parametrize(
    ("text", "bonus"),
    [
        (PLAIN, 0),
        (FINDING, 0),
        (EXPLICIT, 1_000_000),
        (MEASURED, 1_000_000),
        (RIVALS, 1_000_000),
        (EXPLICIT_AND_MEASURED, 2_000_000),
        (CHANGED, 2_000_000),
        (CHANGED_FROM, 2_000_000),
    ],
)
def test_findings_that_are_explicit_or_measured_are_preferred(text: str, bonus: int) -> None:
    assert result_bonus(text, of_survey=False) == bonus


@pytest.mark.parametrize(("text", "bonus"), [(FINDING, None), (EXPLICIT, 1_000_000), (MEASURED, 1_000_000)])
def test_a_result_of_a_survey_is_explicit_or_measured(text: str, bonus: int | None) -> None:
    assert result_bonus(text, of_survey=True) == bonus


@pytest.mark.parametrize(
    ("title", "sentence", "found"),
    [
        ("A survey of parsers", PLAIN, True),
        ("On parsers", "This survey reviews parsers.", True),
        ("On parsers", "In a survey, users agreed.", False),
    ],
)
def test_a_survey_calls_itself_one(title: str, sentence: str, found: bool) -> None:
    assert is_survey(title, [PLAIN, sentence]) is found


@pytest.mark.parametrize(
    ("text", "can_be"),
    [
        ("However, parsers struggle with long sentences.", True),
        ("However, we struggle with long sentences.", False),
        ("This report is on the problem of long sentences.", False),
    ],
)
def test_a_problem_is_stated_outside_the_papers_own_work(text: str, can_be: bool) -> None:
    assert can_be_problem(text) is can_be
