"""The card of the notes on a paper."""

from __future__ import annotations

from collections.abc import Sequence

from commands.views import markdown
from commands.views.layout import Card, CardView
from commands.views.paper_text import category_colour, heading
from store.guilds.paper_notes import Note
from store.models import Paper

_LONGEST = 900
"""Characters of a note on the card; the whole of it is in the list that it was written in."""


def notes(paper: Paper, found: Sequence[Note]) -> CardView:
    """The notes, the last one first, as many as fit, each with who wrote it and who may read it."""
    card = Card(category_colour(paper.category), reserve=80)
    card.text(f"### {markdown.counted(len(found), 'note')} on {heading(paper, 400)}")
    shown = 0
    for note in reversed(found):
        who = f"<@{note.person}> · {markdown.moment(note.at)}{'' if note.shared else ' · for you alone'}"
        if not card.text(f"{markdown.echo(note.text, _LONGEST)}\n-# {who}"):
            break
        shown += 1
    if shown < len(found):
        card.text(f"-# These are the last {shown:,} of {len(found):,}; an export of the list has all.", final=True)
    return card.view()
