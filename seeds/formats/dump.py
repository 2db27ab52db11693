"""Lines of JSON, a paper each: the arXiv snapshot, and plain records with a title, authors and what else there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast, get_args

from seeds import record_builder
from seeds.links import Kind, of_address
from seeds.untyped_json import count, items, mapping, text
from store.models import Identifier, PaperRecord, Scheme, Source
from store.text import identifiers, partial_dates, person_names


def arxiv_record(item: Mapping[str, Any], source: Source) -> PaperRecord:
    """One line of the arXiv metadata snapshot; raises `UnreadableError`."""
    people = [[text(part) for part in items(parts)] for parts in items(item.get("authors_parsed"))]
    categories = text(item.get("categories")).split()
    first = mapping(next(iter(items(item.get("versions"))), None))
    return record_builder.record(
        source,
        title=text(item.get("title")),
        abstract=text(item.get("abstract")),
        authors=record_builder.byline(_parsed_name(*(*parts, "", "", "")[:3]) for parts in people),
        published=record_builder.rfc_date(text(first.get("created"))),
        updated=partial_dates.from_iso(text(item.get("update_date"))),
        category=next(iter(categories), None),
        cross_lists=categories[1:],
        venue=record_builder.venue(text(item.get("journal-ref"))),
        identifiers=[identifiers.arxiv(text(item.get("id"))), *identifiers.of_dois(text(item.get("doi")))],
    )


def plain_record(item: Mapping[str, Any], source: Source) -> PaperRecord:
    """One record with `title`, `authors` (a list, or names with `;` or `and` between) and optionally more."""
    names = item.get("authors", item.get("author"))
    if isinstance(names, str):
        names = names.split(";") if ";" in names else names.split(" and ")
    if not items(names):
        raise record_builder.UnreadableError("it has no authors")
    year = text(item.get("published")) or text(item.get("date")) or text(item.get("year"))
    return record_builder.record(
        source,
        title=text(item.get("title")),
        abstract=text(item.get("abstract")),
        authors=record_builder.byline(
            person_names.given_first(text(name) or text(mapping(name).get("name"))) for name in items(names)
        ),
        published=partial_dates.from_iso(year),
        category=text(item.get("category")),
        venue=record_builder.venue(text(item.get("venue")) or text(item.get("journal"))),
        citations=count(item.get("citations")),
        identifiers=_identifiers(item),
        links=[of_address(text(item.get(name))) for name in ("url", "site", "pdf")],
    )


def exported_record(item: Mapping[str, Any], source: Source) -> PaperRecord:
    """One line of Lectern's own export: all that it holds but whose word it was; raises `UnreadableError`."""
    people = [mapping(person) for person in items(item.get("authors"))]
    unplaced = [text(person.get("name")) for person in people if person.get("position") is None]
    named = [mapping(one) for one in items(item.get("identifiers"))]
    links = [mapping(one) for one in items(item.get("links"))]
    return record_builder.record(
        source,
        title=text(item.get("title")),
        abstract=text(item.get("abstract")),
        authors=(
            *record_builder.byline(text(one.get("name")) for one in people if one.get("position") is not None),
            *(author.model_copy(update={"position": None}) for author in record_builder.byline(unplaced)),
        ),
        authors_complete=item.get("authors_complete") is not False,
        affiliations=[text(place) for place in items(item.get("affiliations"))],
        published=partial_dates.from_iso(text(item.get("published"))),
        updated=partial_dates.from_iso(text(item.get("updated"))),
        category=text(item.get("category")),
        cross_lists=[text(category) for category in items(item.get("cross_lists"))],
        venue=record_builder.venue(text(item.get("venue"))),
        has_code=item.get("has_code") if isinstance(item.get("has_code"), bool) else None,
        citations=count(item.get("citations")),
        identifiers=[_in_scheme(text(one.get("scheme")), text(one.get("value"))) for one in named],
        links=[
            of_address(text(one.get("url")), one["kind"] if one.get("kind") in get_args(Kind) else None)
            for one in links
        ],
    )


def _in_scheme(scheme: str, value: str) -> Identifier | None:
    if scheme == "arxiv":
        return identifiers.arxiv(value)
    if scheme == "doi":
        return next(iter(identifiers.of_doi(value)), None)
    return record_builder.identifier(cast(Scheme, scheme), value) if scheme in get_args(Scheme) else None


def _parsed_name(family: str, given: str, suffix: str) -> str:
    name = f"{given} {family}".strip()
    return f"{name}, {suffix}" if suffix else name


def _identifiers(item: Mapping[str, Any]) -> Iterator[Identifier | None]:
    yield from identifiers.of_doi(text(item.get("doi")))
    yield identifiers.arxiv(text(item.get("arxiv")) or text(item.get("arxiv_id")))
    yield from identifiers.find(text(item.get("url")))
    scheme, _, value = text(item.get("source_id")).partition(":")
    yield _in_scheme(scheme, value)
