"""Cards of those who wrote with an author, and of how two authors are connected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from commands.addresses import AuthorPage, AuthorPeople, ChosenPapers, CoauthorChain
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import page_buttons, page_count
from commands.views.paper_text import heading, paper_count, year_span
from store.models import Author, Paper

PER_PAGE = 8
"""People on a page, each with a button."""
NEWEST_PAPERS = 60
"""Papers of which all authors are looked up, for the order of those who wrote with somebody last."""


@dataclass(frozen=True)
class Coauthor:
    """Somebody who wrote with an author: what they wrote together, the newest first, and where that is shown."""

    author: Author
    together: Sequence[Paper]
    papers: ChosenPapers


def coauthors(who: Author, shown: Sequence[Coauthor], total: int, address: AuthorPeople) -> CardView:
    """A page of co-authors with papers and years together, each to open; and a list that opens what they wrote."""
    card = Card(NEUTRAL)
    latest = address.sort == "latest"
    of = f" of the newest {NEWEST_PAPERS} papers, the last first" if latest else ""
    card.text(f"### {markdown.safe(who.name, 200)}: {markdown.counted(total, 'co-author')}{of}")
    for number, one in enumerate(shown, 1):
        name = markdown.safe(one.author.name, 120)
        card.text(f"**{number}.** **{name}**\n-# {_together(one.together)} · {paper_count(one.author.papers)}")
    card.numbers([AuthorPage(one.author.handle).opened_from(address) for one in shown])
    card.buttons(page_buttons(address.page, page_count(total, PER_PAGE), lambda page: replace(address, page=page)))
    other = AuthorPeople("most" if latest else "latest", who.handle, 0, trail=address.trail)
    if total > 1:
        card.buttons([ButtonSpec("Most papers first" if latest else "Latest first", other)])
    card.cards(
        "What they wrote together",
        [
            (f"with {one.author.name}", one.papers.opened_from(address), markdown.counted(len(one.together), "paper"))
            for one in shown
        ],
    )
    return card.view(address)


def chain(who: Author, other: Author, steps: Sequence[tuple[Author, Coauthor]], address: CoauthorChain) -> CardView:
    """Who is connected with whom by which papers, step by step, each to open."""
    card = Card(NEUTRAL)
    names = f"{markdown.safe(who.name, 150)} and {markdown.safe(other.name, 150)}"
    apart = f"{markdown.counted(len(steps), 'step')} apart" if len(steps) != 1 else "wrote together"
    card.text(f"### {names}: {apart if steps else 'the same person'}")
    for number, (person, one) in enumerate(steps, 1):
        newest = f"\n{heading(one.together[0], 300)}" if one.together else ""
        pair = f"{markdown.safe(person.name, 100)} – {markdown.safe(one.author.name, 100)}"
        card.text(f"**{number}.** **{pair}**\n-# {_together(one.together)}{newest}")
    card.numbers([one.papers.opened_from(address) for _, one in steps])
    return card.view(address)


def _together(papers: Sequence[Paper]) -> str:
    """How many papers were written together, and in which years."""
    years = sorted(int(paper.published[:4]) for paper in papers if paper.published)
    return ", ".join(filter(None, (f"{markdown.counted(len(papers), 'paper')} together", year_span(years))))
