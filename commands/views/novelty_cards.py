"""How novel papers are by Lectern's measure: in a line, and on a card of an author's newest papers."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from commands.addresses import AuthorNovelty, PaperAction
from commands.views import markdown
from commands.views.layout import NEUTRAL, Card, CardView
from commands.views.paper_text import category, heading
from store.catalog.novelty import Novelty
from store.models import Author, Paper
from store.text.partial_dates import in_words

NEWEST_PAPERS = 8
"""Papers of which it is told; the first time, each may take a second."""


def in_one_line(novelty: Novelty) -> str:
    """Than how many papers a paper is farther from earlier ones, and which of these is the nearest."""
    compared = f"{novelty.compared} papers of {category(novelty.category)} in {novelty.year}"
    text = f"farther from earlier papers than {novelty.percentile} % of {compared}"
    for nearest in novelty.nearest[:1]:
        when = f" ({in_words(nearest.paper.published)})" if nearest.paper.published else ""
        text += f" · nearest: “{markdown.safe(nearest.paper.title, 160)}”{when}"
    return text


def of_author(who: Author, shown: Sequence[tuple[Paper, Novelty | None]], address: AuthorNovelty) -> CardView:
    """The newest papers of an author, each with its novelty, and what the measure is."""
    card = Card(NEUTRAL)
    known = [novelty.percentile for _, novelty in shown if novelty]
    middle = f", {median_low(known)} % in the middle" if known else ""
    newest = markdown.counted(len(shown), "newest paper")
    card.text(f"### {markdown.safe(who.name, 200)}: novelty of the {newest}{middle}")
    for number, (paper, novelty) in enumerate(shown, 1):
        told = (
            in_one_line(novelty) if novelty else "nothing can be said: too little is known of it, or of papers like it"
        )
        card.text(f"**{number}.** **{heading(paper, 200)}**\n-# {told}")
    card.numbers([PaperAction("open", paper.handle).opened_from(address) for paper, _ in shown])
    card.text(
        "-# Lectern's own measure: how far the words of title and abstract lie from the nearest earlier paper here,"
        " beside papers of the same category and year. It says nothing of a paper's worth."
    )
    return card.view(address)
