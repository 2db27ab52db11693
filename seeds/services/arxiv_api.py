"""Answers of arXiv's query interface, in Atom."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from seeds import record_builder
from seeds.decoding import Problems
from seeds.links import link_to
from seeds.services.answers import ServiceAnswer
from seeds.xml import name_of, parse, text_of, texts_of
from store.models import Identifier, PaperRecord, ParsedSource, Source
from store.text import identifiers, partial_dates


def read_entries(root: Element, source: Source) -> ParsedSource:
    """Read an answer of the query interface. Its errors are entries too; they become problems."""
    problems = Problems()
    papers: list[PaperRecord] = []
    for number, entry in enumerate(root.iterfind("{*}entry"), start=1):
        try:
            if "/api/errors" in text_of(entry, "id"):
                raise record_builder.UnreadableRecordError(f"arXiv says: {text_of(entry, 'summary')[:200]}")
            papers.append(_entry(entry, source))
        except record_builder.UnreadableRecordError as error:
            problems.add(None, f"entry {number} is not read: {error}")
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def read_answer(content: bytes, source: Source) -> ServiceAnswer:
    """An answer to a search or to ids; raises `XmlError`, and `UnreadableRecordError` for another document."""
    root = parse(content)
    if name_of(root) != "feed":
        raise record_builder.UnreadableRecordError("it is no list of entries")
    read = read_entries(root, source)
    total = text_of(root, "totalResults")
    return ServiceAnswer(
        papers=read.papers, problems=read.problems, total=int(total) if re.fullmatch("[0-9]{1,9}", total) else None
    )


def arxiv_id_in(text: str) -> Identifier:
    """The arXiv id that a text consists of; raises `UnreadableRecordError`."""
    found = identifiers.arxiv(text)
    if found is None:
        raise record_builder.UnreadableRecordError("it has no arXiv id")
    return found


def _entry(entry: Element, source: Source) -> PaperRecord:
    authors = entry.findall("{*}author")
    categories = [category.get("term", "") for category in entry.findall("{*}category")]
    marked = entry.find("{*}primary_category")
    primary = (marked.get("term") if marked is not None else None) or next(iter(categories), None)
    return record_builder.build(
        source,
        title=text_of(entry, "title"),
        abstract=text_of(entry, "summary"),
        authors=record_builder.authorships(text_of(author, "name") for author in authors),
        affiliations=[name for author in authors for name in texts_of(author, "affiliation")],
        published=partial_dates.from_iso(text_of(entry, "published")),
        updated=partial_dates.from_iso(text_of(entry, "updated")),
        category=primary,
        cross_lists=[category for category in categories if category != primary],
        venue=text_of(entry, "journal_ref"),
        identifiers=[arxiv_id_in(text_of(entry, "id")), *identifiers.of_dois(" ".join(texts_of(entry, "doi")))],
        links=[link_to(link.get("href", ""), "pdf") for link in entry.findall("{*}link") if link.get("title") == "pdf"],
        version=identifiers.arxiv_version(text_of(entry, "id")),
        withdrawn=record_builder.is_withdrawal(text_of(entry, "comment")),
    )
