"""The card of what words stand for on a server, as its people said."""

from __future__ import annotations

from collections.abc import Sequence

from commands.views import markdown, paper_cards
from commands.views.layout import NEUTRAL, Card, CardView
from store.guilds.aliases import Alias

MAX_SHOWN = 30


def alias_list(known: Sequence[Alias]) -> CardView:
    """What was typed and what it leads to, as far as it fits."""
    if not known:
        return paper_cards.message(
            "Nothing is remembered here yet. When nothing fits what you typed, pick one, and say that you meant it."
        )
    card = Card(NEUTRAL)
    card.text(f"### Remembered here: {len(known):,}")
    shown = [
        f"“{markdown.echo(a.query, 60)}” → {markdown.safe(a.text, 90) if a.text else '*no longer in the store*'}"
        for a in known[:MAX_SHOWN]
    ]
    card.lines(shown, len(known), lambda more: f"-# and {more:,} more; `/aliases export:True` has all")
    return card.view()
