"""The card of `/status`: what the store holds, how each feed is doing, and what is waiting to be posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commands.views import markdown
from commands.views.layout import NEUTRAL, Card, CardView
from store.guilds.feed_state import FeedState, FeedStatus
from store.guilds.posts import Backlog
from store.models import IntakeReport

_STATES: dict[FeedStatus, str] = {
    "good": "works",
    "empty": "has no papers on a day that should have some",
    "repeated": "repeats an old batch; a new one is overdue",
    "unreadable": "sends something that I cannot read",
    "unreachable": "does not answer",
}


@dataclass(frozen=True)
class Status:
    """What the card shows. `own_papers` are those that the guild added, or in direct messages the person.

    `followed` are the names of feeds that are followed where the person can see it, `feeds` the state of every feed.
    """

    papers: int
    authors: int
    own_papers: int
    backlog: Backlog
    followed: Sequence[str]
    feeds: Mapping[str, FeedState]
    intakes: Sequence[IntakeReport]


def status(shown: Status) -> CardView:
    """Counts, what is waiting, the feeds that are followed here, and the last intakes."""
    card = Card(NEUTRAL, reserve=200)
    added = f"; {markdown.counted(shown.own_papers, 'paper')} added here" if shown.own_papers else ""
    known = f"{markdown.counted(shown.papers, 'paper')} by {markdown.counted(shown.authors, 'author')}"
    card.text(f"## Status\n{known}{added}")
    waiting = shown.backlog
    since = f", the first since {markdown.moment(waiting.since)}" if waiting.since else ""
    card.text(f"**Waiting to be posted** {waiting.papers:,}{since}")
    card.divider()
    for name in shown.followed:
        card.text(_feed(name, shown.feeds.get(name)))
    if not shown.followed:
        card.text("No feed is followed here.")
    card.divider()
    for report in shown.intakes:
        card.text(_intake(report))
    left_out = card.left_out
    card.text(f"-# and {left_out:,} more" if left_out else "", final=True)
    return card.view()


def _feed(name: str, feed: FeedState | None) -> str:
    """One feed: how it is doing, its last good run and its counts."""
    if feed is None:
        return f"**{markdown.safe(name, 60)}** will be asked soon"
    why = f" ({markdown.safe(feed.detail, 120)})" if feed.detail and feed.state != "good" else ""
    repeated = f", {feed.failures:,} times in a row" if feed.failures > 1 else ""
    unread = f", {len(feed.rejected):,} not read" if feed.rejected else ""
    last = f"last good {markdown.moment(feed.last_good)}" if feed.last_good else "not yet read"
    mark = "" if feed.state == "good" else "⚠ "
    counts = f" · {feed.new:,} new of {feed.items:,}{unread}" if feed.items else ""
    return f"{mark}**{markdown.safe(name, 60)}** {_STATES[feed.state]}{why}{repeated}\n-# {last}{counts}"


def _intake(report: IntakeReport) -> str:
    unread = f", {len(report.problems):,} not read" if report.problems else ""
    return (
        f"**{markdown.safe(report.source, 80)}** {report.new:,} new, {report.changed:,} changed{unread}\n"
        f"-# {markdown.moment(report.finished)}"
    )
