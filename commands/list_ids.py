"""The custom_ids of reading lists: their pages, what can be done to a list, and to a paper in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commands.custom_ids import CustomId
from store.models import Handle

ListOrder = Literal["added", "title", "year", "state"]
ListVerb = Literal["more", "rename", "search", "share", "unshare", "delete", "sure"]
EntryVerb = Literal["show", "unread", "reading", "read", "remove", "restore", "note", "tags", "move"]


@dataclass(frozen=True)
class SavePaper(CustomId, form="save:{handle}"):
    """A paper to save to the person's list without another question."""

    handle: Handle


@dataclass(frozen=True)
class AllLists(CustomId, form="lists:{page}"):
    """A page of the lists that a person may see."""

    page: int


@dataclass(frozen=True)
class NewList(CustomId, form="lists:new"):
    """A list to be made."""


@dataclass(frozen=True)
class NewListForm(CustomId, form="lists:form"):
    """The form that asks for the name of a new list."""


@dataclass(frozen=True)
class ListPage(CustomId, form="list:{order}:{token}:{page}"):
    """A page of a list in an order."""

    order: ListOrder
    token: str
    page: int


@dataclass(frozen=True)
class FoundPage(CustomId, form="list:{order}:{token}:{page}:{question}"):
    """A page of what was found in a list; `question` is the token of the words."""

    order: ListOrder
    token: str
    page: int
    question: str


@dataclass(frozen=True)
class ListOrders(CustomId, form="order:{token}"):
    """The orders of a list, to choose one."""

    token: str


@dataclass(frozen=True)
class FoundOrders(CustomId, form="order:{token}:{question}"):
    """The orders of what was found in a list."""

    token: str
    question: str


@dataclass(frozen=True)
class ListAction(CustomId, form="list:{verb}:{token}"):
    """Something to do to a list: `delete` asks, `sure` does it."""

    verb: ListVerb
    token: str


@dataclass(frozen=True)
class RenameForm(CustomId, form="rename:{token}"):
    """The form that gives a list another name."""

    token: str


@dataclass(frozen=True)
class SearchForm(CustomId, form="within:{token}"):
    """The form that takes words to look for in a list."""

    token: str


@dataclass(frozen=True)
class ListExport(CustomId, form="file:{token}"):
    """The formats in which a list can be had as a file."""

    token: str


@dataclass(frozen=True)
class EntryNext(CustomId, form="next:{verb}:{order}:{token}:{page}:{handle}"):
    """The next state of a paper, under a page of its list, which stays."""

    verb: Literal["unread", "reading", "read"]
    order: ListOrder
    token: str
    page: int
    handle: Handle


@dataclass(frozen=True)
class EntryAction(CustomId, form="entry:{verb}:{token}:{handle}"):
    """Something to do to a paper in a list."""

    verb: EntryVerb
    token: str
    handle: Handle


@dataclass(frozen=True)
class EntryMove(CustomId, form="moveto:{token}:{handle}"):
    """The lists that a paper can be moved to."""

    token: str
    handle: Handle


@dataclass(frozen=True)
class NoteForm(CustomId, form="note:{token}:{handle}"):
    """The form for a new note on a paper in a list."""

    token: str
    handle: Handle


@dataclass(frozen=True)
class TagsForm(CustomId, form="tags:{token}:{handle}"):
    """The form for the tags of a paper in a list."""

    token: str
    handle: Handle


@dataclass(frozen=True)
class OwnNotes(CustomId, form="notes:{token}:{handle}"):
    """The person's notes on a paper in a list, to choose one to edit; the value of each is the note's token."""

    token: str
    handle: Handle


@dataclass(frozen=True)
class EditNoteForm(CustomId, form="renote:{token}"):
    """The form that edits a note; the token is the note's."""

    token: str


@dataclass(frozen=True)
class PaperNotes(CustomId, form="notes:{handle}"):
    """The notes on a paper that the person may read."""

    handle: Handle


@dataclass(frozen=True)
class WeeklySaved(CustomId, form="weekly:{verb}"):
    """Whether this channel is told each week what the team saved."""

    verb: Literal["on", "off"]
