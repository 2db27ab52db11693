"""Cards about authors: their papers and figures, authors to choose from, the authors of a paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from commands.addresses import (
    AuthorPage,
    AuthorPapers,
    CardAddress,
    ChosenPapers,
    CompactPapers,
    PaperAction,
    PapersInOneLine,
    PickedAuthor,
)
from commands.author_ids import AuthorAction
from commands.verbs import PaperOrder
from commands.views import markdown
from commands.views.author_summary import ALL, SomePapers
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import page_buttons, page_count
from commands.views.paper_text import category_colour, citation_sources, entry, facts, heading, paper_count
from store.guilds.person_intakes import PersonIntake
from store.models import Author, Handle, Metric, MetricName, Paper, Source
from store.outside import Affiliation
from store.search.matcher import asks_for_words
from store.search.parser import parse
from store.text.arxiv_taxonomy import category_in_words
from store.text.normalize import fold
from store.text.timestamps import day_in_words

_METRICS: dict[MetricName, str] = {
    "h_index": "h-index **{}**",
    "papers": "**{}** papers",
    "citations": "**{}** citations",
    "novelty": "novelty **{} %**",
    "ai_score": "AI score **{}**",
}


MAX_PEOPLE = 10
"""Authors to choose from on one card; more than look-up offers."""
_SOURCES = 5
"""Sources whose figures are shown."""


@dataclass(frozen=True)
class PapersView:
    """A page of an author's papers: those shown, how many there are in all, and which and in what order they are."""

    author: Author
    papers: Sequence[Paper]
    total: int
    page: int
    question: Handle
    """The token of `which`."""
    which: SomePapers = ALL
    coauthor: Author | None = None
    """With whom they were written, where `which` says so."""
    order: PaperOrder = "newest"


COMPACT_SIZE = 10
"""Papers on a compact page, each with a button."""
_ORDERS: dict[PaperOrder, str] = {
    "newest": "Newest",
    "oldest": "Oldest",
    "cited": "Most cited",
    "relevant": "Most relevant",
}


def papers(shown: PapersView, address: AuthorPapers | ChosenPapers) -> CardView:
    """A page of an author's papers, with the ways to sort them."""
    card = _listing(shown)
    for number, one in enumerate(shown.papers, 1):
        card.text(f"**{number}.** {entry(one, person=shown.author.name)}")
    card.numbers([PaperAction("open", one.handle).opened_from(address) for one in shown.papers])
    card.buttons(page_buttons(address.page, page_count(shown.total), lambda page: replace(address, page=page)))
    of_author = (shown.author.handle, shown.question)
    _sorting(card, shown, lambda order: ChosenPapers(order, *of_author, 0, trail=address.trail))
    if shown.papers:
        told, short = PapersInOneLine(shown.order, *of_author, shown.page), CompactPapers(shown.order, *of_author, 0)
        card.buttons(
            [
                ButtonSpec("In one line each", told.opened_from(address)),
                ButtonSpec("Compact", short.opened_from(address)),
            ]
        )
    card.text(citation_sources(shown.papers), final=True)
    return card.view(address)


def compact(shown: PapersView, address: CompactPapers) -> CardView:
    """The same with a title and the main facts of each."""
    card = _listing(shown)
    for number, one in enumerate(shown.papers, 1):
        card.text(f"**{number}.** {heading(one, 160)}\n-# {facts(one)}")
    card.numbers([PaperAction("open", one.handle).opened_from(address) for one in shown.papers])
    pages = page_count(shown.total, COMPACT_SIZE)
    card.buttons(page_buttons(address.page, pages, lambda page: replace(address, page=page)))
    _sorting(card, shown, lambda order: replace(address, order=order, page=0))
    card.text(citation_sources(shown.papers), final=True)
    return card.view(address)


def _listing(shown: PapersView) -> Card:
    """A card that says whose papers, and which of them."""
    who = shown.author
    card = Card(NEUTRAL if not shown.papers else category_colour(who.field or shown.papers[0].category), reserve=300)
    together = f" with {markdown.safe(shown.coauthor.name, 100)}" if shown.coauthor else ""
    query = shown.which.query
    matching = markdown.echo(parse(query).explain(), 300).removeprefix("papers") if query else ""
    count = markdown.counted(shown.total, "paper")
    card.text(f"### {markdown.safe(who.name, 200)}: {count}{together}{matching}")
    return card


def _sorting(card: Card, shown: PapersView, at: Callable[[PaperOrder], CardAddress]) -> None:
    """Buttons of the other orders, and of the form that narrows the papers down."""
    has_words = bool(shown.which.query) and asks_for_words(parse(shown.which.query))
    orders = [
        ButtonSpec(name, at(order))
        for order, name in _ORDERS.items()
        if order != shown.order and shown.total > 1 and (order != "relevant" or has_words)
    ]
    card.buttons([*orders, ButtonSpec("Narrow down", AuthorAction("narrow", shown.author.handle))])


