"""An answer is sentences of abstracts, word for word, in groups; or it is nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.answers.answer import GROUPS, MOST_QUOTES, Quote, choose
from store.answers.question import MOST_TERMS, TermWeights, read_question
from store.answers.ranking import rank
from store.catalog.merge import merge
from store.models import Paper
from store.text.handles import handle
from tests.support.hostile import TEXTS
from tests.support.made import record

WEIGHTS = TermWeights(papers=100, holding={"aspirin": 3, "bleed": 2, "fever": 40})
WORDS = ["aspirin", "bleeding", "fever", "increased", "reduced", "not", "the", "patients", "whether", "we"]
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(
    lambda words: " ".join(words).capitalize() + "."
)
ABSTRACTS = st.lists(SENTENCES, min_size=1, max_size=6).map(" ".join)


def paper(abstract: str, title: str = "Aspirin") -> Paper:
    return merge(handle("made", title, abstract), [record(title, abstract=abstract)])


def answer(question: str, *papers: Paper, least: float = 0.0) -> list[Quote]:
    asked = read_question(question)
    return choose(asked, rank(asked, papers, WEIGHTS), WEIGHTS, least)


@given(SENTENCES | TEXTS, st.lists(ABSTRACTS | TEXTS.filter(str.strip), max_size=4, unique=True))
@settings(deadline=None)
def test_it_is_at_most_eight_sentences_word_for_word(question: str, abstracts: list[str]) -> None:
    quotes = answer(question, *map(paper, abstracts))
    assert len(quotes) <= MOST_QUOTES
    assert [quote.number for quote in quotes] == list(range(1, len(quotes) + 1))
    assert [quote.group for quote in quotes] == sorted((quote.group for quote in quotes), key=GROUPS.index)
    for quote in quotes:
        sentence = quote.sentence
        assert (quote.paper.abstract or "")[sentence.start : sentence.end] == sentence.text
    assert len({(quote.paper.handle, quote.sentence.number) for quote in quotes}) == len(quotes)


@given(SENTENCES, st.lists(ABSTRACTS, min_size=1, max_size=4, unique=True))
@settings(deadline=None)
def test_the_order_of_papers_decides_nothing(question: str, abstracts: list[str]) -> None:
    papers = list(map(paper, abstracts))
    assert answer(question, *papers) == answer(question, *reversed(papers))


def test_scores_are_from_nought_to_one() -> None:
    asked = read_question("aspirin bleeding")
    best, *_, worst = rank(
        asked, [paper("Aspirin bleeding. Aspirin bleeding.", "Aspirin bleeding"), paper("No.", "Silk")], WEIGHTS
    )
    assert (best.score, worst.score) == (1.0, 0.0)


def test_what_is_around_a_sentence_counts() -> None:
    """The title, the rest of the abstract, and the sentences beside it."""
    asked = read_question("Aspirin and bleeding")
    titled, untitled = paper("It bled.", "Aspirin and bleeding"), paper("It bled.", "Silk")
    assert [one.paper for one in rank(asked, [untitled, titled], WEIGHTS)] == [titled, untitled]
    (far, beside, own) = reversed(
        rank(asked, [paper("They slept. It was seen. Aspirin raised bleeding.", "Silk")], WEIGHTS)
    )
    assert [one.sentence.number for one in (own, beside, far)] == [3, 2, 1]
    assert own.score > beside.score > far.score > 0


def test_nothing_is_said_where_the_best_sentence_shares_too_little() -> None:
    assert answer("Does aspirin increase bleeding?", paper("Fever was seen.", "Silk"), least=0.3) == []
    assert answer("Does aspirin increase bleeding?", least=0.0) == []
    assert answer("?!", paper("Fever was seen.", "Silk"), least=0.3) == []


def groups(question: str, *papers: Paper) -> dict[str, str]:
    return {quote.sentence.text: quote.group for quote in answer(question, *papers)}


def test_sources_that_disagree_stand_apart() -> None:
    found = groups(
        "Does aspirin increase bleeding?",
        paper("Aspirin increased bleeding."),
        paper("Aspirin reduced bleeding."),
        paper("Aspirin increased fever and reduced bleeding."),
    )
    assert found == {
        "Aspirin increased bleeding.": "for",
        "Aspirin reduced bleeding.": "against",
        "Aspirin increased fever and reduced bleeding.": "mixed",
    }


def test_a_paper_on_both_sides_is_mixed() -> None:
    found = groups("Does aspirin increase bleeding?", paper("Aspirin increased bleeding. Aspirin reduced bleeding."))
    assert set(found.values()) == {"mixed"}


def test_what_is_unsure_follows_two_sentences_of_its_paper() -> None:
    unsure = "Aspirin and bleeding did not differ."
    one, two = "Patients were treated. Aspirin increased bleeding.", "Bleeding was higher with aspirin."
    assert groups("Does aspirin increase bleeding?", paper(f"{one} {unsure}"))[unsure] == "mixed"
    assert groups("Does aspirin increase bleeding?", paper(f"{one} {two} {unsure}"))[unsure] == "for"


@pytest.mark.parametrize(
    "sentence",
    [
        "We examined whether aspirin increases bleeding.",
        "OBJECTIVE That aspirin increases bleeding was of interest.",
        "Our aim to study aspirin and increased bleeding.",
        "The fever increased.",
    ],
)
def test_what_was_asked_and_what_is_about_something_else_is_background(sentence: str) -> None:
    assert groups("Does aspirin increase bleeding?", paper(sentence)) == {sentence: "background"}


def test_a_paper_that_has_little_of_what_is_asked_is_on_no_side() -> None:
    assert groups(
        "Does aspirin increase bleeding and fever in old hamsters at night?", paper("Fever and bleeding rose.", "Silk")
    ) == {"Fever and bleeding rose.": "mixed"}


def test_weak_sentences_are_left_out() -> None:
    found = groups(
        "Does aspirin increase bleeding?", paper("Aspirin increased bleeding."), paper("It was seen.", "Silk")
    )
    assert list(found) == ["Aspirin increased bleeding."]


def test_a_question_of_any_length_has_a_bounded_number_of_terms() -> None:
    assert len(read_question(" ".join(f"word{n}" for n in range(1000))).terms) == MOST_TERMS
    assert read_question("Is there any evidence that agents, or an agent, help?").terms == ("agent", "help")
