"""The page of an author: who it is in a paragraph of facts, figures with their sources, and what to read first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from commands.addresses import (
    AuthorChanges,
    AuthorNovelty,
    AuthorPage,
    AuthorPapers,
    AuthorPeople,
    AuthorSummaries,
    ChosenPapers,
    PaperAction,
    PersonCorrections,
    RefreshedAuthor,
    SamePeople,
)
from commands.author_ids import AuthorAction
from commands.views import correction_cards, markdown
from commands.views.author_cards import about, affiliations, figures, how_far
from commands.views.author_summary import Fact, paragraph
from commands.views.changes_card import QUARTER
from commands.views.layout import ButtonSpec, Card, CardView, Picture
from commands.views.paper_text import category_colour, citation_sources, facts, heading
from commands.web_ids import AuthorWeb
from store.correcting_people import PersonCorrection
from store.guilds.person_intakes import PersonIntake
from store.models import Author, Metric
from store.profiles.author_profile import AuthorProfile, ToRead
from store.text.partial_dates import in_words

_SOURCES = 5
"""Services of which it is told how far the papers are."""


@dataclass(frozen=True)
class ProfileView:
    """All that an author's page shows."""

    author: Author
    profile: AuthorProfile
    metrics: Sequence[Metric] = ()
    coauthors: Sequence[tuple[Author, int]] = ()
    behind: Sequence[tuple[Fact, ChosenPapers]] = ()
    """The facts of the paragraph, each with where its papers are."""
    intakes: Sequence[PersonIntake] = field(default=())
    """From which services the papers were fetched, and how far that is."""
    said: Sequence[PersonCorrection] = ()
    """What people here said of the author."""
    alike: Author | None = None
    """Who else is likeliest the same person."""
    has_alike: bool = False
    """Whether somebody else's name may be the author's."""
    is_compared: bool = False
    """Whether the store has papers enough to tell what is novel."""
    has_web: bool = False
    """Whether pages and feeds are served."""
    today: date = field(kw_only=True)
    chart: Picture | None = None
    """Their papers by year."""


def profile(shown: ProfileView, address: AuthorPage) -> CardView:
    """An author in one message: a paragraph, figures, topics, what to read first; and where to go from there."""
    who, what = shown.author, shown.profile
    first = [one.paper for one in what.to_read]
    card = Card(category_colour(who.field or (first[0].category if first else None)), reserve=500)
    spellings = dict.fromkeys([*what.spellings, *(name for one in shown.intakes for name in one.person.spellings)])
    written = markdown.first_of([markdown.safe(name, 60) for name in spellings if name != who.name], 4)
    notes = [affiliations(shown.intakes), f"Also written {written}" if written else ""]
    topics = ", ".join(f"{markdown.safe(topic.phrase, 60)} ({len(topic.papers):,})" for topic in what.topics)
    since = f" since {in_words(what.topics_since)}" if what.topics_since else ""
    lines = [
        f"## {markdown.safe(who.name, 200)}",
        f"-# {about(who)}",
        *(f"-# {note}" for note in notes if note),
        paragraph(what, shown.coauthors),
        f"-# Topics{since}: {topics}" if topics else "",
    ]
    card.text("\n".join(filter(None, lines)))
    corrections = PersonCorrections(who.handle).opened_from(address)
    correction_cards.show(card, shown.said, correction_cards.SHOWN_ON_A_PAGE, who.handle, corrections)
    card.text("\n".join(f"-# {how_far(intake)}" for intake in shown.intakes[:_SOURCES]))
    figures(card, shown.metrics)
    if shown.chart:
        card.picture(shown.chart)
    if first:
        card.divider()
    for number, one in enumerate(what.to_read, 1):
        card.text(f"**{number}.** **{heading(one.paper, 300)}**\n-# {_reason(one)}{facts(one.paper)}")
    card.numbers([PaperAction("open", paper.handle).opened_from(address) for paper in first])
    fetched = shown.intakes and all(intake.complete for intake in shown.intakes)
    alike = correction_cards.question(shown.alike) if shown.alike else "The same person?"
    if first:
        card.buttons(
            [
                ButtonSpec("All papers", AuthorPapers(who.handle, 0).opened_from(address)),
                ButtonSpec("People", AuthorPeople("most", who.handle, 0).opened_from(address)),
                ButtonSpec("In one line each", AuthorSummaries(who.handle).opened_from(address)),
                ButtonSpec("Follow", AuthorAction("follow", who.handle)),
                ButtonSpec("Export", AuthorAction("export", who.handle)),
            ]
        )
    quarter_ago = (shown.today - QUARTER).isoformat()
    more = [
        ButtonSpec("What is new", AuthorChanges(who.handle, quarter_ago).opened_from(address)),
        *([ButtonSpec("How novel", AuthorNovelty(who.handle).opened_from(address))] if shown.is_compared else []),
        *([ButtonSpec("Refresh", RefreshedAuthor(who.handle, trail=address.trail))] if fetched else []),
        *([ButtonSpec(alike, SamePeople(who.handle).opened_from(address))] if shown.has_alike else []),
        *([ButtonSpec("Feed", AuthorWeb("show", who.handle))] if shown.has_web else []),
    ]
    card.buttons(more)
    card.cards(
        "The papers behind this",
        [(fact.label, at.opened_from(address), markdown.counted(fact.papers, "paper")) for fact, at in shown.behind],
    )
    card.cards(
        "Co-authors",
        [
            (a.name, AuthorPage(a.handle).opened_from(address), f"{markdown.counted(n, 'paper')} together")
            for a, n in shown.coauthors
        ],
    )
    card.text(citation_sources(first), final=True)
    return card.view(address)


def _reason(one: ToRead) -> str:
    """Why a paper is to be read first, to stand before what is known of it."""
    match one.reason:
        case "most cited":
            return "**Most cited** · "
        case "newest":
            return "**Newest** · "
        case "central":
            on = markdown.first_of([markdown.safe(topic.phrase, 60) for topic in one.topics], 3)
            return f"**Central**, on {on} · "
        case "recent":
            return "**Recent** · "
