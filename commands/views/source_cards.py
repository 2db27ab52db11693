"""The card that tells where the sources of a paper differ."""

from __future__ import annotations

from commands.addresses import CardAddress
from commands.views import markdown
from commands.views.layout import Card, CardView
from commands.views.paper_cards import views
from commands.views.paper_text import category_colour, field_name, heading, source_list
from store.models import Claim, Disagreement, Paper
from store.text.arxiv_taxonomy import category_in_words
from store.text.partial_dates import in_words
from store.text.timestamps import day_in_words

_MOST_VALUES = 6
"""Values of a field on the card."""


def differences(shown: Paper, address: CardAddress) -> CardView:
    """Every value of each field on which sources differ, with who gives it and when that was read."""
    card = Card(category_colour(shown.category), reserve=450)
    card.text(f"### {heading(shown, 400)}")
    if not shown.disagreements:
        card.text("The sources of this paper agree.")
    for one in shown.disagreements:
        card.text(f"**{field_name(one).capitalize()}**\n{_values(one)}")
    card.buttons(views(shown, "sources", address)[:1])
    legend = "▸ is shown on the paper's card. " if shown.disagreements else ""
    card.text(f"-# {legend}{source_list(shown.sources)}", final=True)
    return card.view(address)


def _values(found: Disagreement) -> str:
    dated = dict.fromkeys(("published", "preprinted", "in_venue"), in_words)
    said = {**dated, "category": category_in_words}.get(found.field, str)
    lines = [
        f"{'▸' if number == 0 else '·'} {markdown.safe(said(claim.value), 160)}\n-# {_given_by(claim)}"
        for number, claim in enumerate(found.claims)
    ]
    return markdown.first_of(lines, _MOST_VALUES, "\n")


def _given_by(claim: Claim) -> str:
    named = [f"{markdown.safe(s.name, 40)}, read {day_in_words(s.retrieved)}" for s in (claim.source, *claim.others)]
    return markdown.first_of(named, 3, "; ")
