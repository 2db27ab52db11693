"""CSL-JSON, as Zotero and citation processors write it, and the works of Crossref's API, which are nearly the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seeds import record_builder
from seeds.json_values import count, items, mapping, text
from seeds.links import link_to
from seeds.markup import without_markup
from store.models import Identifier, Notice, PaperRecord, Source
from store.text import identifiers, partial_dates, person_identifiers

_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter dataset document entry "
    "entry-encyclopedia figure interview legal_case legislation manuscript map motion_picture paper-conference patent "
    "personal_communication post post-weblog report review software song speech standard thesis webpage".split(" ")
)
"""The types that writers of CSL use; `article` and `book` are also BibTeX's, but BibTeX in JSON has no `id`."""


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is an item of CSL-JSON, by its type or by names that only CSL has."""
    if "id" in item and "authors" not in item and text(item.get("type")) in _TYPES:
        return True
    if isinstance(item.get("issued"), dict) or "container-title" in item:
        return True
    return any("family" in mapping(person) for person in items(item.get("author")))


def record(item: Mapping[str, Any], source: Source) -> PaperRecord:
    """One item; raises `UnreadableRecordError`."""
    title, subtitle = text(item.get("title")), text(item.get("subtitle"))
    if subtitle and subtitle.lower() not in title.lower():
        title = f"{title}: {subtitle}"
    people = [mapping(person) for person in items(item.get("author"))]
    dates = [_date(item.get(name)) for name in ("issued", "published-online", "published-print", "published", "posted")]
    # Crossref gives the year as issued and the day beside it.
    published = max((date for date in dates if date and date[:4] == (dates[0] or date)[:4]), key=len, default=None)
    notices = [_notice(mapping(one)) for one in items(item.get("updated-by"))]
    return record_builder.build(
        source,
        title=without_markup(title),
        abstract=without_markup(text(item.get("abstract"))),
        authors=record_builder.authorships(map(_name, people)),
        author_ids=[person_identifiers.of_author(_name(one), "orcid", text(one.get("ORCID"))) for one in people],
        affiliations=[text(mapping(one).get("name")) for person in people for one in items(person.get("affiliation"))],
        published=published,
        venue=without_markup(text(item.get("container-title")) or text(mapping(item.get("event")).get("name"))),
        citations=count(item.get("is-referenced-by-count")),
        identifiers=_identifiers(item),
        links=[link_to(text(item.get("URL")))],
        withdrawn=any(one and one.kind in ("retraction", "withdrawal") for one in notices),
        notices=notices,
        cites=_cited(item),
    )


def _notice(update: Mapping[str, Any]) -> Notice | None:
    """A notice that the publisher registered, or that Retraction Watch found."""
    told_by = "Retraction Watch" if text(update.get("source")) == "retraction-watch" else "the publisher"
    updated = mapping(update.get("updated"))
    date = _date(updated) or partial_dates.from_iso(text(updated.get("date-time")))
    return record_builder.notice(text(update.get("type")), told_by, date, text(update.get("DOI")))


def _cited(item: Mapping[str, Any]) -> Iterator[Identifier]:
    for reference in map(mapping, items(item.get("reference"))):
        yield from identifiers.of_doi(text(reference.get("DOI")))


def _name(person: Mapping[str, Any]) -> str:
    if literal := text(person.get("literal")) or text(person.get("name")):
        return literal
    family = " ".join(filter(None, (text(person.get("non-dropping-particle")), text(person.get("family")))))
    words = (text(person.get("given")), text(person.get("dropping-particle")), family)
    name = " ".join(filter(None, words))
    return f"{name}, {text(person['suffix'])}" if text(person.get("suffix")) else name


def _date(value: object) -> str | None:
    date = mapping(value)
    first = items(next(iter(items(date.get("date-parts"))), None))
    if first:
        return partial_dates.from_parts(*(text(part) for part in first[:3]))
    written = text(date.get("raw")) or text(date.get("literal")) or (value if isinstance(value, str) else "")
    return partial_dates.from_iso(written) or partial_dates.from_parts(
        date.get("year") or written, date.get("month"), date.get("day")
    )


def _identifiers(item: Mapping[str, Any]) -> Iterator[Identifier]:
    doi = identifiers.of_doi(text(item.get("DOI")))
    yield from doi
    for preprint in items(mapping(item.get("relation")).get("has-preprint")):
        yield from (one for one in identifiers.of_doi(text(mapping(preprint).get("id"))) if one.scheme == "arxiv")
    for name in ("URL", "number", "container-title", "note"):
        # An address often holds the DOI again, cut off at a character that is not for addresses.
        yield from (found for found in identifiers.find(text(item.get(name)))[:1] if found.scheme != "doi" or not doi)
