"""The card of the papers that are hidden on a server."""

from __future__ import annotations

from collections.abc import Sequence

from commands.custom_ids import ShowAgain
from commands.views import markdown, paper_cards
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from store.guilds.hidden_papers import HiddenPaper

MAX_SHOWN = 8


def hidden(papers: Sequence[HiddenPaper]) -> CardView:
    """The papers that are hidden, the last one first, each with a button to show it again."""
    if not papers:
        return paper_cards.message(
            "Nothing is hidden here. `/hide` keeps a paper from being found, shown or posted on this server."
        )
    card = Card(NEUTRAL)
    card.text(f"### Hidden here: {markdown.counted(len(papers), 'paper')}")
    for one in papers[:MAX_SHOWN]:
        card.section(
            f"**{markdown.safe(one.title, 250)}**\n-# hidden by <@{one.person}> {markdown.moment(one.at)}",
            ButtonSpec("Show again", ShowAgain(one.handle)),
        )
    if len(papers) > MAX_SHOWN:
        card.text(f"-# These are the last {MAX_SHOWN} of {len(papers):,}.")
    card.text("-# Nobody on this server finds these, and none is posted. Other servers are not concerned.")
    return card.view()
