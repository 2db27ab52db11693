"""The card of `/status`: what the store holds, how feeds and services are doing, and what is waiting to be posted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commands.views import markdown
from commands.views.layout import NEUTRAL, Card, CardView
from store.guilds.feed_state import FeedState, FeedStatus, feed_names
from store.guilds.posts import Backlog
from store.models import IntakeReport
from store.outside import ServiceState
from store.text.arxiv_taxonomy import archive_of

_STATES: dict[FeedStatus | None, str] = {
    "unreachable": "Does not answer",
    "unreadable": "Sends something that I cannot read",
    "empty": "Has no papers on a day that should have some",
    "repeated": "Repeats an old batch; a new one is overdue",
    None: "Will be asked soon",
    "good": "Works",
}
"""What is wrong comes first. None is a feed that was never asked."""
_MAX_NAMES = 20
"""Categories of a group that are named; arXiv has as many archives."""


@dataclass(frozen=True)
class Status:
    """What the card shows. `own_papers` are those that the guild added, or in direct messages the person.

    `followed` are the categories and archives that are followed where the person can see it, `feeds` the state of every
    feed by its name. Where feeds are not asked at all, `asks_feeds` is false.
    """

    papers: int
    authors: int
    own_papers: int
    backlog: Backlog
    followed: Sequence[str]
    feeds: Mapping[str, FeedState]
    intakes: Sequence[IntakeReport]
    asks_feeds: bool = True
    services: Sequence[ServiceState] = ()
    fetching: str = ""
    """Who may fetch people from services, in a sentence; empty where everybody may."""
    behind: int = 0
    """Entries of the intake log that this host has still to apply, where there are several."""
    vectors: str = ""
    """How far papers are read for a search by meaning; empty where there is none."""


@dataclass
class _Group:
    """Feeds that are in the same state for the same reason: those of announcements and those of OAI-PMH."""

    announced: list[str] = field(default_factory=list)
    harvested: list[str] = field(default_factory=list)
    states: list[FeedState] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.announced) + len(self.harvested)


def status(shown: Status) -> CardView:
    """Counts, what is waiting, the feeds that are followed here, and the last intakes."""
    card = Card(NEUTRAL, reserve=800)
    added = f"; {markdown.counted(shown.own_papers, 'paper')} added here" if shown.own_papers else ""
    known = f"{markdown.counted(shown.papers, 'paper')} by {markdown.counted(shown.authors, 'author')}"
    card.text(f"## Status\n{known}{added}")
    waiting = shown.backlog
    since = f", the first since {markdown.moment(waiting.since)}" if waiting.since else ""
    card.text(f"**Waiting to be posted** {waiting.papers:,}{since}")
    card.text(shown.vectors)
    if shown.behind:
        card.text(f"**Still to be taken in here** {shown.behind:,} from the log of what came in")
    card.divider()
    groups = _grouped(shown.followed, shown.feeds)
    if not shown.followed:
        card.text("No feed is followed here.")
    else:
        card.text(_summary(groups))
    if shown.followed and not shown.asks_feeds:
        card.text("⚠ I do not ask them: whoever runs me has turned that off.")
    for (state, why), group in groups.items():
        card.text(_feeds(state, why, group))
    card.divider()
    if shown.services:
        card.text("\n".join(("**Services outside**", *map(_service, sorted(shown.services, key=_calm)))))
        card.text(shown.fetching)
        card.divider()
    intakes = "\n".join(_intake(report) for report in shown.intakes)
    card.text(intakes, final=True)
    return card.view()


def _calm(service: ServiceState) -> tuple[bool, bool]:
    """Those that rest come first, then those that were asked today."""
    return not service.resting, not service.spent


def _service(service: ServiceState) -> str:
    """One service: what it cost today, and why it is not asked, if it is not."""
    resting = f" · {markdown.safe(service.resting, 120)}" if service.resting else ""
    return f"-# {'⚠ ' if resting else ''}{service.title} · {service.usage}{resting}"


def _grouped(
    followed: Sequence[str], feeds: Mapping[str, FeedState]
) -> dict[tuple[FeedStatus | None, str | None], _Group]:
    """The feeds by their state and its reason, what is wrong first."""
    groups: dict[tuple[FeedStatus | None, str | None], _Group] = defaultdict(_Group)
    for category in followed:
        announcements, harvest = feed_names(category)
        for name, subject in ((announcements, category), (harvest, archive_of(category))):
            feed = feeds.get(name)
            key = (feed.state, feed.detail if feed.state != "good" else None) if feed else (None, None)
            group = groups[key]
            listed = group.announced if name == announcements else group.harvested
            if subject not in listed:
                listed.append(subject)
                group.states += [feed] if feed else []
    order = list(_STATES)
    return dict(sorted(groups.items(), key=lambda one: (order.index(one[0][0]), -one[1].size)))


def _summary(groups: Mapping[tuple[FeedStatus | None, str | None], _Group]) -> str:
    """How many feeds there are, and how many of them are well."""
    counts = Counter[str]()
    for (state, _), group in groups.items():
        counts["work" if state == "good" else "not asked yet" if state is None else "with trouble"] += group.size
    said = " · ".join(f"{count:,} {what}" for what, count in counts.items())
    return f"**Feeds followed here:** {counts.total():,} · {said}"


def _feeds(state: FeedStatus | None, why: str | None, group: _Group) -> str:
    """Feeds in one state: which they are, their last good run and their counts."""
    if group.announced == group.harvested:
        names = [f"arXiv {_listed(group.announced)}, by announcements and OAI-PMH"]
    else:
        names = [f"arXiv {_listed(group.announced)}"] if group.announced else []
        names += [f"OAI-PMH of {_listed(group.harvested)}"] if group.harvested else []
    mark = "⚠ " if state not in ("good", None) else ""
    reason = f" ({markdown.safe(why, 120)})" if why else ""
    lines = [f"{mark}**{_STATES[state]}:**{reason} {'; '.join(names)}"]
    if group.states:
        lines.append(f"-# {_history(group.states)}")
    return "\n".join(lines)


def _listed(subjects: Sequence[str]) -> str:
    return markdown.first_of([markdown.safe(subject, 30) for subject in subjects], _MAX_NAMES)


def _history(feeds: Sequence[FeedState]) -> str:
    """Of several feeds the one that was heard longest ago, and their counts together."""
    heard = [feed.last_good for feed in feeds if feed.last_good]
    failures, items = max(feed.failures for feed in feeds), sum(feed.items for feed in feeds)
    unread = sum(len(feed.rejected) for feed in feeds)
    parts = [f"{failures:,} times in a row"] if failures > 1 else []
    parts.append(f"last good {markdown.moment(min(heard))}" if len(heard) == len(feeds) else "not all read yet")
    if items:
        parts.append(f"{sum(feed.new for feed in feeds):,} new of {items:,}")
    parts += [f"{unread:,} not read"] if unread else []
    return " · ".join(parts)


def _intake(report: IntakeReport) -> str:
    unread = f", {len(report.problems):,} not read" if report.problems else ""
    return (
        f"**{markdown.safe(report.source, 80)}** {report.new:,} new, {report.changed:,} changed{unread}\n"
        f"-# {markdown.moment(report.finished)}"
    )
