"""JSON files and answers of JSON services: finds the records in them and the reader for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from seeds import record_builder
from seeds.decoding import Problems, decode
from seeds.formats import csl_json, dblp, dump
from seeds.services import openalex, semantic_scholar
from seeds.untyped_json import items, mapping, text
from store.models import PaperRecord, ParsedSource, Source, SourceKind

_Reader = Callable[[Mapping[str, Any], Source], PaperRecord]
_LONGEST_LINE = 4_000_000
# The types of CSL that its writers use; `article` and `book` are also BibTeX's, but that has no `id`.
_CSL_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter dataset document entry "
    "entry-encyclopedia figure interview legal_case legislation manuscript map motion_picture paper-conference patent "
    "personal_communication post post-weblog report review software song speech standard thesis webpage".split(" ")
)


def read(content: bytes, source: Source) -> ParsedSource:
    """Read a JSON document or lines of JSON; records may be of different kinds. Never raises.

    The kind of `source` is replaced by the one that each record is of.
    """
    problems = Problems()
    written = decode(content, problems)
    try:
        document = json.loads(written)
    except (ValueError, RecursionError):
        return _together(read_lines(written.splitlines(keepends=True), source), problems)
    found = list(_records(document))
    if not found:
        problems.add(None, "there is no paper in it")
    return _read(((None, f"record {place}", item) for place, item in enumerate(found, start=1)), source, problems)


def read_lines(lines: Iterable[str | bytes], source: Source, batch: int = 1000) -> Iterator[ParsedSource]:
    """Read lines of JSON, a record each, as readings of as many records as `batch` says."""
    numbered = enumerate(lines, start=1)
    while some := list(islice(numbered, batch)):
        problems = Problems()
        yield _read(_parsed(some, problems), source, problems)


def is_record(line: bytes) -> bool:
    """Whether this is a line of JSON that can be a record."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _parsed(lines: Iterable[tuple[int, str | bytes]], problems: Problems) -> Iterator[tuple[int, str, object]]:
    for number, line in lines:
        if not line.strip():
            continue
        if len(line) > _LONGEST_LINE:
            problems.add(number, "this line is too long to be a record")
            continue
        try:
            yield number, "this record", json.loads(line)
        except (ValueError, RecursionError):
            problems.add(number, "this line is not JSON")


def _read(found: Iterable[tuple[int | None, str, object]], source: Source, problems: Problems) -> ParsedSource:
    papers: list[PaperRecord] = []
    sources: dict[SourceKind, Source] = {}
    for line, name, item in found:
        try:
            kind, reader = _recognised(mapping(item))
            of_kind = sources.setdefault(kind, source.model_copy(update={"kind": kind}))
            papers.append(reader(mapping(item), of_kind))
        except record_builder.UnreadableError as error:
            problems.add(line, f"{name} is not read: {error}")
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def _together(readings: Iterable[ParsedSource], problems: Problems) -> ParsedSource:
    papers: list[PaperRecord] = []
    for reading in readings:
        papers.extend(reading.papers)
        for problem in reading.problems:
            problems.add(problem.line, problem.message)
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def _records(document: object) -> Iterator[object]:
    """The records in what services wrap around them."""
    if isinstance(document, list):
        yield from chain.from_iterable(map(_records, document)) if len(document) == 1 else document
        return
    envelope = mapping(document)
    message = mapping(envelope.get("message"))
    hits = mapping(mapping(envelope.get("result")).get("hits")).get("hit")
    for inner in (message.get("items"), hits, envelope.get("results"), envelope.get("data"), envelope.get("items")):
        if isinstance(inner, list):
            yield from inner
            return
    if message or envelope:
        yield message or envelope


def _recognised(item: Mapping[str, Any]) -> tuple[SourceKind, _Reader]:
    """What a record is, by the names in it that only that kind has."""
    if "authors_parsed" in item:
        return "arxiv", dump.arxiv_record
    if "handle" in item and "disagreements" in item:
        return "dump", dump.exported_record
    if "info" in item:
        return "dblp", dblp.hit
    if "paperId" in item or "citingPaper" in item or "citedPaper" in item:
        return "s2", semantic_scholar.record
    if text(item.get("id")).startswith("https://openalex.org/"):
        return "openalex", openalex.record
    if isinstance(item.get("title"), list) or "indexed" in item:
        return "crossref", csl_json.record
    people = items(item.get("author"))
    if "id" in item and "authors" not in item and text(item.get("type")) in _CSL_TYPES:
        return "csl", csl_json.record
    if isinstance(item.get("issued"), dict) or "container-title" in item or any("family" in mapping(p) for p in people):
        return "csl", csl_json.record
    return "dump", dump.plain_record
