"""Papers of Semantic Scholar's graph API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from seeds import record_builder
from seeds.json_values import count, items, mapping, text
from seeds.links import link_to
from store.models import Identifier, PaperRecord, Source
from store.text import identifiers, partial_dates, person_identifiers


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is a paper, or a citation or reference with a paper in it."""
    return "paperId" in item or "citingPaper" in item or "citedPaper" in item


def record(paper: Mapping[str, Any], source: Source) -> PaperRecord:
    """One paper, also one wrapped in a citation or reference; raises `UnreadableRecordError`."""
    paper = mapping(paper.get("citingPaper")) or mapping(paper.get("citedPaper")) or paper
    people = [mapping(author) for author in items(paper.get("authors"))]
    return record_builder.build(
        source,
        title=text(paper.get("title")),
        abstract=text(paper.get("abstract")),
        authors=record_builder.authorships(text(person.get("name")) for person in people),
        author_ids=[
            person_identifiers.of_author(text(one.get("name")), "s2", text(one.get("authorId"))) for one in people
        ],
        affiliations=[text(name) for person in people for name in items(person.get("affiliations"))],
        published=partial_dates.from_iso(text(paper.get("publicationDate")) or text(paper.get("year"))),
        venue=text(mapping(paper.get("publicationVenue")).get("name")) or text(paper.get("venue")),
        citations=count(paper.get("citationCount")),
        identifiers=_identifiers(paper),
        links=[link_to(text(mapping(paper.get("openAccessPdf")).get("url")), "pdf")],
    )


def _identifiers(paper: Mapping[str, Any]) -> Iterator[Identifier | None]:
    outside = mapping(paper.get("externalIds"))
    yield identifiers.arxiv(text(outside.get("ArXiv")))
    yield from identifiers.of_doi(text(outside.get("DOI")))
    yield from identifiers.find(text(outside.get("ACL")))
    yield record_builder.identifier("dblp", text(outside.get("DBLP")))
    yield record_builder.identifier("s2", text(paper.get("paperId")))
