"""The arXiv metadata snapshot: lines of JSON, one paper each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seeds import record_builder
from seeds.json_values import items, mapping, text
from store.models import PaperRecord, Source
from store.text import identifiers, partial_dates


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is a line of the snapshot."""
    return "authors_parsed" in item


def record(item: Mapping[str, Any], source: Source) -> PaperRecord:
    """One line; raises `UnreadableRecordError`."""
    people = [[text(part) for part in items(parts)] for parts in items(item.get("authors_parsed"))]
    categories = text(item.get("categories")).split()
    first_version = mapping(next(iter(items(item.get("versions"))), None))
    return record_builder.build(
        source,
        title=text(item.get("title")),
        abstract=text(item.get("abstract")),
        authors=record_builder.authorships(_name(*(*parts, "", "", "")[:3]) for parts in people),
        published=partial_dates.from_rfc2822(text(first_version.get("created"))),
        updated=partial_dates.from_iso(text(item.get("update_date"))),
        category=next(iter(categories), None),
        cross_lists=categories[1:],
        venue=text(item.get("journal-ref")),
        identifiers=[identifiers.arxiv(text(item.get("id"))), *identifiers.of_dois(text(item.get("doi")))],
        version=len(items(item.get("versions"))) or None,
        withdrawn=record_builder.is_withdrawal(text(item.get("comments"))),
    )


def _name(family: str, given: str, suffix: str) -> str:
    name = f"{given} {family}".strip()
    return f"{name}, {suffix}" if suffix else name
