"""The card of a team: its people, what came out lately, what they work on, and who works with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from commands.addresses import AuthorPage, PaperAction, TeamPage
from commands.author_ids import FollowTeam, TeamList
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView, Picture
from commands.views.paging import PAGE_SIZE
from commands.views.paper_text import citation_sources, entry
from store.models import Author
from store.team_profile import TeamProfile
from store.text.partial_dates import in_words

_PEOPLE, _PAIRS = 12, 3


@dataclass(frozen=True)
class TeamView:
    """A team, since when papers are new, and the picture of who works with whom."""

    profile: TeamProfile
    since: date
    chart: Picture | None
    can_follow: bool
    """Whether one subscription can name all of them."""


def team(shown: TeamView, address: TeamPage) -> CardView:
    """A team in one message, with lists to open its people and to take somebody out."""
    what = shown.profile
    card = Card(NEUTRAL, reserve=300)
    if not what.people:
        card.text("### Nobody is in the team of this server yet")
        card.text("Add people with `/team add:` and a name, one after the other, or all at once with /setup.")
        return card.view(address)
    people = "1 person" if len(what.people) == 1 else f"{len(what.people)} people"
    names = markdown.first_of([markdown.safe(one.name, 60) for one in what.people], _PEOPLE)
    lines = [f"### The team: {people}, {markdown.counted(what.papers, 'paper')} here", names]
    if what.topics:
        topics = [f"**{markdown.safe(topic.phrase, 60)}** ({len(topic.papers):,})" for topic in what.topics]
        lines.append(f"They work on {', '.join(topics)}.")
    if what.pairs:
        pairs = [_pair(what.people, pair) for pair in what.pairs]
        lines.append(f"Most often together: {markdown.first_of(pairs, _PAIRS)}.")
    card.text("\n".join(lines))
    if shown.chart:
        card.picture(shown.chart)
    new = what.new[:PAGE_SIZE]
    count = markdown.counted(len(what.new), "paper") if what.new else "No paper"
    among = f", the newest {PAGE_SIZE} of them:" if len(what.new) > PAGE_SIZE else ""
    card.text(f"**{count}** since {in_words(shown.since.isoformat())}{among}")
    for number, paper in enumerate(new, 1):
        card.text(f"**{number}.** {entry(paper)}")
    card.numbers([PaperAction("open", paper.handle).opened_from(address) for paper in new])
    if shown.can_follow:
        card.buttons([ButtonSpec("Follow the team", FollowTeam())])
    card.cards(
        "Open somebody’s page",
        [
            (one.name, AuthorPage(one.handle).opened_from(address), markdown.counted(one.papers, "paper"))
            for one in what.people
        ],
    )
    card.select(TeamList(), "Take somebody out of the team", [(one.name, one.handle, "") for one in what.people])
    card.text(citation_sources(new), final=True)
    return card.view(address)


def _pair(people: Sequence[Author], pair: tuple[int, int, int]) -> str:
    one, other = (markdown.safe(people[at].name, 60) for at in pair[:2])
    return f"{one} and {other} ({pair[2]:,})"
