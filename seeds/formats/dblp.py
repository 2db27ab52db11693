"""Records of DBLP: hits of its search in JSON, and its XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from seeds import record_builder
from seeds.decoding import Problems
from seeds.json_values import items, mapping, text
from seeds.links import link_to
from seeds.markup import without_markup
from seeds.xml import name_of, text_of, texts_of
from store.models import Identifier, PaperRecord, ParsedSource, Source
from store.text import identifiers, partial_dates, person_identifiers

_PAPERS = {"article", "inproceedings", "incollection", "book", "phdthesis", "mastersthesis", "data"}


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is a hit of the publication search."""
    return "info" in item


def record(item: Mapping[str, Any], source: Source) -> PaperRecord:
    """One hit of the publication search; raises `UnreadableRecordError`."""
    info = mapping(item.get("info"))
    listed = items(mapping(info.get("authors")).get("author"))
    authors = [text(mapping(one).get("text")) or text(one) for one in listed]
    pids = [(name, "dblp", text(mapping(one).get("@pid"))) for name, one in zip(authors, listed, strict=True)]
    return _record(
        source,
        key=text(info.get("key")),
        title=text(info.get("title")),
        authors=authors,
        author_ids=pids,
        year=text(info.get("year")),
        venue=text(info.get("venue")),
        addresses=[text(info.get("doi")), *map(text, items(info.get("ee"))), text(info.get("volume"))],
    )


def read_xml(root: Element, source: Source) -> ParsedSource:
    """Read the papers in DBLP's XML, also of a person's page; proceedings, home pages and the like are passed over."""
    problems = Problems()
    papers: list[PaperRecord] = []
    for number, element in enumerate(root.iterfind("r/*") if name_of(root) == "dblpperson" else root, start=1):
        if name_of(element) not in _PAPERS:
            continue
        try:
            papers.append(
                _record(
                    source,
                    key=element.get("key", ""),
                    title=text_of(element, "title"),
                    authors=texts_of(element, "author"),
                    author_ids=_author_ids(element),
                    year=text_of(element, "year"),
                    venue=text_of(element, "journal") or text_of(element, "booktitle"),
                    addresses=[*texts_of(element, "ee"), text_of(element, "volume")],
                )
            )
        except record_builder.UnreadableRecordError as error:
            problems.add(None, f"element {number} ({element.get('key', '')[:100]}) is not read: {error}")
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def _record(
    source: Source,
    *,
    key: str,
    title: str,
    authors: list[str],
    author_ids: list[tuple[str, str, str]],
    year: str,
    venue: str,
    addresses: list[str],
) -> PaperRecord:
    """A record from what both forms have. `addresses` may be DOIs, links or arXiv volumes."""
    # DBLP ends titles with a full stop and tells people of one name apart by four digits.
    return record_builder.build(
        source,
        title=without_markup(title).strip().removesuffix("."),
        authors=record_builder.authorships(without_number(name) for name in authors),
        author_ids=[
            person_identifiers.of_author(without_number(name), scheme, value) for name, scheme, value in author_ids
        ],
        published=partial_dates.from_parts(year),
        venue=venue,
        identifiers=_identifiers(key, addresses),
        links=[link_to(address) for address in addresses],
    )


def _author_ids(element: Element) -> list[tuple[str, str, str]]:
    """Who the authors of an element are, where it says so."""
    return [
        (text_of(author), scheme, author.get(attribute, ""))
        for author in element.iterfind("{*}author")
        for scheme, attribute in (("dblp", "pid"), ("orcid", "orcid"))
    ]


def without_number(name: str) -> str:
    """A name without the four digits by which DBLP tells namesakes apart."""
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1].isdigit() and len(words[-1]) == 4 else name


def _identifiers(key: str, addresses: list[str]) -> Iterator[Identifier | None]:
    yield record_builder.identifier("dblp", key)
    for address in addresses:
        arxiv = identifiers.arxiv(address.removeprefix("abs/")) if address.startswith("abs/") else None
        yield from (arxiv,) if arxiv else identifiers.find(address)
