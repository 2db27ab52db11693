"""Summaries: traceable for any text, equal everywhere, and on the bundled papers what a careful reader would choose."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Context, Decimal
from importlib import resources

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seeds.formats.author_page import read
from store.models import PaperRecord, Source
from store.summaries.extractive import MAX_SENTENCE_LENGTH, MAX_SENTENCES, SentenceScores, Summary, highlight, summarise
from store.summaries.rhetorical_roles import log_probability, log_sum
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


OWN_WORK = "We propose LongParse, a parser in linear time."


def _scores(title: str, *sentences: str) -> SentenceScores:
    return SentenceScores(title, sentences)


def test_a_result_may_stand_before_the_tldr() -> None:
    accuracy = "We show that LongParse improves accuracy from 81.2% to 89.5%."
    assert _scores("LongParse", "Parsers are slow.", accuracy, OWN_WORK).choose()[:2] == (2, 1)
    assert _scores("LongParse", "Parsers are slow.", OWN_WORK, accuracy).choose()[:2] == (1, 2)


def test_a_slot_for_which_there_is_nothing_stays_empty() -> None:
    result, background = "Experiments show that it is better.", "However, parsers struggle with long input."
    assert _scores("LongParse", OWN_WORK).choose() == (0, None, None)
    assert _scores("LongParse", OWN_WORK, "It has three parts.").choose() == (0, None, None)
    assert _scores("LongParse", background, OWN_WORK).choose() == (1, None, 0)
    assert _scores("LongParse", OWN_WORK, result).choose() == (0, 1, None)
    assert _scores("LongParse", background, OWN_WORK, result).choose() == (1, 2, 0)


@pytest.mark.parametrize(
    ("title", "opening"),
    [("A survey of parsers", "Parsers are important."), ("On parsers", "This survey reviews parsers.")],
)
def test_a_survey_has_no_result_that_is_only_implied(title: str, opening: str) -> None:
    implied = "The results are better than those of other parsers."
    assert _scores("On parsers", "Parsers are important.", OWN_WORK, implied).choose()[1] == 2
    assert _scores(title, opening, OWN_WORK, implied).choose()[1] is None


def test_what_gives_resources_fills_another_slot_only_where_there_is_nothing_else() -> None:
    given = "Results show that our code is released at https://a.org, 12.5% faster."
    assert _scores("LongParse", given).choose() == (0, None, None)
    assert _scores("LongParse", given, OWN_WORK).choose() == (1, None, None)


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
    "Long²RAG": ({3}, {None, 5}, {2}, []),
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
    assert scores.fit == {
        "tldr": [-13885, -1123514, 2101859, 98071, -452138, -1318738],
        "result": [-5433450, -5279732, -3326079, -992290, -41385, -1248550],
        "problem": [242179, 1415951, -1540808, -2223871, -3750866, -4506687],
    }
    assert scores.margins == [
        (1490, -3781, -4623, -5389, -1756, -3410),
        (1453, -3444, -3542, -4564, -1990, -2769),
        (-1272, -1235, -584, -3003, -1731, 336),
        (-2697, -3321, -563, -1123, -877, -415),
        (-3966, -4772, -1778, -127, -574, -1712),
        (-4515, -4952, -3473, -1116, 873, -3255),
    ]


def test_sums_of_logarithms() -> None:
    assert log_sum([0, 0]) == 693
    assert log_sum([-5000, 20_000, 0]) == 20_000
    assert log_sum([1000]) == 1000


def test_the_probability_of_a_role_is_rounded_alike_on_every_machine() -> None:
    exact = Context(prec=16)
    for margin in range(-8000, 8001):
        value = -1000 * exact.ln(1 + exact.exp(Decimal(-margin) / 1000))
        assert abs(value - log_probability(margin)) < Decimal("0.4999"), margin
    assert log_probability(-9000) == log_probability(-8000)
    assert log_probability(9000) == log_probability(8000) == 0
