"""A made reading list with a paper and notes, for the tests of cards."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import SecretStr

from commands.views.list_cards import ShownList
from store.guilds.list_entries import Entry
from store.guilds.paper_notes import Note
from store.guilds.reading_lists import ReadingList
from store.guilds.zotero_links import Asked, LinkedItem, ZoteroLink

DAY = datetime(2024, 11, 5, tzinfo=UTC)
HANDLE = "abcdefg234567"
LIST = ReadingList(
    id=1,
    token="AbC_-0123456789x",
    owner=1,
    person=3,
    name="To read",
    shared=False,
    made_by=3,
    counts={"unread": 1},
)
ENTRY = Entry(
    handle=HANDLE,
    title="Looms of Lyon",
    published="2024-11-04",
    state="unread",
    tags=("silk",),
    saved_by=3,
    saved=DAY,
    changed=DAY,
)
NOTE = Note(token="AbC_-0123456789y", person=3, handle=HANDLE, text="Good on silk.", at=DAY, shared=False)
SHOWN = ShownList(LIST, 3, [ENTRY], "added", 0, {}, {HANDLE: [NOTE]})
LINK = ZoteroLink(
    list_id=1,
    owner=1,
    person=3,
    library="groups/7",
    collection=None,
    api_key=SecretStr("secret"),
    version=3,
    due=DAY,
    synced=DAY,
    failure=None,
    stopped=False,
)
ITEM = LinkedItem(
    item_key="ABCD2345",
    kind="note",
    ours="AbC_-0123456789y",
    about=None,
    parent="ABCD2346",
    base="Good.",
    theirs="Better.",
    version=2,
    details={},
    asked=Asked(question="both changed", here="Best.", there="Better."),
    choice=None,
)
