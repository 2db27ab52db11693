"""Works of OpenAlex."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seeds import record_builder
from seeds.json_values import count, items, mapping, text
from seeds.links import link_to
from seeds.markup import without_markup
from store.models import Identifier, PaperRecord, Source
from store.text import identifiers, partial_dates, person_identifiers

_LONGEST_POSITION = 20_000


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is an entity of OpenAlex: a work, or one that `record` refuses."""
    return text(item.get("id")).startswith("https://openalex.org/")


def record(work: Mapping[str, Any], source: Source) -> PaperRecord:
    """One work; raises `UnreadableRecordError`."""
    if not text(work.get("id")).startswith("https://openalex.org/W"):
        raise record_builder.UnreadableRecordError("it is not a work")
    authorships = [mapping(one) for one in items(work.get("authorships"))]
    names = [
        text(one.get("raw_author_name")) or text(mapping(one.get("author")).get("display_name")) for one in authorships
    ]
    institutions = [mapping(one) for authorship in authorships for one in items(authorship.get("institutions"))]
    primary = mapping(work.get("primary_location"))
    return record_builder.build(
        source,
        title=without_markup(text(work.get("title")) or text(work.get("display_name"))),
        abstract=_abstract(mapping(work.get("abstract_inverted_index"))),
        authors=record_builder.authorships(names),
        authors_complete=work.get("is_authors_truncated") is not True,
        author_ids=[
            person_identifiers.of_author(name, scheme, text(mapping(one.get("author")).get(field)))
            for name, one in zip(names, authorships, strict=True)
            for scheme, field in (("openalex", "id"), ("orcid", "orcid"))
        ],
        affiliations=[text(one.get("display_name")) for one in institutions],
        published=partial_dates.from_iso(text(work.get("publication_date")) or text(work.get("publication_year"))),
        venue=text(mapping(primary.get("source")).get("display_name")),
        citations=count(work.get("cited_by_count")),
        identifiers=_identifiers(work),
        links=[link_to(text(primary.get("pdf_url")), "pdf")],
        withdrawn=work.get("is_retracted") is True,
        notices=[record_builder.notice("retraction", "OpenAlex")] if work.get("is_retracted") is True else (),
    )


def _abstract(index: Mapping[str, Any]) -> str | None:
    """The text of an index of words and where they stand; none if a place is missing, since words would be."""
    placed = {place: word for word, places in index.items() for place in items(places) if type(place) is int}
    if not placed or sorted(placed) != list(range(len(placed))) or len(placed) > _LONGEST_POSITION:
        return None
    return " ".join(placed[place] for place in range(len(placed)))


def _identifiers(work: Mapping[str, Any]) -> Iterator[Identifier]:
    yield from identifiers.of_doi(text(work.get("doi")))
    yield from identifiers.find(text(work.get("id")))
    for location in items(work.get("locations"))[:50]:
        for address in ("landing_page_url", "pdf_url"):
            for found in identifiers.find(text(mapping(location).get(address))):
                if found.scheme in ("arxiv", "acl", "openreview"):
                    yield found
