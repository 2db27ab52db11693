"""Items of Zotero: what one says of a paper or note, and what is written of ours.

The form is that of Zotero's web interface, version 3: https://www.zotero.org/support/dev/web_api/v3/basics
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from seeds.json_values import items, mapping, text
from seeds.markup import without_markup
from seeds.record_builder import UnreadableRecordError, authorships, build
from store.catalog.publication_kinds import publication_kind
from store.list_sync.models import RemoteItem, RemoteWrite
from store.models import Paper, PaperRecord, Source
from store.text import identifiers
from store.text.partial_dates import bounds
from store.text.person_names import parts
from store.text.tags_and_notes import LONGEST_NOTE, clean_note, clean_tags
from store.text.web_addresses import of_identifier

NOT_PAPERS = frozenset(("note", "attachment", "annotation"))
_PARAGRAPH = re.compile(r"</p>|<br ?/?>|</div>|</li>|</h[1-6]>")
_WRAPPER = re.compile(r"\A<div[^<>]{0,200}>(.*)</div>\Z", re.DOTALL)
_TYPES = {"article": "journalArticle", "proceedings": "conferencePaper", "preprint": "preprint", "unknown": "document"}
_VENUES = {"journalArticle": "publicationTitle", "conferencePaper": "proceedingsTitle", "preprint": "repository"}


def read_item(body: object, collection: str | None, library: str, now: datetime) -> RemoteItem | None:
    """An item as a list sees it; None for what is no paper and no note on one, such as an attachment."""
    data = mapping(mapping(body).get("data"))
    key, version = text(data.get("key")), mapping(body).get("version")
    kind = text(data.get("itemType"))
    if not key or type(version) is not int or not kind:
        return None
    trashed = bool(data.get("deleted"))
    parent = text(data.get("parentItem")) or None
    if kind == "note" and parent:
        words, is_formatted = read_note(text(data.get("note")))
        return RemoteItem(
            key=key,
            version=version,
            kind="note",
            in_list=not trashed,
            parent=parent,
            text=words,
            is_formatted=is_formatted,
        )
    if kind in NOT_PAPERS:
        return None
    collections = tuple(text(one) for one in items(data.get("collections")))
    tags = [mapping(tag) for tag in items(data.get("tags"))]
    by_hand = [text(tag.get("tag")) for tag in tags if not tag.get("type")]
    held = [tag for tag in clean_tags(by_hand) if tag in by_hand]
    others = tuple({"tag": text(tag.get("tag")), "type": int(bool(tag.get("type")))} for tag in tags
                   if tag.get("type") or text(tag.get("tag")) not in held)  # fmt: skip
    return RemoteItem(
        key=key,
        version=version,
        kind="paper",
        in_list=not trashed and (collection is None or collection in collections),
        tags=tuple(held),
        other_tags=others,
        collections=collections,
        record=_record(data, library, now),
    )


def _record(data: Mapping[str, Any], library: str, now: datetime) -> PaperRecord | None:
    names = []
    for creator in map(mapping, items(data.get("creators"))):
        if text(creator.get("creatorType")) == "author":
            whole = f"{text(creator.get('firstName'))} {text(creator.get('lastName'))}".strip()
            names.append(text(creator.get("name")) or whole)
    named = " ".join(text(data.get(field)) for field in ("DOI", "archiveID", "extra", "url"))
    venue = next((found for field in _VENUES.values() if (found := text(data.get(field)))), None)
    try:
        return build(
            Source(kind="csl", name=library, retrieved=now),
            title=text(data.get("title")),
            abstract=text(data.get("abstractNote")) or None,
            authors=authorships(names),
            published=_date(text(data.get("date"))),
            venue=venue,
            identifiers=identifiers.find(named[:5000]),
        )
    except UnreadableRecordError:
        return None


def _date(written: str) -> str | None:
    """The date, where it is written as a year, month or day in the order of ISO; else its year."""
    shown = written.strip().replace("/", "-")[:10]
    try:
        bounds(shown)
    except ValueError:
        year = re.search(r"\b(?:1[5-9]|20)\d\d\b", written[:100], re.ASCII)
        return year[0] if year else None
    return shown


def read_note(note: str) -> tuple[str | None, bool]:
    """The text of a note in HTML, and whether it has more than paragraphs; no text where a list can't hold it."""
    if len(note) > 20 * LONGEST_NOTE:
        return None, True
    plain = without_markup(_PARAGRAPH.sub("\n", note).replace("&nbsp;", " "))
    lines = [line.strip() for line in plain.splitlines()]
    words = clean_note("\n".join(line for line in lines if line))
    if not words or len("\n".join(filter(None, lines))) > LONGEST_NOTE:
        return None, True
    body = _WRAPPER.sub(r"\1", note.strip())
    return words, "".join(line.strip() for line in body.splitlines()) != write_note(words)


def write_note(words: str) -> str:
    """A note in HTML, a paragraph for each line."""
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in words.splitlines() if line)


def write_item(item: RemoteWrite, collection: str | None) -> Mapping[str, object]:
    """What is sent of an item: all of a new one, of one that is there only what a list changes."""
    known: dict[str, object] = {"key": item.key, "version": item.version}
    if item.removed:
        if item.kind == "paper" and collection is not None:
            return {**known, "collections": [one for one in item.collections if one != collection]}
        return {**known, "deleted": 1}
    if item.restored:
        known["deleted"] = 0
        if item.kind == "paper" and collection is not None:
            known["collections"] = list(dict.fromkeys([*item.collections, collection]))
    if item.kind == "note":
        made = {"itemType": "note", "parentItem": item.parent} if not item.version else {}
        return {**known, **made, "note": write_note(item.text)}
    tags = [*({"tag": tag} for tag in item.tags), *map(dict, item.other_tags)]
    if item.version or item.paper is None:
        return {**known, "tags": tags}
    return {**known, **_fields(item.paper), "tags": tags, "collections": [collection] if collection else []}


def _fields(paper: Paper) -> Mapping[str, object]:
    named = {one.scheme: one.value for one in reversed(paper.identifiers)}
    kind = _TYPES[publication_kind(paper)]
    if kind == "document" and "doi" in named:
        kind = "journalArticle"  # A document has no field for a DOI.
    address = next((found for one in paper.identifiers if (found := of_identifier(one))), "")
    groups = {author.name for author in paper.authors if author.is_group}
    return {
        "itemType": kind,
        "title": paper.title,
        "creators": [_creator(author.name, author.name in groups) for author in paper.authors],
        "abstractNote": paper.abstract or "",
        "date": paper.published or "",
        "url": address,
        **({_VENUES[kind]: paper.venue or ""} if kind in _VENUES else {}),
        **({"DOI": named["doi"]} if "doi" in named and kind != "document" else {}),
        **({"extra": f"arXiv:{named['arxiv']}"} if "arxiv" in named else {}),
    }


def _creator(name: str, is_group: bool) -> Mapping[str, str]:
    read = parts(name)
    if is_group or not read.family or not read.given:
        return {"creatorType": "author", "name": name}
    return {"creatorType": "author", "firstName": read.given, "lastName": read.family}
