"""Cards of addresses on the web: a page and a feed, and that they were taken back."""

from __future__ import annotations

import discord

from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.web_ids import WebButtonId


def address(shown: str, url: str, end: WebButtonId) -> CardView:
    """The address of the page and that of the feed, to copy; `shown` says what they show."""
    card = Card(NEUTRAL)
    card.text(
        f"### On the web: {markdown.safe(shown, 300)}\n"
        f"Page, to read in a browser:\n`{url}`\nAtom feed, for a feed reader:\n`{url}/atom.xml`"
    )
    card.text("-# Whoever has these addresses can read this, without Discord. Take them back if they got too far.")
    card.buttons([ButtonSpec("Take back", end, discord.ButtonStyle.danger)])
    return card.view()


def taken_back(shown: str, show: WebButtonId) -> CardView:
    """Says that the address leads to nothing now."""
    card = Card(NEUTRAL)
    card.text(f"Taken back: the address of {markdown.safe(shown, 300)} leads to nothing now.")
    card.buttons([ButtonSpec("Make a new one", show)])
    return card.view()
