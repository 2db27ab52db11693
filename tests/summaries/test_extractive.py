"""Summaries: traceable for any text, equal everywhere, and on the bundled papers what a careful reader would choose."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Context, Decimal
from importlib import resources
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seeds.formats.author_page import read
from store.models import PaperRecord, Source
from store.summaries.extractive import MAX_SENTENCE_LENGTH, MAX_SENTENCES, SentenceScores, Summary, highlight, summarise
from store.summaries.rhetorical_roles import BACKGROUND, CONTRIBUTION, RESULT, log_probability
from store.summaries.scoring import SlotScorer
from store.summaries.sentence_splitter import split_sentences

WORDS = st.sampled_from(
    "we propose However, existing models fail to scale. Results show that it improves by 3.5 %. Code is available at "
    "https://a.org/b. This survey reviews methods. In this paper, accuracy limited data. \n\n ? ! \ud800 $x$ 。".split(
        " "
    )
)
ABSTRACTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join))


@given(st.text(max_size=60), ABSTRACTS)
@example("", "We show it.")
def test_every_sentence_of_a_summary_stands_in_the_abstract(title: str, abstract: str) -> None:
    summary = summarise(title, abstract)
    chosen = [s for s in (summary.tldr, summary.result, summary.problem, *summary.resources) if s]
    for sentence in chosen:
        assert sentence.text == abstract[sentence.start : sentence.end]
    assert len({sentence.number for sentence in chosen}) == len(chosen), "no sentence fills two slots"
    assert bool(chosen) == bool(abstract.strip())
    assert summarise(title, abstract) == summary
    segments = highlight(abstract, summary)
    assert "".join(segment.text for segment in segments) == abstract
    assert all(segment.text for segment in segments)
    assert [s.text for s in segments if s.slot] == [s.text for s in sorted(chosen, key=lambda s: s.start)]


@given(st.text(max_size=60), st.lists(st.text(), max_size=8))
def test_a_triple_is_three_different_sentences(title: str, sentences: list[str]) -> None:
    scores = SentenceScores(title, sentences)
    for tldr in range(len(sentences)):
        _, chosen = scores.best_triple(tldr)
        assert chosen[0] == tldr
        assert len(set(chosen)) == len(chosen) == min(3, len(sentences))


OWN_WORK = "We propose LongParse, a parser in linear time."


def _scores(title: str, *sentences: str) -> SentenceScores:
    return SentenceScores(title, sentences)


def test_a_result_may_stand_before_the_tldr() -> None:
    accuracy = "Accuracy improves from 81.2% to 89.5% with better parsers."
    assert _scores("LongParse", "Parsers are slow.", accuracy, OWN_WORK).choose()[:2] == (2, 1)
    assert _scores("LongParse", "Parsers are slow.", OWN_WORK, accuracy).choose()[:2] == (1, 2)


def test_a_problem_after_the_tldr_stands_alone() -> None:
    clear, refers_back = "Parsers struggle with long input.", "This struggles with long input."
    assert _scores("LongParse", OWN_WORK, clear, refers_back).choose()[2] == 1
    assert _scores("LongParse", OWN_WORK, refers_back).choose()[2] is None
    assert _scores("LongParse", refers_back, OWN_WORK).choose()[2] == 0


def test_of_equal_sentences_the_one_that_fits_the_tldr_better_is_chosen() -> None:
    measured = ["Parsers read 12 % of documents.", "LongParse reads 12 % of long documents.", "We read 12 %."]
    scores = SentenceScores("LongParse", [OWN_WORK, *measured], scorer=SlotScorer(result_margin_cap=-3999))
    assert scores.choose()[1] == max((1, 2, 3), key=scores.tldr_fit.__getitem__) == 2


@pytest.mark.parametrize(
    ("title", "opening"),
    [("A survey of parsers", "Parsers are important."), ("On parsers", "This survey reviews parsers.")],
)
def test_a_survey_has_no_result_that_is_only_implied(title: str, opening: str) -> None:
    implied = "It outperforms the others."
    assert _scores("On parsers", "Parsers are important.", OWN_WORK, implied).choose()[1] == 2
    assert _scores(title, opening, OWN_WORK, implied).choose()[1] is None


def test_a_triple_says_how_likely_it_fills_all_roles() -> None:
    scores = _scores("LongParse", "Parsers are slow.", OWN_WORK, "We show that it improves by 4.8%.", "Users agree.")
    likely = {
        role: [log_probability(margins[role]) for margins in scores.margins]
        for role in (BACKGROUND, CONTRIBUTION, RESULT)
    }
    for tldr in range(4):
        coverage, chosen = scores.best_triple(tldr)
        assert coverage == max(
            likely[BACKGROUND][b] + likely[CONTRIBUTION][c] + likely[RESULT][r]
            for b, c, r in permutations(range(4), 3)
            if tldr in (b, c, r)
        )
        assert chosen[0] == tldr


def test_texts_of_any_length_are_cut() -> None:
    scores = _scores("T", *["x" * (MAX_SENTENCE_LENGTH + 1)] * (MAX_SENTENCES + 1))
    assert (len(scores.texts), len(scores.texts[0])) == (80, 1500)


def test_an_empty_abstract_has_no_summary() -> None:
    assert summarise("A title", " \n") == Summary(tldr=None, result=None, problem=None, resources=())


@pytest.mark.parametrize(
    ("sentence", "is_resource"),
    [
        ("Our code and data are publicly available.", True),
        ("We release the dataset under a free licence.", True),
        ("The source code can be found at github.com/a/b.", True),
        ("All models will be open-sourced.", True),
        ("We compare three open-source models on public benchmarks.", False),
        ("Open-source agents are far behind.", False),
        ("We evaluate on two publicly available datasets.", False),
        ("It is hard when labelled data are not available.", False),
        ("Code will be made available upon publication.", True),
        ("The toolkit is available at https://a.org/b.", True),
        ("Energy is released when the bond breaks.", False),
    ],
)
def test_a_resource_is_given_not_only_mentioned(sentence: str, is_resource: bool) -> None:
    summary = summarise("A parser", f"We propose a parser for sentences. {sentence}")
    assert [s.text for s in summary.resources] == [sentence] * is_resource


def _bundled() -> dict[str, PaperRecord]:
    source = Source(kind="author_page", name="zehan-qi.txt", retrieved=datetime.now(UTC))
    page = (resources.files("seeds.documents") / "zehan-qi.txt").read_bytes()
    return {paper.title.split(":")[0]: paper for paper in read(page, source).pages[0].papers}


# What a careful reader chooses: the number of the sentence for TL;DR, result and problem (both where two are equally
# good) and of all resources. None: the abstract has nothing for it, and a sentence there would be wrong.
READER: dict[str, tuple[set[int | None], set[int | None], set[int | None], list[int]]] = {
    "VisualAgentBench": ({4}, {5}, {3}, [8]),
    "Survey on Factuality in Large Language Models": ({1}, {None}, {None, 2}, []),
    "Walking in Others' Shoes": ({4}, {5}, {2, 3}, []),
    "DebateQA": ({3}, {7}, {2}, []),
    "NaturalCodeBench": ({3}, {7}, {2}, [9]),
    "AgentRL": ({3}, {7}, {2}, [9]),
    "Knowledge Conflicts for LLMs": ({1}, {None}, {None, 3}, []),
    "MR-Ben": ({4}, {8}, {2, 3}, []),
    "ChatGLM": ({1}, {6}, {None}, [9, 10]),
    "WebRL": ({3}, {7}, {2}, []),
    "AutoGLM": ({1}, {9, 10}, {2}, []),
    "Long²RAG": ({3}, {None}, {2}, []),
    "Bias and Volatility": ({1}, {8}, {2, 4}, []),
}


@pytest.mark.parametrize("title", READER)
def test_the_bundled_papers_are_summed_up_as_a_careful_reader_would(title: str) -> None:
    paper = _bundled()[title]
    summary = summarise(paper.title, paper.abstract or "")
    chosen = [sentence and sentence.number for sentence in (summary.tldr, summary.result, summary.problem)]
    *wanted, resources_wanted = READER[title]
    assert all(number in good for number, good in zip(chosen, wanted, strict=True)), chosen
    assert [sentence.number for sentence in summary.resources] == resources_wanted
    for segment in highlight(paper.abstract or "", summary):
        assert not set("\\$") & set(segment.text), "TeX is gone before sentences are chosen"


def test_all_bundled_papers_are_in_the_table() -> None:
    assert set(_bundled()) == set(READER)


def test_summaries_are_equal_on_every_machine_and_python() -> None:
    abstract = (
        "Parsers are slow. However, existing ones fail on long input. We propose LongParse, a parser in linear time. "
        "It reads 3.5 times more. We show that it improves by 4.8% over Chart et al. (2020). Code is at https://a.org."
    )
    scores = SentenceScores("LongParse: parsing in linear time", [s.text for s in split_sentences(abstract)])
    assert (scores.tldr_fit, scores.margins) == (
        [447081, -198949, 1940593, 405634, 57578, -186944],
        [
            (500, -3947, -4641, -4378, -500, -3947),
            (500, -2845, -2777, -3840, -500, -2777),
            (-622, -402, 402, -1834, -500, 500),
            (-1668, -2556, 251, -251, -500, 251),
            (-2886, -4261, -1014, 500, -500, -1014),
            (-4293, -4649, -2322, -686, 686, -2322),
        ],
    )


def test_the_probability_of_a_role_is_rounded_alike_on_every_machine() -> None:
    exact = Context(prec=16)
    for margin in range(-8000, 8001):
        value = -1000 * exact.ln(1 + exact.exp(Decimal(-margin) / 1000))
        assert abs(value - log_probability(margin)) < Decimal("0.4999"), margin
    assert log_probability(-9000) == log_probability(-8000)
    assert log_probability(9000) == log_probability(8000) == 0
