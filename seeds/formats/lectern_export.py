"""What `lectern export` writes: lines of JSON with all fields of a paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from seeds import record_builder
from seeds.json_values import count, items, mapping, text
from seeds.links import link_to
from store.models import LinkKind, Notice, PaperRecord, Source
from store.text import partial_dates
from store.text.visible import one_line


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is a line of an export."""
    return "handle" in item and "disagreements" in item


def record(item: Mapping[str, Any], source: Source) -> PaperRecord:
    """All that a line holds, except which source said each value; raises `UnreadableRecordError`."""
    people = [mapping(person) for person in items(item.get("authors"))]
    placed = [text(person.get("name")) for person in people if person.get("position") is not None]
    unplaced = [text(person.get("name")) for person in people if person.get("position") is None]
    listed = [mapping(one) for one in items(item.get("identifiers"))]
    links = [mapping(one) for one in items(item.get("links"))]
    return record_builder.build(
        source,
        title=text(item.get("title")),
        abstract=text(item.get("abstract")),
        authors=(
            *record_builder.authorships(placed),
            *(one.model_copy(update={"position": None}) for one in record_builder.authorships(unplaced)),
        ),
        authors_complete=item.get("authors_complete") is not False,
        affiliations=[text(name) for name in items(item.get("affiliations"))],
        published=partial_dates.from_iso(text(item.get("published"))),
        updated=partial_dates.from_iso(text(item.get("updated"))),
        category=text(item.get("category")),
        cross_lists=[text(category) for category in items(item.get("cross_lists"))],
        venue=text(item.get("venue")),
        has_code=item.get("has_code") if isinstance(item.get("has_code"), bool) else None,
        citations=count(item.get("citations")),
        identifiers=[record_builder.identifier(text(one.get("scheme")), text(one.get("value"))) for one in listed],
        links=[
            link_to(text(one.get("url")), one["kind"] if one.get("kind") in get_args(LinkKind) else None)
            for one in links
        ],
        withdrawn=item.get("withdrawn") is True,
        notices=[_notice(mapping(one)) for one in items(item.get("notices"))],
        version=count(item.get("version")) or None,
        cites=[
            record_builder.identifier(text(one.get("scheme")), text(one.get("value")))
            for one in map(mapping, items(item.get("cites")))
        ],
    )


def _notice(item: Mapping[str, Any]) -> Notice | None:
    kind = {"concern": "expression_of_concern"}.get(text(item.get("kind")), text(item.get("kind")))
    date = partial_dates.from_iso(text(item.get("date")))
    return record_builder.notice(kind, one_line(text(item.get("told_by")))[:60] or "?", date, text(item.get("doi")))
