"""Cards of what services outside found, beside what is in the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from commands.addresses import CardAddress
from commands.views import markdown
from commands.views.layout import NEUTRAL, Card, CardView
from commands.views.paper_text import author_list, entry, paper_count
from store.models import Author, Paper, PaperRecord
from store.outside import FoundPerson
from store.text.partial_dates import in_words

MOST_HERE, MOST_OUTSIDE = 3, 5
"""Entries of the library beside others, and from outside; a row of numbers has five."""


@dataclass(frozen=True)
class Here:
    """An entry of the library: its text and the card that it opens."""

    text: str
    opened: CardAddress


@dataclass(frozen=True)
class Found:
    """The first of `total` that services found, each with its card; and for each service that was not asked, why."""

    entries: Sequence[tuple[str, CardAddress]] = field(default=())
    failures: Sequence[str] = field(default=())
    total: int = 0
    exact: bool = False
    """Whether the first is called just as was typed, so that they stand above the library's."""


def found(heading: str, here: Sequence[Here], outside: Found, address: CardAddress, footnote: str = "") -> CardView:
    """What is in the library and what was found outside, clearly apart, each with a number to open it."""
    card = Card(NEUTRAL, reserve=600)
    card.text(heading)
    here = here[: MOST_HERE if outside.entries else MOST_OUTSIDE]
    parts = [("In your library", [(one.text, one.opened) for one in here]), ("Found outside", outside.entries)]
    opened: list[CardAddress] = []
    for title, entries in parts[:: -1 if outside.exact else 1]:
        if entries:
            card.divider()
            card.text(f"-# **{title}**")
        for number, (text, its_card) in enumerate(entries):
            if number:
                card.space()
            opened.append(its_card.opened_from(address))
            card.text(f"**{len(opened)}.** {text}")
    card.numbers(opened)
    if outside.total > len(outside.entries):
        card.text(f"-# These are the first {len(outside.entries)} of {outside.total:,} found outside; type more of it.")
    if not outside.entries and not outside.failures:
        card.text("-# Nothing like it was found outside.", final=True)
    card.text(footnote, final=True)
    if outside.failures:
        card.text(f"-# Not asked: {markdown.safe(' '.join(outside.failures), 400)}", final=True)
    return card.view(address)


def paper_here(paper: Paper) -> str:
    """A paper of the library, as an entry."""
    return entry(paper, 400)


def author_here(author: Author) -> str:
    """An author of the library, as an entry."""
    return f"**{markdown.safe(author.name, 120)}**\n-# {paper_count(author.papers)}"


def paper_outside(record: PaperRecord) -> str:
    """A paper that a service found, as an entry: what tells it from others, and who says so."""
    facts = [in_words(record.published)] if record.published else []
    facts += [markdown.safe(record.venue, 80)] if record.venue else []
    facts.append(f"from {markdown.safe(record.source.name, 40)}")
    authors = author_list(record.authors, 110) or "Authors not known"
    return f"**{markdown.safe(record.title, 200)}**\n{authors}\n-# {' · '.join(facts)}"


def person_outside(person: FoundPerson) -> str:
    """A person whom a service found, as an entry: what tells them from namesakes, and who says so."""
    about = [markdown.safe(fact, 80) for fact in person.facts]
    about += [markdown.safe(", ".join(person.fields[:2]), 80)] if person.fields else []
    lines = [f"**{markdown.safe(person.name, 120)}**", " · ".join(about)]
    if person.best_known:
        lines.append(f"-# best known for *{markdown.safe(person.best_known, 140)}*")
    services = [markdown.safe(one.source.name, 40) for one in person.everywhere]
    lines.append(f"-# from {', '.join(services[:-1])} and {services[-1]}" if services[1:] else f"-# from {services[0]}")
    return "\n".join(filter(None, lines))
