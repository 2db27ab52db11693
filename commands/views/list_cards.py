"""Cards of reading lists: all of them, a page of one, one of its papers, and what can be done to a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from commands.addresses import PaperAction
from commands.list_ids import (
    AllLists,
    EntryAction,
    EntryMove,
    EntryNext,
    FoundOrders,
    FoundPage,
    ListAction,
    ListOrder,
    ListOrders,
    ListPage,
    NewList,
    OwnNotes,
    WeeklySaved,
)
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import PAGE_SIZE, page_buttons, page_count
from commands.views.paper_text import heading
from store.guilds.list_entries import Entry
from store.guilds.paper_notes import Note
from store.guilds.reading_lists import STATES, TEAM, ReadingList, ReadingState
from store.models import Handle, Paper

STATE_NAMES: dict[ReadingState, str] = {"unread": "To read", "reading": "Reading", "read": "Read"}
_MARKS: dict[ReadingState, str] = {"unread": "○", "reading": "◐", "read": "●"}
_NEXT: dict[ReadingState, tuple[str, ReadingState]] = {
    "unread": ("Start", "reading"),
    "reading": ("Done", "read"),
    "read": ("Again", "unread"),
}
ORDER_NAMES: dict[ListOrder, str] = {
    "added": "last saved first",
    "title": "by title",
    "year": "newest papers first",
    "state": "by state",
}
ORDERS: tuple[ListOrder, ...] = get_args(ListOrder)
_LISTS_ON_A_PAGE = 7
_NOTES_SHOWN = 6


def whose(one: ReadingList, person: int) -> str:
    """Whose a list is and who sees it, for the person who looks at it."""
    if one.person == TEAM:
        return "the team's"
    if one.person != person:
        return f"<@{one.person}>'s, shared with the team"
    return "yours, shared with the team" if one.shared else "yours alone"


def counts(one: ReadingList) -> str:
    """How many papers of a list are in each state."""
    there = [f"{one.counts[state]:,} {STATE_NAMES[state].lower()}" for state in STATES if one.counts.get(state)]
    return " · ".join(there) or "no papers yet"


def overview(
    found: Sequence[ReadingList], person: int, page: int, save_mention: str, weekly: bool | None = None
) -> CardView:
    """The lists that somebody may see, each to open; `save_mention` is the command that saves a paper.

    `weekly` says whether the channel is told each week what the team saved, to those who may change that.
    """
    card = Card(NEUTRAL)
    if not found:
        card.text(
            "### There are no reading lists yet\nPress **Save** under a paper, or use"
            f" {save_mention}. What you save is yours alone until you share it."
        )
    else:
        pages = page_count(len(found), _LISTS_ON_A_PAGE)
        page = min(page, pages - 1)
        card.text("### Reading lists")
        for one in found[page * _LISTS_ON_A_PAGE : (page + 1) * _LISTS_ON_A_PAGE]:
            text = f"**{markdown.safe(one.name, 120)}** · {whose(one, person)}\n-# {counts(one)}"
            card.section(text, ButtonSpec("Open", ListPage("added", one.token, 0)))
        card.buttons(page_buttons(page, pages, AllLists))
    turn = [] if weekly is None else [ButtonSpec(*_WEEKLY[weekly])]
    card.buttons([ButtonSpec("New list", NewList()), *turn])
    return card.view()


_WEEKLY = {False: ("Post weekly here", WeeklySaved("on")), True: ("Stop posting weekly here", WeeklySaved("off"))}


@dataclass(frozen=True)
class ShownList:
    """A list as somebody looks at it: its entries in order, and `question`, the token of `words` where they searched.

    `papers` are those that can be shown as they are now, and `notes` what the person may read of the notes on them.
    """

    one: ReadingList
    person: int
    entries: Sequence[Entry]
    order: ListOrder
    page: int
    papers: Mapping[Handle, Paper] = field(default_factory=dict)
    notes: Mapping[Handle, Sequence[Note]] = field(default_factory=dict)
    words: str = ""
    question: str | None = None
    zotero: str = ""
    """When it was compared with Zotero and what is to be decided, where it is tied to a library."""

    @property
    def on_page(self) -> Sequence[Entry]:
        """The entries of the page."""
        page = min(self.page, page_count(len(self.entries)) - 1)
        return self.entries[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]


def entries(shown: ShownList) -> CardView:
    """A page of a list: each paper with its state and a button to the next, and one by number to all that it has."""
    one, pages = shown.one, page_count(len(shown.entries))
    page = min(shown.page, pages - 1)
    card = Card(NEUTRAL)
    title = f"### {markdown.safe(one.name, 120)}\n-# {whose(one, shown.person)} · {counts(one)}"
    if shown.question:
        found = markdown.counted(len(shown.entries), "paper")
        title += f"\n-# {found} with “{markdown.echo(shown.words, 100)}”"
    card.text(title + (f"\n-# {shown.zotero}" if shown.zotero else ""))
    may_change = one.may_change(shown.person)
    numbers = []
    for number, entry in enumerate(shown.on_page, page * PAGE_SIZE + 1):
        text = f"{number}. {_line(entry, shown.papers.get(entry.handle), shown.notes.get(entry.handle, ()))}"
        label, following = _NEXT[entry.state]
        numbers.append(ButtonSpec(str(number), EntryAction("show", one.token, entry.handle)))
        if may_change and not shown.question:
            card.section(text, ButtonSpec(label, EntryNext(following, shown.order, one.token, page, entry.handle)))
        else:
            card.text(text)
    if not shown.entries:
        card.text("Nothing here." if shown.question else "Press **Save** under a paper to put it here.")
    card.buttons(numbers)
    card.buttons(page_buttons(page, pages, _page_of(shown)))
    if len(shown.entries) > 1:
        orders = FoundOrders(one.token, shown.question) if shown.question else ListOrders(one.token)
        options = [(f"Sorted {ORDER_NAMES[order]}", order, "", order == shown.order) for order in ORDERS]
        card.choices(orders, "Sort", options, several=False)
    card.buttons(
        [
            ButtonSpec("Search", ListAction("search", one.token) if shown.entries or shown.question else None),
            ButtonSpec("More…", ListAction("more", one.token)),
            *([ButtonSpec("Whole list", ListPage(shown.order, one.token, 0))] if shown.question else []),
        ]
    )
    return card.view()


def _page_of(shown: ShownList) -> Callable[[int], ListPage | FoundPage]:
    token, order, question = shown.one.token, shown.order, shown.question
    if question:
        return lambda page: FoundPage(order, token, page, question)
    return lambda page: ListPage(order, token, page)


def _line(entry: Entry, paper: Paper | None, notes: Sequence[Note]) -> str:
    """A paper in a list: title, state, year, tags, how many notes."""
    title = heading(paper, 260) if paper else markdown.safe(entry.title, 200)
    facts = [f"{_MARKS[entry.state]} {STATE_NAMES[entry.state]}"]
    facts += [entry.published[:4]] if entry.published else []
    facts += [_tags(entry, 120)] if entry.tags else []
    facts += [markdown.counted(len(notes), "note")] if notes else []
    return f"**{title}**\n-# {' · '.join(facts)}"


def _tags(entry: Entry, limit: int) -> str:
    return markdown.safe(" ".join(f"#{tag}" for tag in entry.tags), limit)


def entry(
    one: ReadingList,
    person: int,
    shown: Entry,
    paper: Paper | None,
    notes: Sequence[Note],
    told: str = "",
    *,
    is_new: bool = False,
) -> CardView:
    """A paper in a list with its tags and notes, and what can be done to it; `told` says what has just been done.

    One that `is_new` has just been put in, which can be undone.
    """
    card = Card(NEUTRAL)
    if told:
        card.text(told)
    card.text(f"### {heading(paper, 500) if paper else markdown.safe(shown.title, 400)}")
    facts = [f"{_MARKS[shown.state]} **{STATE_NAMES[shown.state]}**", f"in {markdown.safe(one.name, 120)}"]
    facts += [f"saved by <@{shown.saved_by}> {markdown.moment(shown.saved)}"]
    card.text(f"{' · '.join(facts)}\n-# This list is {whose(one, person)}.")
    if shown.tags:
        card.text(_tags(shown, 400))
    left_out = len(notes) - _NOTES_SHOWN
    if left_out > 0:
        card.text(f"-# {markdown.counted(left_out, 'earlier note')} not shown.")
    for note in notes[-_NOTES_SHOWN:]:
        seen_by = "" if note.shared else " · yours alone"
        text = markdown.safe(note.text, 380, links=True)
        card.text(f"> {text}\n-# <@{note.person}> {markdown.moment(note.at)}{seen_by}")
    if one.may_change(person):
        card.buttons(
            [
                ButtonSpec(name, EntryAction(state, one.token, shown.handle) if state != shown.state else None)
                for state, name in STATE_NAMES.items()
            ]
        )
        card.buttons(
            [
                ButtonSpec("Add a note", EntryAction("note", one.token, shown.handle)),
                ButtonSpec("Tags", EntryAction("tags", one.token, shown.handle)),
                ButtonSpec("Move", EntryAction("move", one.token, shown.handle)),
                ButtonSpec("Undo" if is_new else "Remove", EntryAction("remove", one.token, shown.handle)),
            ]
        )
    else:
        card.buttons([ButtonSpec("Add a note", EntryAction("note", one.token, shown.handle))])
    own = [note for note in notes if note.person == person][-25:]
    card.select(
        OwnNotes(one.token, shown.handle),
        "Edit, share or delete a note of yours",
        [(note.text, note.token, "shared with the team" if note.shared else "yours alone") for note in reversed(own)],
    )
    open_paper = PaperAction("open", shown.handle).opened_apart()
    to_list = ButtonSpec("To the list", ListPage("added", one.token, 0))
    card.buttons([to_list, *([ButtonSpec("Open the paper", open_paper)] if paper else [])])
    return card.view()


def removed(one: ReadingList, shown: Entry) -> CardView:
    """Says that a paper was taken out, with a button that undoes it."""
    card = Card(NEUTRAL)
    card.text(f"Took **{markdown.safe(shown.title, 300)}** out of {markdown.safe(one.name, 120)}. Its notes stay.")
    card.buttons(
        [
            ButtonSpec("Undo", EntryAction("restore", one.token, shown.handle)),
            ButtonSpec("To the list", ListPage("added", one.token, 0)),
        ]
    )
    return card.view()


def move_question(one: ReadingList, shown: Entry, targets: Sequence[ReadingList], person: int) -> CardView:
    """Asks to which list a paper is to be moved."""
    card = Card(NEUTRAL)
    card.text(f"Where do you move **{markdown.safe(shown.title, 300)}**?")
    if not targets:
        card.text("There is no other list. Make one with **New list** in `/lists`.")
    options = [(target.name, target.token, "the team's" if target.person == TEAM else "yours") for target in targets]
    card.select(EntryMove(one.token, shown.handle), "A list", options)
    card.buttons([ButtonSpec("Cancel", EntryAction("show", one.token, shown.handle))])
    return card.view()
