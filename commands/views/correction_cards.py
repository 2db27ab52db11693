"""Cards about what people said of authors: who is the same person, and whose a paper is; each with a way to undo it."""

from __future__ import annotations

from collections.abc import Sequence

from commands.addresses import AuthorPage, CardAddress, NotTheirs, PersonCorrections
from commands.custom_ids import JoinPeople, MovePaper, NobodysPaper
from commands.views import markdown
from commands.views.author_cards import about
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paper_cards import views
from commands.views.paper_text import author_list, category_colour, heading, paper_count
from store.catalog.same_person import SamePerson
from store.correcting_people import JoinedPeople, PersonCorrection
from store.models import Author, Handle, Paper
from store.text.timestamps import day_in_words

SHOWN_ON_A_PAGE, SHOWN_ON_A_PAPER = 2, 3
MOST_SHOWN = 8
MOST_OFFERED = 5
"""People of a like name to whom a paper may be given."""
_NAME, _TITLE = 80, 150
_FOR_WHOM = "for everybody here"


def same_people(who: Author, found: Sequence[SamePerson], address: CardAddress) -> CardView:
    """Others who may be the same person as an author, with what speaks for it, each to open or to join."""
    card = Card(NEUTRAL)
    card.text(f"### Who else may be {markdown.safe(who.name, 100)}")
    card.text(f"-# {about(who)}")
    for number, one in enumerate(found, 1):
        evidence = markdown.safe("; ".join(one.evidence), 300)
        card.section(
            f"**{number}.** **{markdown.safe(one.author.name, 120)}**\n-# {about(one.author)}\n{evidence}",
            ButtonSpec("Same person", JoinPeople("join", who.handle, one.author.handle)),
        )
    if not found:
        card.text("Others have a name like this, but nothing in their papers says that they are the same person.")
    else:
        card.text(f"-# “Same person” makes one page of two, {_FOR_WHOM}, until somebody undoes it.")
    card.numbers([AuthorPage(one.author.handle).opened_from(address) for one in found])
    return card.view(address)


def question(who: Author) -> str:
    """Whether a person is the one whose page it stands on; the label of a button."""
    return f"{markdown.plain(who.name, 40)}, {markdown.counted(who.papers, 'paper')}: the same person?"


def show(
    card: Card, said: Sequence[PersonCorrection], most: int, page: Handle | None, more: PersonCorrections | None = None
) -> None:
    """The newest of what was said of a person's page or else of a paper, with who and when and Undo.

    How many there are is said, and `more` leads to all.
    """
    for one in said[:most]:
        sentence = f"-# {_sentence(one, page)}"
        if one.said.for_everybody:
            card.text(sentence)
        else:
            card.section(sentence, ButtonSpec("Undo", _undo(one)))
    if len(said) > most and more:
        card.buttons([ButtonSpec(f"{markdown.counted(len(said) - most, 'more correction')}", more)])
    elif len(said) > most:
        card.text(f"-# Undo some to see {len(said) - most:,} more.")


def authors_of(
    shown: Paper, known: Sequence[Author], said: Sequence[PersonCorrection], address: CardAddress
) -> CardView:
    """Every author of a paper, each to open or to say that it is another's, and whether the list is complete."""
    card = Card(category_colour(shown.category))
    card.text(f"### {heading(shown)}")
    card.text(author_list(shown.authors, 2500, everyone=True))
    if not shown.authors_complete:
        card.text("-# The source lists only the first authors in order; there are more.")
    show(card, said, SHOWN_ON_A_PAPER, None)
    people = [(one, paper_count(one.papers)) for one in known]
    card.cards("Open an author", [(one.name, AuthorPage(one.handle).opened_from(address), n) for one, n in people])
    card.cards(
        "Who did not write it?",
        [
            (one.name, NotTheirs(shown.handle, one.handle).opened_from(address), n)
            for one, n in people
            if not one.is_group
        ],
    )
    card.buttons(views(shown, "authors", address))
    return card.view(address)


def corrections(who: Author, said: Sequence[PersonCorrection], address: CardAddress) -> CardView:
    """All that was said of a person."""
    card = Card(NEUTRAL)
    card.text(f"### What was corrected about {markdown.safe(who.name, 100)}")
    if not said:
        card.text("Nothing, or it has been undone.")
    show(card, said, MOST_SHOWN, who.handle)
    return card.view(address)


def whose(shown: Paper, who: Author, offered: Sequence[Author], address: NotTheirs) -> CardView:
    """Of whom a paper is that is not by a person: somebody of a like name, or somebody who is not known."""
    card = Card(category_colour(shown.category))
    title, name = markdown.safe(shown.title, 300), markdown.safe(who.name, 100)
    card.text(f"### Not by {name}: whose is it?\n**{title}**\n-# Now on the page of {name} · {about(who)}")
    for one in offered[:MOST_OFFERED]:
        card.section(
            f"**{markdown.safe(one.name, 120)}**\n-# {about(one)}",
            ButtonSpec("Theirs", MovePaper(shown.handle, who.handle, one.handle)),
        )
    if len(offered) > MOST_OFFERED:
        card.text(f"-# These are the first {MOST_OFFERED} of {len(offered):,} of a name like this.")
    card.buttons([ButtonSpec("Somebody else of this name", NobodysPaper("nobody", shown.handle, who.handle))])
    card.text(f"-# It changes pages {_FOR_WHOM}, until somebody undoes it.")
    return card.view(address)


def _sentence(one: PersonCorrection, page: Handle | None) -> str:
    by = "Whoever runs me" if one.said.for_everybody else f"<@{one.said.said_by}>"
    day = day_in_words(one.said.said)
    if isinstance(one, JoinedPeople):
        if page in (one.first.handle, one.second.handle):
            other = one.second if page == one.first.handle else one.first
            return f"{by} joined this page with {_named(other)} on {day}."
        return f"{by} joined {_named(one.first)} with {_named(one.second)} on {day}."
    instead = f", but by {markdown.safe(one.whose.name, _NAME)}" if one.whose else ", but by somebody else of the name"
    title = "this" if page is None else f"“{markdown.safe(one.paper.title, _TITLE)}”"
    return f"{by} said on {day} that {title} is not by {markdown.safe(one.person.name, _NAME)}{instead}."


def _named(who: Author) -> str:
    return f"**{markdown.safe(who.name, _NAME)}** ({markdown.counted(who.papers, 'paper')})"


def _undo(one: PersonCorrection) -> JoinPeople | NobodysPaper:
    if isinstance(one, JoinedPeople):
        return JoinPeople("part", one.said.first, one.said.second)
    return NobodysPaper("back", one.said.paper, one.said.person)
