"""JSON records with a title and authors, and what else there is, as people make them by hand or with a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seeds import record_builder
from seeds.json_values import count, items, mapping, text
from seeds.links import link_to
from store.models import Identifier, PaperRecord, Source
from store.text import identifiers, partial_dates, person_names


def record(item: Mapping[str, Any], source: Source) -> PaperRecord:
    """One record with `title`, `authors` (a list, or names with `;` or `and` between) and optionally more.

    Raises `UnreadableRecordError`.
    """
    names = item.get("authors", item.get("author"))
    if isinstance(names, str):
        names = names.split(";") if ";" in names else names.split(" and ")
    if not items(names):
        raise record_builder.UnreadableRecordError("it has no authors")
    date = text(item.get("published")) or text(item.get("date")) or text(item.get("year"))
    return record_builder.build(
        source,
        title=text(item.get("title")),
        abstract=text(item.get("abstract")),
        authors=record_builder.authorships(
            person_names.given_first(text(name) or text(mapping(name).get("name"))) for name in items(names)
        ),
        published=partial_dates.from_iso(date),
        category=text(item.get("category")),
        venue=text(item.get("venue")) or text(item.get("journal")),
        citations=count(item.get("citations")),
        identifiers=_identifiers(item),
        links=[link_to(text(item.get(name))) for name in ("url", "site", "pdf")],
    )


def _identifiers(item: Mapping[str, Any]) -> Iterator[Identifier | None]:
    yield from identifiers.of_doi(text(item.get("doi")))
    yield identifiers.arxiv(text(item.get("arxiv")) or text(item.get("arxiv_id")))
    yield from identifiers.find(text(item.get("url")))
    scheme, _, value = text(item.get("source_id")).partition(":")
    yield record_builder.identifier(scheme, value)
