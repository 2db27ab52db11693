"""A card says what it leaves out: no block, line, button or choice of a list disappears in silence."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands import custom_ids
from commands.addresses import AuthorPage, NotTheirs, PaperAction, PersonCorrections
from commands.views import (
    alias_cards,
    author_cards,
    correction_cards,
    layout,
    paper_cards,
    posts,
    profile_cards,
    subscription_cards,
)
from commands.views.layout import MAX_OPTIONS, NEUTRAL, ButtonSpec, Card, CardView
from store.catalog.merge import merge
from store.correcting_people import JoinedPeople
from store.guilds.aliases import Alias
from store.guilds.explain import Outcome
from store.guilds.items import Item
from store.guilds.person_corrections import Joined
from store.guilds.post_contents import Cause
from store.guilds.subscriptions import Options, Pause, Scope, Subscription
from store.models import Author, Paper
from store.profiles.author_profile import profile
from store.profiles.topics import WordFrequencies
from store.search.matcher import Reason
from store.search.parser import parse
from store.text.handles import handle
from tests.commands.test_cards import check, sent
from tests.support.made import DAY, record

SAID = re.compile(r"(\d[\d,]*) (parts? of this answer|more\b)|the first \d+ of (\d+)")
BLOCKS = st.lists(st.sampled_from(["text", "section", "buttons", "links", "select", "lines", "final"]), max_size=45)


def mark(number: int) -> str:
    """Something to look for on a card that stands for one of many things."""
    return f"mark{number}x"


def unsaid(view: CardView, marks: list[str]) -> list[str]:
    """The marks that a card neither shows nor says to be left out."""
    shown = json.dumps(sent(view))
    missing = [one for one in marks if one not in shown]
    return [] if SAID.search(shown) else missing


@settings(max_examples=60)
@given(BLOCKS, st.integers(1, 900), st.sampled_from([0, 300]))
def test_whatever_does_not_fit_is_said(blocks: list[str], size: int, reserve: int) -> None:
    card, marks = Card(NEUTRAL, reserve=reserve), []
    card.text("Heading")
    for number, block in enumerate(blocks):
        added = [mark(100 * number + part) for part in range(MAX_OPTIONS + 2)]
        match block:
            case "text" | "final":
                added = added[:1]
                card.text(added[0] + "x" * size, final=block == "final")
            case "section":
                added = added[:1]
                card.section(added[0] + "x" * size, ButtonSpec("Open", custom_ids.SubscriptionPage(number)))
            case "buttons":
                added = added[:6]
                card.buttons([ButtonSpec(one, None) for one in added])
            case "links":
                added = added[:11]
                card.links([(one, f"https://example.org/{one}") for one in added])
            case "select":
                page = custom_ids.AuthorList(handle(str(number)))
                card.select(page, "Choose", [(one, one, "") for one in added])
            case "lines":
                card.lines([one + "x" * size for one in added], len(added), lambda left: f"and {left} more")
        marks += added
        card.divider()
    view = card.view()
    check(view)
    assert unsaid(view, marks) == []


def test_only_the_layout_makes_components_of_messages() -> None:
    """So that no card gets round its count of what is left out."""
    folder = Path(layout.__file__).parent
    for file in folder.glob("*.py"):
        made = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Attribute)]
        assert file.name == "layout.py" or not [one for one in made if one.attr in ("ui", "to_components")], file.name


SLICES = {
    "preview_card._forms": "`first_of` counts the other forms; more words than four are a matter of the query",
    "snippet_text._spaced": "the first and last character, not a part",
    "alias_cards.alias_list": "`Card.lines` counts the others",
    "answer_cards._entry": "the year of a date",
    "author_cards.figures": "says of how many more sources there are figures",
    "author_summary._named": "of co-authors, all of whom a list below offers",
    "author_cards.people": "says how many there are",
    "club_cards._state": "says how many there are",
    "catch_up_cards.caught_up": "has pages",
    "changes_card.changes": "a button leads to all",
    "correction_cards.show": "says how many more there are, or leads to all",
    "correction_cards.whose": "says how many there are",
    "hidden_cards.hidden": "has pages",
    "layout.with_foot": "three buttons at most are given to it",
    "layout.lines": "`more` counts the others",
    "layout.buttons": "counted in `left_out`",
    "layout.links": "counted in `left_out`",
    "layout.numbers": "the entries that they open are counted by the caller",
    "layout.select": "the placeholder says how many there are",
    "outside_cards.found": "of the library fewer beside others; Back leads to all",
    "outside_cards.person_outside": "the principal fields tell namesakes apart",
    "watch_cards._common": "says how many words are not shown",
    "watch_cards.watched": "has pages",
    "paper_cards.summarised": "says how many more sentences there are",
    "paper_cards._paged": "a word of a thousand characters",
    "mine_cards.followed": "has pages",
    "list_cards.overview": "has pages",
    "zotero_cards.overview": "says how many more there are",
    "list_cards.on_page": "has pages",
    "list_cards._line": "the year of a date",
    "novelty_cards.in_one_line": "the nearest, and called so",
    "paper_text._both_dates": "the year of a date",
    "paper_text._search": "a title in an address",
    "paper_text.field_name": "the year of a date",
    "paper_text.year_span": "the one year that there is",
    "people_cards._together": "the year of a date",
    "profile_cards.profile": "of services, which are those of the figures",
    "posts.over_cap": "has pages",
    "preview_card.preview": "samples, whose number is told before",
    "source_cards.differences": "the one button that leads to the paper",
    "subscription_cards.subscription_list": "has pages",
    "subscription_cards.unsubscribe_list": "has pages",
    "team_cards._pair": "the two places of a pair",
    "team_cards.team": "says that they are the newest",
    "year_chart._papers": "the other categories share a colour, and are named so",
}
"""The functions that show only a part of something, and how they say so. `markdown.first_of` and `Card.lines` do."""


def test_whoever_shows_a_part_says_so() -> None:
    found = {
        f"{file.stem}.{function.name}"
        for file in Path(layout.__file__).parent.glob("*.py")
        if file.stem != "markdown"  # It works on texts, and shortens them with an ellipsis.
        for function in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Slice) and node.upper is not None
    }
    assert found == SLICES.keys(), "write in SLICES how a card says what it leaves out"


def paper(number: int) -> Paper:
    return merge(handle("p", str(number)), [record(f"{mark(number)} {'long title ' * 40}", abstract="It works. " * 90)])


def item(number: int) -> Item:
    return Item(paper=paper(number), reasons=(Reason(kind="text", text="word “agents” in title"),))


def subscription(number: int) -> Subscription:
    return Subscription(
        id=number,
        token="x" * 11 + f"{number:05}",
        scope=Scope(1, 2),
        target_id=10**18 + number,
        creator_id=10**18,
        query=parse(f"{mark(number)} {'*agents* ' * 20}{'_' * 250}"),
        options=Options(schedule={"cadence": "weekly", "zone": "America/Argentina/ComodRivadavia"}),
        created=DAY,
        waiting=10**6,
        pause=Pause(kind="asked", reason="*" * 300, since=DAY),
        last_post=DAY,
    )


NOTHING = profile([], [], WordFrequencies(titles=0, counts={}), "")


def joined(number: int) -> JoinedPeople:
    said = Joined(owner=1, said_by=3, said=DAY, first=handle("a"), second=handle("b", str(number)))
    return JoinedPeople(said=said, first=author(number), second=author(number))


def outcome(number: int) -> Outcome:
    return Outcome(
        subscription_id=1,
        token="x" * 16,
        query=parse(f"{mark(number)} {'agents ' * 20}"),
        deleted=False,
        state="silent",
    )


def author(number: int) -> Author:
    return Author(handle=handle(str(number)), name=mark(number), is_group=False, field=None, papers=1)


AT = PaperAction("open", handle("p"))


def pages(make: Callable[[int], CardView], count: int) -> list[CardView]:
    return [make(page) for page in range(count)]


LISTS: dict[str, Callable[[int], list[CardView]]] = {
    "aliases": lambda n: [
        alias_cards.alias_list(
            [Alias(kind="title", query=mark(i), handle=handle("a"), text="t" * 99) for i in range(n)]
        )
    ],
    "people": lambda n: [author_cards.people("### Several", [author(i) for i in range(n)], AT)],
    "authors of a paper": lambda n: [correction_cards.authors_of(paper(999), [author(i) for i in range(n)], (), AT)],
    "whose a paper is": lambda n: [
        correction_cards.whose(
            paper(999), author(999), [author(i) for i in range(n)], NotTheirs(handle("p"), handle("a"))
        )
    ],
    "corrections": lambda n: [
        correction_cards.corrections(author(999), [joined(i) for i in range(n)], PersonCorrections(handle("a")))
    ],
    "corrections on a page": lambda n: [
        profile_cards.profile(
            profile_cards.ProfileView(author(999), NOTHING, said=[joined(i) for i in range(n)], today=DAY.date()),
            AuthorPage(handle("a")),
        )
    ],
    "corrections of a paper": lambda n: [
        correction_cards.authors_of(paper(999), [author(i) for i in range(25)], [joined(i) for i in range(n)], AT)
    ],
    "papers": lambda n: [paper_cards.results(paper_cards.Results("### Papers", [paper(i) for i in range(n)]))],
    "the first papers": lambda n: [paper_cards.results(paper_cards.Results("### Papers", [paper(0)], total=n))],
    "one line each": lambda n: [paper_cards.one_liners("### Papers", [(paper(i), None) for i in range(n)], AT)],
    "why a post": lambda n: [
        posts.explained([Cause(query=parse("agents"), creator_id=5, items=tuple(item(i) for i in range(n)))])
    ],
    "outcomes": lambda n: [subscription_cards.outcomes("A", [outcome(i) for i in range(n)], Scope(1, 2), "")],
    "subscriptions": lambda n: pages(
        lambda page: subscription_cards.subscription_list([subscription(i) for i in range(n)], page), n // 5 + 1
    ),
    "subscriptions, for a member": lambda n: pages(
        lambda page: subscription_cards.subscription_list([subscription(i) for i in range(n)], page, "<@&1>"),
        n // 5 + 1,
    ),
    "unsubscribe": lambda n: pages(
        lambda page: subscription_cards.unsubscribe_list([subscription(i) for i in range(n)], page), n // 25 + 1
    ),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("count", [1, 5, 24, 60])
def test_a_list_shows_or_counts_everything(name: str, count: int) -> None:
    views = LISTS[name](count)
    shown = ""
    for view in views:
        check(view)
        shown += json.dumps(sent(view))
    missing = [mark(number) for number in range(count) if mark(number) not in shown]
    assert SAID.search(shown) if missing else True, missing


@pytest.mark.parametrize("name", ["subscriptions", "subscriptions, for a member", "unsubscribe"])
def test_a_list_with_pages_shows_everything(name: str) -> None:
    shown = "".join(json.dumps(sent(view)) for view in LISTS[name](60))
    assert [number for number in range(60) if mark(number) not in shown] == []
    assert "did not fit" not in shown
