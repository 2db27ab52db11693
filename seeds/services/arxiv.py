"""Papers in arXiv's own XML: entries of its query interface and items of its announcement feeds, RSS and Atom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Literal, get_args
from xml.etree.ElementTree import Element

from seeds import record_builder
from seeds.decoding import Problems
from seeds.links import of_address
from seeds.xml import text_of, texts_of
from store.models import Frozen, Identifier, PaperRecord, ParsedSource, Source
from store.text import identifiers, partial_dates, person_names

Kind = Literal["new", "cross", "replace", "replace-cross"]

_DESCRIPTION = re.compile(
    r"arXiv:\S+\s+Announce Type:\s*(?P<kind>[a-z-]+)\s*(?:Abstract:\s*(?P<abstract>.*))?", re.DOTALL
)


class Announcement(Frozen):
    """One paper of a day's announcement: new, cross-listed to the feed's category, or either in a new version."""

    kind: Kind
    record: PaperRecord


def read_entries(root: Element, source: Source) -> ParsedSource:
    """Read an answer of the query interface. Its errors are entries too; they become problems."""
    problems = Problems()
    papers: list[PaperRecord] = []
    for place, entry in enumerate(root.iterfind("{*}entry"), start=1):
        try:
            if "/api/errors" in text_of(entry, "id"):
                raise record_builder.UnreadableError(f"arXiv says: {text_of(entry, 'summary')[:200]}")
            papers.append(_entry(entry, source))
        except record_builder.UnreadableError as error:
            problems.add(None, f"entry {place} is not read: {error}")
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def read_items(items: Iterable[Element], source: Source) -> tuple[tuple[Announcement, ...], Problems]:
    """Read the items of an announcement feed, in its order."""
    problems = Problems()
    announced: list[Announcement] = []
    for place, item in enumerate(items, start=1):
        try:
            announced.append(_item(item, source))
        except record_builder.UnreadableError as error:
            problems.add(None, f"item {place} is not read: {error}")
    return tuple(announced), problems


def moment(text: str) -> datetime | None:
    """A time as RSS or Atom write it, with its zone; None for anything else."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip())
        except (ValueError, TypeError, IndexError):
            continue
        if found.tzinfo is not None:
            return found
    return None


def _entry(entry: Element, source: Source) -> PaperRecord:
    authors = entry.findall("{*}author")
    categories = [category.get("term", "") for category in entry.findall("{*}category")]
    first = entry.find("{*}primary_category")
    primary = (first.get("term") if first is not None else None) or next(iter(categories), None)
    return record_builder.record(
        source,
        title=text_of(entry, "title"),
        abstract=text_of(entry, "summary"),
        authors=record_builder.byline(text_of(author, "name") for author in authors),
        affiliations=[place for author in authors for place in texts_of(author, "affiliation")],
        published=partial_dates.from_iso(text_of(entry, "published")),
        updated=partial_dates.from_iso(text_of(entry, "updated")),
        category=primary,
        cross_lists=[category for category in categories if category != primary],
        venue=record_builder.venue(text_of(entry, "journal_ref")),
        identifiers=[_arxiv_id(text_of(entry, "id")), *identifiers.of_dois(" ".join(texts_of(entry, "doi")))],
        links=[
            of_address(link.get("href", ""), "pdf") for link in entry.findall("{*}link") if link.get("title") == "pdf"
        ],
    )


def _item(item: Element, source: Source) -> Announcement:
    description = text_of(item, "description") or text_of(item, "summary")
    parts = _DESCRIPTION.match(description)
    kind = text_of(item, "announce_type") or (parts["kind"] if parts else "")
    if kind not in get_args(Kind):
        raise record_builder.UnreadableError("it does not say whether it is new")
    arxiv_id = _arxiv_id(text_of(item, "guid") or text_of(item, "id") or text_of(item, "link"))
    announced = moment(text_of(item, "pubDate") or text_of(item, "published"))
    categories = [category.get("term") or text_of(category) for category in item.findall("{*}category")]
    names = texts_of(item, "creator") or [text_of(author, "name") for author in item.findall("{*}author")]
    record = record_builder.record(
        source,
        title=text_of(item, "title"),
        abstract=(parts["abstract"] or "") if parts else description,
        authors=record_builder.byline(name for listed in names for name in person_names.split_names(listed)),
        # A feed gives the day of the announcement, which is that of publication only if the paper is new.
        published=announced.date().isoformat() if announced and kind == "new" else None,
        updated=announced.date().isoformat() if announced and kind.startswith("replace") else None,
        category=next(iter(categories), None),
        cross_lists=categories[1:],
        venue=record_builder.venue(text_of(item, "journal_reference") or text_of(item, "journal_ref")),
        identifiers=[arxiv_id, *identifiers.of_dois(" ".join([*texts_of(item, "DOI"), *texts_of(item, "doi")]))],
    )
    return Announcement.model_validate({"kind": kind, "record": record})


def _arxiv_id(text: str) -> Identifier:
    found = identifiers.arxiv(text)
    if found is None:
        raise record_builder.UnreadableError("it has no arXiv id")
    return found
