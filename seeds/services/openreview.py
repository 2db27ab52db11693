"""Submissions to OpenReview, whose values are wrapped in objects since its second interface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from seeds import record_builder
from seeds.json_values import items, mapping, text
from seeds.services.answers import ServiceAnswer, document, each, listed
from store.models import Identifier, PaperRecord, Source


def read_notes(content: bytes, source: Source) -> ServiceAnswer:
    """The submission of an answer with notes; raises `UnreadableRecordError`."""
    notes = listed(document(content), "notes")
    papers, problems = each(notes, lambda note: _record(note, source))
    return ServiceAnswer(papers=papers, problems=problems, missing=not notes)


def _record(note: Mapping[str, Any], source: Source) -> PaperRecord:
    content = mapping(note.get("content"))
    authors = [text(name) for name in items(_plain(content.get("authors")))]
    date = note.get("pdate") or note.get("cdate")
    return record_builder.build(
        source,
        title=text(_plain(content.get("title"))),
        abstract=text(_plain(content.get("abstract"))),
        authors=record_builder.authorships(name for name in authors if name.lower() != "anonymous"),
        authors_complete="anonymous" not in map(str.lower, authors),
        published=_day(date),
        venue=text(_plain(content.get("venue"))),
        identifiers=[Identifier(scheme="openreview", value=text(note.get("forum")) or text(note.get("id")))],
    )


def _plain(value: object) -> object:
    return value.get("value") if isinstance(value, dict) else value


def _day(milliseconds: object) -> str | None:
    if type(milliseconds) is not int or not 0 < milliseconds < 10**13:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()
