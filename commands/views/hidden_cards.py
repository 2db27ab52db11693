"""The card of the papers that are hidden on a server."""

from __future__ import annotations

from collections.abc import Sequence

from commands.custom_ids import HiddenPage, ShowAgain
from commands.views import markdown, paper_cards
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import page_buttons, page_count
from store.guilds.hidden_papers import HiddenPaper

PER_PAGE = 8


def hidden(papers: Sequence[HiddenPaper], page: int) -> CardView:
    """A page of the papers that are hidden, the last one first, each with a button to show it again."""
    if not papers:
        return paper_cards.message(
            "Nothing is hidden here. `/hide` keeps a paper from being found, shown or posted on this server."
        )
    card = Card(NEUTRAL)
    card.text(f"### Hidden here: {markdown.counted(len(papers), 'paper')}")
    page = min(page, page_count(len(papers), PER_PAGE) - 1)
    for one in papers[page * PER_PAGE : (page + 1) * PER_PAGE]:
        card.section(
            f"**{markdown.safe(one.title, 250)}**\n-# hidden by <@{one.person}> {markdown.moment(one.at)}",
            ButtonSpec("Show again", ShowAgain(one.handle)),
        )
    card.buttons(page_buttons(page, page_count(len(papers), PER_PAGE), HiddenPage))
    card.text("-# Nobody on this server finds these, and none is posted. Other servers are not concerned.")
    return card.view()
