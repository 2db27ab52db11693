"""The card of an answer: every sentence whole, on as many pages as that takes, and nothing that breaks a limit."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from commands.addresses import AnswerPage
from commands.views import answer_cards
from commands.views.layout import CardView
from store.answering import EVERYTHING
from store.answers.answer import Answer, Group, Quote
from store.answers.question import read_question
from store.catalog.merge import merge
from store.search.parser import parse
from store.summaries.sentence_splitter import split_sentences
from store.text.handles import handle
from tests.commands.test_cards import check, texts_of
from tests.support.hostile import TEXTS
from tests.support.made import record

ADDRESS = AnswerPage(handle("q"), 0)


def quote(number: int, group: Group, abstract: str, title: str = "Silk") -> Quote:
    paper = merge(handle("p", title, abstract), [record(title, abstract=abstract, published="2024-05")])
    return Quote(number=number, group=group, paper=paper, sentence=split_sentences(abstract)[0])


def answer(*quotes: Quote, question: str = "Does silk hold?") -> Answer:
    return Answer(question=read_question(question), quotes=quotes, looked_at=214, papers=49736)


def pages(shown: Answer) -> list[CardView]:
    return [answer_cards.answer(shown, EVERYTHING, False, replace(ADDRESS, page=page)) for page in range(9)]


def texts(shown: Answer, page: int = 0) -> str:
    return "\n".join(texts_of(pages(shown)[page]))


def test_sentences_stand_under_what_they_support_with_paper_year_and_place() -> None:
    shown = texts(
        answer(
            quote(1, "for", "Silk holds."),
            quote(2, "for", "It holds well. It is silk."),
            quote(3, "against", "Silk does not hold."),
            quote(4, "background", "Silk is old."),
        )
    )
    assert shown.startswith("### Does silk hold?\n-# Looked at 214 abstracts")
    assert "of 49,736 papers." in shown
    assert "⚠ Sources disagree: [1] [2] against [3]" in shown
    for heading in ("**For (2)**", "**Against (1)**", "**Background (1)**"):
        assert heading in shown
    assert "Mixed" not in shown
    assert (
        "**[2]** It holds well.\n-# Silk (2024) · `sentence\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}2`"
        in shown
    )


def test_an_open_question_has_no_sides() -> None:
    shown = texts(answer(quote(1, "mixed", "Silk holds."), question="What does silk do?"))
    assert "**What was found (1)**" in shown
    assert "**Mixed or unsure (1)**" in texts(answer(quote(1, "mixed", "Silk holds.")))


def test_nothing_is_said_with_what_was_looked_at_and_the_next_step() -> None:
    card = answer_cards.answer(answer(), parse("cat:cs.CL"), True, ADDRESS)
    shown = "\n".join(texts_of(card))
    assert "I found nothing that says so." in shown
    assert "Looked at 214 abstracts" in shown
    assert "Only papers in cs.CL. Only what this channel follows." in shown
    assert "/search" in shown


def test_long_sentences_take_pages_and_none_is_left_out() -> None:
    quotes = [quote(number, "for", f"{number}th " + "long silk " * 100, f"Title {number}") for number in range(1, 9)]
    shown = [" ".join(texts_of(page)) for page in pages(answer(*quotes))]
    assert all(any(one.sentence.text in text for text in shown) for one in quotes)
    assert "did not fit" not in "".join(shown)
    assert "(shortened; the whole is in the abstract" in texts(answer(quote(1, "for", "silk" * 1000)))


@given(
    st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from([1, 40, 400])), min_size=1, max_size=8),
    TEXTS,
    st.sampled_from(["for", "mixed"]),
)
@settings(deadline=None)
def test_no_text_breaks_a_limit(found: list[tuple[str, str, int]], question: str, group: Group) -> None:
    quotes = [
        quote(number, group, f"a{text}" * times, f"b{title}" * times)
        for number, (text, title, times) in enumerate(found, 1)
    ]
    for page in pages(answer(*quotes, question=question)):
        check(page)
        assert "did not fit" not in "\n".join(texts_of(page))
