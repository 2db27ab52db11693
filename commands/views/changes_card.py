"""The card of what is new about an author since a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from commands.addresses import AuthorChanges, ChosenPapers, PaperAction
from commands.author_ids import AuthorAction
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import PAGE_SIZE
from commands.views.paper_text import citation_sources, entry
from store.models import Author, MetricName, Paper
from store.profiles.changes import Change
from store.text.partial_dates import PartialDate, in_words

QUARTER = timedelta(days=91)
_PERIODS = {"Last month": timedelta(days=30), "Last 3 months": QUARTER, "Last year": timedelta(days=365)}
"""Each has a button."""
_FIGURES: dict[MetricName, str] = {
    "h_index": "h-index",
    "papers": "papers",
    "citations": "citations",
    "novelty": "novelty (%)",
    "ai_score": "AI score",
}


@dataclass(frozen=True)
class ChangesView:
    """What is new about an author: papers since a day, newest first, and where all are; figures; new co-authors."""

    author: Author
    since: date
    papers: Sequence[Paper]
    newest: PartialDate | None
    """When the newest of all their papers was published."""
    chosen: ChosenPapers
    changes: Sequence[Change]
    first_read: date | None
    """When the first of the figures was read; what was before, nobody here knows."""
    coauthors: Sequence[str]
    today: date


def changes(shown: ChangesView, address: AuthorChanges) -> CardView:
    """Papers, figures and co-authors since a day, and buttons for other days."""
    who = shown.author
    card = Card(NEUTRAL, reserve=300)
    card.text(f"### {markdown.safe(who.name, 200)} since {in_words(shown.since.isoformat())}")
    figures = [_change(one) for one in shown.changes]
    if figures:
        card.lines(figures, len(figures), lambda more: f"-# and {markdown.counted(more, 'more figure')}")
    if shown.first_read and shown.first_read > shown.since:
        first = in_words(shown.first_read.isoformat())
        card.text(f"-# Figures are known here since {first}; what they were before is not.")
    if shown.coauthors:
        names = markdown.first_of([markdown.safe(name, 60) for name in shown.coauthors], 8)
        card.text(f"**{markdown.counted(len(shown.coauthors), 'new co-author')}**: {names}")
    count = markdown.counted(len(shown.papers), "paper") if shown.papers else "No paper"
    newest = f"; the newest is of {in_words(shown.newest)}" if shown.newest and not shown.papers else ""
    card.text(f"**{count}** published since{newest}")
    for number, paper in enumerate(shown.papers[:PAGE_SIZE], 1):
        card.text(f"**{number}.** {entry(paper, person=who.name)}")
    card.numbers([PaperAction("open", paper.handle).opened_from(address) for paper in shown.papers[:PAGE_SIZE]])
    if len(shown.papers) > PAGE_SIZE:
        card.buttons([ButtonSpec(f"All {len(shown.papers):,} papers", shown.chosen.opened_from(address))])
    starts = [(label, (shown.today - period).isoformat()) for label, period in _PERIODS.items()]
    periods = [
        ButtonSpec(label, AuthorChanges(who.handle, day, trail=address.trail))
        for label, day in starts
        if day != address.since
    ]
    card.buttons([*periods, ButtonSpec("Another date", AuthorAction("since", who.handle))])
    card.text(citation_sources(shown.papers[:PAGE_SIZE]), final=True)
    return card.view(address)


def _change(change: Change) -> str:
    """By how much a figure has changed, and between which readings."""
    before, now = change.before, change.now
    difference = now.value - before.value
    amount = f"{'+' if difference > 0 else '−'}{markdown.number(abs(difference))}"
    source = markdown.safe(now.source.name, 60)
    earlier, later = (in_words(one.measured.isoformat()) for one in (before, now))
    return (
        f"**{amount}** {_FIGURES[now.name]}: {markdown.number(before.value)} on {earlier},"
        f" {markdown.number(now.value)} on {later} ({source})"
    )
