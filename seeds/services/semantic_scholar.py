"""Papers of Semantic Scholar's graph API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seeds import record_builder
from seeds.links import of_address
from seeds.untyped_json import count, items, mapping, text
from store.models import Identifier, PaperRecord, Source
from store.text import identifiers, partial_dates


def record(paper: Mapping[str, Any], source: Source) -> PaperRecord:
    """One paper, also one wrapped in a citation or reference; raises `UnreadableError`."""
    paper = mapping(paper.get("citingPaper")) or mapping(paper.get("citedPaper")) or paper
    people = [mapping(author) for author in items(paper.get("authors"))]
    return record_builder.record(
        source,
        title=text(paper.get("title")),
        abstract=text(paper.get("abstract")),
        authors=record_builder.byline(text(person.get("name")) for person in people),
        affiliations=[text(place) for person in people for place in items(person.get("affiliations"))],
        published=partial_dates.from_iso(text(paper.get("publicationDate")) or text(paper.get("year"))),
        venue=record_builder.venue(
            text(mapping(paper.get("publicationVenue")).get("name")) or text(paper.get("venue"))
        ),
        citations=count(paper.get("citationCount")),
        identifiers=_identifiers(paper),
        links=[of_address(text(mapping(paper.get("openAccessPdf")).get("url")), "pdf")],
    )


def _identifiers(paper: Mapping[str, Any]) -> Iterator[Identifier | None]:
    outside = mapping(paper.get("externalIds"))
    yield identifiers.arxiv(text(outside.get("ArXiv")))
    yield from identifiers.of_doi(text(outside.get("DOI")))
    yield from identifiers.find(text(outside.get("ACL")))
    yield record_builder.identifier("dblp", text(outside.get("DBLP")))
    yield record_builder.identifier("s2", text(paper.get("paperId")))
