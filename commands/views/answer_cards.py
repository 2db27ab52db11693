"""The card of an answer: sentences of abstracts by what they support, numbered, each with its paper and its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from commands.addresses import AnswerPage, PaperAction
from commands.views import markdown
from commands.views.layout import NEUTRAL, Card, CardView
from commands.views.paging import page_buttons
from commands.views.paper_text import heading, marked_title, sentence_numbers
from store.answers.answer import GROUPS, Answer, Group, Quote
from store.models import Handle, Paper
from store.search.query import Query

_HEADINGS: dict[Group, str] = {
    "for": "For",
    "against": "Against",
    "mixed": "Mixed or unsure",
    "background": "Background",
}
_OF_OPEN: dict[Group, str] = {**_HEADINGS, "mixed": "What was found"}
"""Of questions that ask for more than yes or no."""
_PAGE = 2400
"""Characters of the sentences on one card, beside the question and what was looked at."""
_SENTENCE, _TITLE, _AGAIN = 1800, 160, 40
"""Characters of a sentence, of its paper's title, and of the title where it stands above already."""
_MORE = " (shortened; the whole is in the abstract of the paper)"


def answer(shown: Answer, scope: Query, followed: bool, address: AnswerPage) -> CardView:
    """The sentences, for and against first, or that there are none; the way to each paper, and further pages."""
    card = Card(NEUTRAL)
    card.text(f"### {markdown.echo(shown.question.text, 300)}")
    looked = _looked_at(shown, scope, followed)
    if not shown.quotes:
        card.text(f"I found nothing that says so.\n{looked}")
        card.text(
            "-# Try the words that an abstract would use, fewer of them, or no options; /search finds papers that have"
            " them."
        )
        return card.view(address)
    pages = _pages(shown.quotes)
    number = min(address.page, len(pages) - 1)
    card.text(looked)
    if disagreeing := _disagreeing(shown.quotes):
        card.text(disagreeing)
    group: Group | None = None
    named: set[Handle] = set()
    for quote in pages[number]:
        if quote.group != group:
            group = quote.group
            card.divider()
            card.text(f"**{_heading(shown, group)}**")
        card.text(_entry(quote, _AGAIN if quote.paper.handle in named else _TITLE))
        named.add(quote.paper.handle)
    card.cards("Open a paper", _papers(shown.quotes, address))
    card.buttons(page_buttons(number, len(pages), lambda page: replace(address, page=page)))
    card.text(
        "-# Sentences word for word. For and against are told by words such as *more*, *less* and *not*: read them."
    )
    return card.view(address)


def _looked_at(shown: Answer, scope: Query, followed: bool) -> str:
    looked = markdown.counted(shown.looked_at, "abstract")
    narrowed = f" Only {markdown.echo(scope.explain(), 300)}." if scope.clauses else ""
    narrowed += " Only what this channel follows." if followed else ""
    papers = markdown.counted(shown.papers, "paper")
    return f"-# Looked at {looked} that share words with the question, of {papers}.{narrowed}"


def _heading(shown: Answer, group: Group) -> str:
    headings = _OF_OPEN if shown.question.is_open else _HEADINGS
    return f"{headings[group]} ({sum(quote.group == group for quote in shown.quotes)})"


def _disagreeing(quotes: Sequence[Quote]) -> str:
    """Which sentences are against which, where there are both."""
    sides = {group: " ".join(f"[{q.number}]" for q in quotes if q.group == group) for group in GROUPS}
    return f"⚠ Sources disagree: {sides['for']} against {sides['against']}" if sides["for"] and sides["against"] else ""


def _entry(quote: Quote, title: int = _TITLE) -> str:
    """A sentence with its number, paper, year and place; `title` are the characters of the title, at most."""
    text = markdown.safe(quote.sentence.text, _SENTENCE, links=True)
    if text.endswith(markdown.ELLIPSIS) and markdown.length(quote.sentence.text) > _SENTENCE // 2:
        text += _MORE
    year = f" ({quote.paper.published[:4]})" if quote.paper.published else ""
    return f"**[{quote.number}]** {text}\n-# {heading(quote.paper, title)}{year} · {sentence_numbers([quote.sentence])}"


def _pages(quotes: Sequence[Quote]) -> list[list[Quote]]:
    """The quotes of each page, as many as fit, so that none is cut to make room for another."""
    pages: list[list[Quote]] = [[]]
    left = _PAGE
    for quote in quotes:
        taken = markdown.length(_entry(quote))
        if pages[-1] and taken > left:
            pages.append([])
            left = _PAGE
        pages[-1].append(quote)
        left -= taken
    return pages


def _papers(quotes: Sequence[Quote], address: AnswerPage) -> list[tuple[str, PaperAction, str]]:
    """Each paper once, to open, with the numbers of its sentences."""
    papers: dict[Handle, Paper] = {quote.paper.handle: quote.paper for quote in quotes}
    return [
        (
            marked_title(paper),
            PaperAction("open", handle).opened_from(address),
            " ".join(f"[{quote.number}]" for quote in quotes if quote.paper.handle == handle),
        )
        for handle, paper in papers.items()
    ]