def figures(card: Card, metrics: Sequence[Metric]) -> None:
    """An author's figures by source, each with when it was read, and a note where they cannot all be true."""
    by_source = _by_source(metrics)
    for source, of_source in by_source[:_SOURCES]:
        card.text(f"{_in_a_row(of_source)}\n-# {markdown.safe(source.name, 60)}, read {day_in_words(source.retrieved)}")
        card.text(_contradiction(of_source))
    if len(by_source) > _SOURCES:
        card.text(f"-# and figures of {markdown.counted(len(by_source) - _SOURCES, 'more source')}")


def figures_of(metrics: Sequence[Metric]) -> str:
    """An author's figures in one line, with their sources."""
    by_source = [
        f"{_in_a_row(of_source)} ({markdown.safe(source.name, 40)})" for source, of_source in _by_source(metrics)
    ]
    return markdown.first_of(by_source, 2, "; ")


def _in_a_row(metrics: Sequence[Metric]) -> str:
    return " · ".join(_METRICS[metric.name].format(markdown.number(metric.value)) for metric in metrics)


def affiliations(intakes: Sequence[PersonIntake]) -> str:
    """Where services saw the person, the last place first, each with the years in which they did."""
    found: dict[str, Affiliation] = {}
    for one in (one for intake in intakes for one in intake.person.affiliations):
        known = found.setdefault(fold(one.name), one)
        first = min(filter(None, (known.first_year, one.first_year)), default=None)
        last = max(filter(None, (known.last_year, one.last_year)), default=None)
        found[fold(one.name)] = known.model_copy(update={"first_year": first, "last_year": last})
    places = sorted(found.values(), key=lambda one: -(one.last_year or 0))
    return markdown.first_of([f"{markdown.safe(one.name, 60)}{_between(one)}" for one in places], 3)


def _between(place: Affiliation) -> str:
    first, last = place.first_year or place.last_year, place.last_year or place.first_year
    return f" ({first}–{last})" if first != last else f" ({first})" if first else ""


def how_far(intake: PersonIntake) -> str:
    """How far a service's papers of the person are, in one line."""
    source = markdown.safe(intake.person.source.name, 40)
    of = f" of {intake.total:,}" if intake.total and intake.total > intake.taken else ""
    papers = markdown.counted(intake.taken, "paper")
    if intake.complete:
        return f"{papers} from {source}, fetched {markdown.moment(intake.asked)}"
    if intake.failure:
        return f"⚠ {intake.taken:,}{of} papers from {source}; {markdown.safe(intake.failure, 150)} It is tried again."
    return f"⏳ Fetching from {source}: {intake.taken:,}{of} papers"


def kind_of(who: Author) -> str:
    """What tells a person from others: that it is a group, where they are known from, or their category."""
    field = category_in_words(who.field or "")
    kind = "group" if who.is_group else who.distinction.replace(f"{who.field}, ", f"{field}, ", 1) or field
    return markdown.safe(kind, 80) if kind else ""


def about(who: Author) -> str:
    """What tells a person from others, and how many papers they have here."""
    return " · ".join(filter(None, (kind_of(who), paper_count(who.papers))))


def _contradiction(metrics: Sequence[Metric]) -> str:
    """A note where an h-index is greater than the number of papers, which it cannot be (Hirsch 2005); else empty."""
    value = {m.name: m.value for m in metrics}
    if "h_index" in value and "papers" in value and value["h_index"] > value["papers"]:
        h, listed = markdown.number(value["h_index"]), markdown.number(value["papers"])
        return (
            f"-# ⚠ An h-index of {h} needs at least {h} papers, and this page counts {listed}: "
            "the two figures cannot be about the same papers. Both are shown as the page gives them."
        )
    return ""


def people(
    heading: str, shown: Sequence[Author], address: CardAddress, footnote: str = "", question: str | None = None
) -> CardView:
    """Authors to choose from; `question` is the token of what was typed where nobody fitted."""
    card = Card(NEUTRAL, reserve=300)
    card.text(heading)
    for number, who in enumerate(shown[:MAX_PEOPLE], 1):
        card.text(f"**{number}.** **{markdown.safe(who.name, 120)}**\n-# {about(who)}")
    opened = [PickedAuthor(who.handle, question) if question else AuthorPage(who.handle) for who in shown]
    card.numbers([one.opened_from(address) for one in opened[:MAX_PEOPLE]])
    if len(shown) > MAX_PEOPLE:
        card.text(f"-# These are the first {MAX_PEOPLE} of {len(shown):,}.")
    card.text(footnote, final=True)
    return card.view(address)


def _by_source(metrics: Sequence[Metric]) -> list[tuple[Source, list[Metric]]]:
    """Figures grouped by source and by when they were read, in a fixed order."""
    order = list(_METRICS)
    groups: dict[tuple[str, str], list[Metric]] = {}
    for metric in sorted(metrics, key=lambda m: order.index(m.name)):
        groups.setdefault((metric.source.name, metric.source.retrieved.isoformat()), []).append(metric)
    return [(group[0].source, group) for group in groups.values()]
