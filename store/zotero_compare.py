"""Comparing a reading list with what is known of its library: what changes here, what there, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.guilds import list_entries, paper_notes, reading_lists, zotero_links
from store.guilds.reading_lists import TEAM, ReadingList
from store.guilds.zotero_links import Asked, LinkedItem, ZoteroLink
from store.list_sync.merge import Step, Value, merge
from store.list_sync.models import Kind
from store.models import Handle, Paper
from store.storage.connection import Connection
from store.zotero_changes import new_item


@dataclass(frozen=True)
class Local:
    """The list with what is in it, as it is here."""

    one: ReadingList
    tags: Mapping[Handle, Value]
    notes: Mapping[str, paper_notes.Note]

    def value(self, item: LinkedItem) -> Value | None:
        """What an item is here."""
        if item.ours is None:
            return None
        if item.kind == "paper":
            return self.tags.get(item.ours)
        note = self.notes.get(item.ours)
        return note.text if note else None


@dataclass
class Plan:
    """What is to change there."""

    writes: list[tuple[LinkedItem, Value | None]] = field(default_factory=list)
    """Items to be written there, with what they become; None: taken away."""


async def local(connection: Connection, link: ZoteroLink) -> Local:
    """The list as it is here, with the notes that go with it: of the team's those that were shared, else one's own."""
    one = await reading_lists.by_id(connection, link.list_id)
    found = await list_entries.entries(connection, one)
    handles = [entry.handle for entry in found]
    notes = await paper_notes.notes_on(connection, link.owner, link.person, handles)
    chosen = [
        note
        for of_paper in notes.values()
        for note in of_paper
        if (note.shared if one.person == TEAM else note.person == one.person)
    ]
    tags: dict[Handle, Value] = {entry.handle: frozenset(entry.tags) for entry in found}
    return Local(one, tags, {note.token: note for note in chosen})


async def compare(
    connection: Connection, link: ZoteroLink, kind: Kind, papers: Mapping[Handle, Paper], now: datetime
) -> Plan:
    """Change here what is to change here, and say what is to change there."""
    here = await local(connection, link)
    known = await zotero_links.items(connection, link.list_id)
    parents = {item.item_key: item for item in known if item.kind == "paper"}
    on_both = {key for key, item in parents.items() if item.theirs is not None and item.ours in here.tags}
    items = [item for item in known if item.kind == kind and (kind == "note" or item.ours)]
    items += _unsent(here, known, kind, on_both)
    plan = Plan()
    for item in items:
        if item.kind == "note" and item.parent not in on_both:
            if item.parent not in parents:
                await zotero_links.forget(connection, link.list_id, item.item_key)
            continue
        await _settle(connection, link, here, item, parents, papers, plan, now)
    return plan


def _unsent(here: Local, known: Sequence[LinkedItem], kind: Kind, on_both: set[str]) -> list[LinkedItem]:
    """What is here and has no item there yet."""
    sent = {item.ours for item in known}
    if kind == "paper":
        return [new_item("paper", handle, None) for handle in here.tags if handle not in sent]
    by_paper = {item.ours: item.item_key for item in known if item.item_key in on_both}
    return [
        new_item("note", token, by_paper[note.handle])
        for token, note in here.notes.items()
        if token not in sent and note.handle in by_paper
    ]


async def _settle(
    connection: Connection,
    link: ZoteroLink,
    here: Local,
    item: LinkedItem,
    parents: Mapping[str, LinkedItem],
    papers: Mapping[Handle, Paper],
    plan: Plan,
    now: datetime,
) -> None:
    """Do what is to be done here about one item, keep that, and plan what is to be done there."""
    before, ours, theirs = item, here.value(item), item.theirs
    if item.kind == "paper" and ours is None and theirs is not None and item.ours not in papers:
        return  # It is hidden or was removed from the store; perhaps it is back one day.
    asked = Asked(question="both changed", here=_plain(ours), there=_plain(theirs))
    same = item.asked is not None and (item.asked.here, item.asked.there) == (asked.here, asked.there)
    choice = item.choice if same else None
    step = merge(item.base, ours, theirs, choice)
    if step.there and choice is None and item.details.get("formatted") and step.value is not None:
        # Writing it would take its formatting away.
        step = Step(value=None, question="both changed")
    if step.question:
        question = asked.model_copy(update={"question": step.question})
        item = item.model_copy(update={"asked": question, "choice": None})
        if item != before:
            await zotero_links.put(connection, link.list_id, item)
        return
    if step.here:
        item = await _change_here(connection, link, here, item, step.value, parents, papers, now)
    item = item.model_copy(update={"asked": None, "choice": None} if not step.there or choice is None else {})
    if not step.there:
        if step.value is None:
            await zotero_links.forget(connection, link.list_id, item.item_key)
        else:
            agreed = item.model_copy(update={"base": step.value})
            if agreed != before:
                await zotero_links.put(connection, link.list_id, agreed)
        return
    if item.theirs is None and item.base is not None and not item.version:
        # It was deleted there and is wanted again: as a new item, since the key is gone.
        await zotero_links.forget(connection, link.list_id, item.item_key)
        item = new_item(item.kind, item.ours or "", item.parent)
    await zotero_links.put(connection, link.list_id, item)
    plan.writes.append((item, step.value))


def _plain(value: Value | None) -> str | tuple[str, ...] | None:
    return value if value is None or isinstance(value, str) else tuple(sorted(value))


async def _change_here(
    connection: Connection,
    link: ZoteroLink,
    here: Local,
    item: LinkedItem,
    value: Value | None,
    parents: Mapping[str, LinkedItem],
    papers: Mapping[Handle, Paper],
    now: datetime,
) -> LinkedItem:
    """Give a thing here the value; returns the item with what it is here from now on."""
    if item.kind == "note":
        return await _change_note(connection, link, here, item, str(value or ""), parents, now)
    if value is None:
        if item.ours:
            await list_entries.remove(connection, here.one, item.ours, now)
    elif item.ours in here.tags:
        await list_entries.set_tags(connection, here.one, item.ours or "", sorted(value), now)
    elif item.ours and not await list_entries.put_back(connection, here.one, item.ours, now):
        await list_entries.save(connection, here.one, papers[item.ours], link.person, now, sorted(value))
    elif item.ours:
        await list_entries.set_tags(connection, here.one, item.ours, sorted(value), now)
    return item


async def _change_note(
    connection: Connection,
    link: ZoteroLink,
    here: Local,
    item: LinkedItem,
    words: str,
    parents: Mapping[str, LinkedItem],
    now: datetime,
) -> LinkedItem:
    """Give a note here the words, or without any delete it; one that is new is the team's if the list is."""
    if item.ours in here.notes:
        await paper_notes.edit(connection, here.notes[item.ours or ""], words)
        return item
    handle = parents[item.parent or ""].ours or ""
    shared = here.one.person == TEAM
    token = await paper_notes.add(connection, link.owner, link.person, handle, words, now, shared=shared)
    return item.model_copy(update={"ours": token})
