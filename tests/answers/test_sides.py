"""What a sentence is for or against, by directions and denials, and what stays unsure."""

from __future__ import annotations

import pytest
from hypothesis import given

from store.answers.directions import read_statement
from store.answers.question import TermWeights, read_question
from store.answers.sides import Side, Sides
from tests.support.hostile import TEXTS

WEIGHTS = TermWeights(papers=1000, holding={})


def side(question: str, sentence: str) -> Side | None:
    return Sides(read_question(question), WEIGHTS).side(read_statement(sentence))


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Does aspirin increase bleeding?", "Aspirin raised the rate of bleeding.", "for"),
        ("Does aspirin increase bleeding?", "Bleeding was lower with aspirin.", "against"),
        ("Aspirin reduces bleeding", "Aspirin was associated with more bleeding.", "against"),
        ("Aspirin reduces bleeding", "Aspirin inhibits bleeding.", "for"),
        ("Aspirin reduces bleeding", "Aspirin did not reduce bleeding.", "against"),
        ("Does aspirin increase bleeding?", "There was no significant increase of bleeding with aspirin.", "against"),
        ("Does aspirin increase bleeding?", "Aspirin is linked to bleeding.", None),
        # Without directions, denials decide.
        ("Retrieval is linked to hallucination", "Retrieval and hallucination are linked.", "for"),
        ("Retrieval is not linked to hallucination", "Retrieval and hallucination are linked.", "against"),
        ("Retrieval is not linked to hallucination", "Retrieval and hallucination are unrelated.", "for"),
        ("Retrieval is linked to hallucination", "Retrieval and hallucination are unrelated.", "against"),
        ("Retrieval and reranking are linked to hallucination", "Hallucination was common.", None),
        # What cannot be told by such words.
        ("Aspirin is safer than warfarin", "Aspirin is safer than warfarin.", None),
        ("Does less aspirin increase bleeding?", "Bleeding is increased by aspirin.", None),
        ("Does aspirin increase bleeding?", "Aspirin increases fever and reduces bleeding.", None),
        ("What does aspirin do to bleeding?", "Aspirin increases bleeding.", None),
        ("Aspirin does not increase bleeding without fever", "Aspirin increases bleeding.", None),
    ],
)
def test_sides(question: str, sentence: str, expected: Side | None) -> None:
    assert side(question, sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "directions"),
    [
        ("Bleeding was not significantly increased.", [-1]),
        ("Not all of the many patients had an increase.", [1]),
        ("High-risk patients with low bleeding.", [-1]),
        ("Bleeding (p less than 0.05) increased.", [1]),
        ("Bleeding is less than expected.", [-1]),
        ("Nothing of the kind.", []),
    ],
)
def test_directions(sentence: str, directions: list[int]) -> None:
    """A denial turns the next words round; a part of a compound and a bound say no direction."""
    assert [direction for _, direction in read_statement(sentence).directions] == directions


@given(TEXTS, TEXTS)
def test_any_text_has_a_side_or_none(question: str, sentence: str) -> None:
    assert side(question, sentence) in (None, "for", "against")


def test_a_sentence_is_on_the_subject_by_what_is_asked_about_not_by_directions() -> None:
    sides = Sides(read_question("Does aspirin increase bleeding?"), WEIGHTS)
    assert sides.is_on_subject(read_statement("Bleeding fell with aspirin."))
    assert not sides.is_on_subject(read_statement("Bleeding increased."))
    assert Sides(read_question("Does bleeding increase?"), WEIGHTS).is_on_subject(read_statement("Bleeding increased."))
