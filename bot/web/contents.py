"""What the page and the feed of an address show: papers as the address's owner sees them, at most `MOST` of them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import NamedTuple

from pydantic import AwareDatetime

from store.errors import NotFoundError
from store.guilds import list_entries, paper_notes, reading_lists, web_addresses
from store.guilds.reading_lists import TEAM
from store.guilds.web_addresses import Subject, WebAddress
from store.library import Library
from store.models import Frozen, Handle, Paper
from store.search.matcher import Reason
from store.text.partial_dates import bounds
from store.text.timestamps import day_in_words
from store.text.visible import one_line
from store.text.web_addresses import normalised, of_identifier

MOST = 100
"""Papers on a page and in a feed, by choice: a month of three a day, in some 200 kB."""
MOST_ABSTRACT, MOST_NOTE, MOST_TITLE, MOST_AUTHORS, MOST_NAME = 3_000, 1_500, 500, 100, 200
"""Characters and names that are shown; longer ones are cut, so that an answer has 4 MB at most, escaped."""
MOST_NOTES = 6
"""Notes on a paper, the last ones, as on the card of an entry."""
_NAMESPACE = uuid.UUID("6a3f6f0e-5b0c-4c1e-9d0f-2f9a1c1b7d55")
"""Of our own, so that ids are those of nothing else."""


class Entry(Frozen):
    """A paper in a feed; `updated` is when it came into it, or changed there."""

    id: str
    handle: Handle
    title: str
    authors: tuple[str, ...]
    abstract: str
    url: str | None
    published: str | None
    """As it is known: a year, a month or a day."""
    category: str | None
    venue: str | None
    updated: AwareDatetime
    came: str = ""
    """How it came into the feed, and when."""
    notes: tuple[str, ...] = ()
    """Why it is here, and what was said of it."""


class Contents(Frozen):
    """All that an address shows. `what` is a sentence on what it is; `total` counts the papers that there are."""

    id: str
    title: str
    what: str
    updated: AwareDatetime
    entries: tuple[Entry, ...]
    total: int


class Given(NamedTuple):
    """A paper for an entry; the other fields are those of `Entry`, as they are stored."""

    paper: Paper
    updated: datetime
    came: str = ""
    notes: Sequence[str] = ()


async def load(library: Library, address: WebAddress) -> Contents | None:
    """What an address shows now; None where its subject is gone."""
    match address.subject.kind:
        case "subscription":
            return await _subscription(library, address)
        case "author":
            return await _author(library, address)
        case "list":
            return await _list(library, address)


async def _subscription(library: Library, address: WebAddress) -> Contents | None:
    subject, view = address.subject, library.view(address.subject.owner)
    async with library.db.read() as connection:
        query = await web_addresses.query_of(connection, subject)
        posted = await web_addresses.posted(connection, subject, MOST)
    if query is None:
        return None
    papers = {one.handle: one for one in await view.papers([one.handle for one in posted])}
    shown = [one for one in posted if one.handle in papers]
    entries = [
        Given(
            papers[one.handle],
            one.posted,
            f"posted {day_in_words(one.posted)}",
            [f"Because of {_because(one.reasons)}"] * bool(one.reasons),
        )
        for one in shown
    ]
    return await asyncio.to_thread(
        _contents, address, f"New papers: {query.canonical()}", _sentence(query.explain()), entries
    )


async def _author(library: Library, address: WebAddress) -> Contents | None:
    subject, view = address.subject, library.view(address.subject.owner)
    who = await view.author(subject.name)
    if who is None:
        return None
    written = await view.papers_of(subject.name)
    papers = await view.papers(written[:MOST])
    entries = [Given(paper, _beginning(paper.published) or address.made) for paper in papers]
    return await asyncio.to_thread(
        _contents, address, f"Papers by {who.name}", "The newest first.", entries, len(written)
    )


async def _list(library: Library, address: WebAddress) -> Contents | None:
    """Of a team's list with all notes that were shared, of a person's own with those that this person shared."""
    subject, view = address.subject, library.view(address.subject.owner)
    async with library.db.read() as connection:
        try:
            one = await reading_lists.get(connection, subject.owner, subject.person, subject.name)
        except NotFoundError:
            return None
        if one.person != subject.person:
            return None
        saved = await list_entries.entries(connection, one)
        notes = await paper_notes.notes_on(connection, subject.owner, TEAM, [entry.handle for entry in saved])
    hidden = await view.hidden_handles()
    shown = [entry for entry in saved if entry.handle not in hidden]
    papers = {paper.handle: paper for paper in await view.papers([entry.handle for entry in shown[:MOST]])}
    entries = []
    for entry in (entry for entry in shown[:MOST] if entry.handle in papers):
        shared = [note.text for note in notes.get(entry.handle, ()) if one.person in (TEAM, note.person)]
        said = [" ".join(f"#{tag}" for tag in entry.tags), *shared[-MOST_NOTES:]]
        entries.append(Given(papers[entry.handle], entry.saved, f"saved {day_in_words(entry.saved)}", said))
    return await asyncio.to_thread(
        _contents, address, f"Reading list: {one.name}", "The last saved first.", entries, len(shown)
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _because(reasons: Sequence[Reason]) -> str:
    return "; ".join(reason.text for reason in reasons)


def _contents(address: WebAddress, title: str, what: str, given: Sequence[Given], total: int | None = None) -> Contents:
    """Some 100 ms where the texts are as long and as full of marks as they can be: for a thread."""
    entries = [_entry(address.subject, one) for one in given]
    return Contents(
        id=_id(address.subject),
        title=_line(title, MOST_TITLE),
        what=_line(what, MOST_TITLE),
        updated=max([address.made, *(one.updated for one in entries)]),
        entries=tuple(entries),
        total=len(entries) if total is None else total,
    )


def _entry(subject: Subject, given: Given) -> Entry:
    paper = given.paper
    return Entry(
        id=_id(subject, paper.handle),
        handle=paper.handle,
        title=_line(paper.title, MOST_TITLE) or "Untitled",
        authors=tuple(filter(None, (_line(one.name, MOST_NAME) for one in paper.authors[:MOST_AUTHORS]))),
        abstract=_line(paper.abstract or "", MOST_ABSTRACT),
        url=_web_address(paper),
        published=paper.published,
        category=paper.category,
        venue=_line(paper.venue or "", MOST_NAME) or None,
        updated=given.updated,
        came=given.came,
        notes=tuple(filter(None, (_line(one, MOST_NOTE) for one in (*_warnings(paper), *given.notes)))),
    )


def _warnings(paper: Paper) -> list[str]:
    """What became of the paper that nobody should miss."""
    told = [f"Marked as {one.kind} by {one.told_by}" for one in paper.notices if one.kind != "correction"]
    return told or ["Withdrawn, as its source says"] * paper.withdrawn


def _web_address(paper: Paper) -> str | None:
    """Where the paper can be read: by its first name that has a public address, else by a link of its sources."""
    found = [*map(of_identifier, paper.identifiers), *(normalised(link.url) for link in paper.links)]
    return next(filter(None, found), None)


def _beginning(published: str | None) -> datetime | None:
    """The first moment of a year, month or day."""
    return datetime.combine(bounds(published)[0], time(), UTC) if published else None


def _line(text: str, most: int) -> str:
    shown = one_line(text[: 2 * most])
    return shown if len(shown) <= most else f"{shown[: most - 1].rstrip()}…"


def _id(subject: Subject, *entry: Handle) -> str:
    """The same for the same paper in the same feed, whatever its address is by then (RFC 4287, 4.2.6)."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join([str(subject.owner), subject.kind, subject.name, *entry])).urn
