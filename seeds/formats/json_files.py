"""JSON files and answers of JSON services: finds the records in them and the reader for each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from seeds import record_builder
from seeds.decoding import Problems, decode
from seeds.formats import arxiv_snapshot, csl_json, dblp, lectern_export, plain_json
from seeds.formats.file_format import FileFormat
from seeds.json_values import DEEPEST, mapping
from seeds.services import crossref, openalex, semantic_scholar
from store.models import PaperRecord, ParsedSource, Source, SourceKind

LINES_EXTENSIONS = (".jsonl", ".ndjson")
"""Of files with a record in each line."""
LONGEST_LINE = 4_000_000
"""Characters or bytes of a line, against files that are no lines of JSON; by choice, far above a record's size."""
BATCH = 1000
"""Records of a file that are read, and then stored, at once."""
LARGEST_BATCH = 8_000_000
"""Characters or bytes of the lines that are read at once, of which the last may be longer; by choice."""


class _RecordFormat(NamedTuple):
    source_kind: SourceKind
    recognises: Callable[[Mapping[str, Any]], bool]
    read: Callable[[Mapping[str, Any], Source], PaperRecord]


_RECORD_FORMATS = (
    _RecordFormat("arxiv", arxiv_snapshot.recognises, arxiv_snapshot.record),
    _RecordFormat("dump", lectern_export.recognises, lectern_export.record),
    _RecordFormat("dblp", dblp.recognises, dblp.record),
    _RecordFormat("s2", semantic_scholar.recognises, semantic_scholar.record),
    _RecordFormat("openalex", openalex.recognises, openalex.record),
    _RecordFormat("crossref", crossref.recognises, csl_json.record),
    _RecordFormat("csl", csl_json.recognises, csl_json.record),
    _RecordFormat("dump", lambda item: True, plain_json.record),
)
"""The first that recognises a record by the names in it reads it."""


def read(content: bytes, source: Source) -> ParsedSource:
    """Read a JSON document or lines of JSON; records may be of different kinds. Never raises.

    The kind of `source` is replaced by the one that each record is of.
    """
    problems = Problems()
    decoded = decode(content, problems)
    try:
        document = json.loads(decoded)
    except (ValueError, RecursionError):
        return _joined(read_lines(decoded.splitlines(keepends=True), source), problems)
    found = list(_records(document))
    if not found:
        problems.add(None, "there is no paper in it")
    return _read(((None, f"record {number}", item) for number, item in enumerate(found, start=1)), source, problems)


def read_lines(lines: Iterable[str | bytes], source: Source, batch: int = BATCH) -> Iterator[ParsedSource]:
    """Read lines of JSON, a record each, in parts of as many lines as `batch` says."""
    numbered = enumerate(lines, start=1)
    while part := list(_batch(numbered, batch)):
        problems = Problems()
        yield _read(_parsed(part, problems), source, problems)


def _batch(numbered: Iterator[tuple[int, str | bytes]], most: int) -> Iterator[tuple[int, str | bytes]]:
    """The next lines: as many as `most` says, or fewer where they are long."""
    size = 0
    for number, line in islice(numbered, most):
        yield number, line
        size += len(line)
        if size > LARGEST_BATCH:
            return


def is_object(line: bytes) -> bool:
    """Whether this is a line of JSON that can be a record."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _parsed(lines: Iterable[tuple[int, str | bytes]], problems: Problems) -> Iterator[tuple[int, str, object]]:
    for number, line in lines:
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            problems.add(number, "this line is too long to be a record")
            continue
        try:
            yield number, "this record", json.loads(line)
        except (ValueError, RecursionError):
            problems.add(number, "this line is not JSON")


def _read(found: Iterable[tuple[int | None, str, object]], source: Source, problems: Problems) -> ParsedSource:
    papers: list[PaperRecord] = []
    sources: dict[SourceKind, Source] = {}
    for line, name, value in found:
        item = mapping(value)
        record_format = next(each for each in _RECORD_FORMATS if each.recognises(item))
        kind = record_format.source_kind
        try:
            papers.append(record_format.read(item, sources.setdefault(kind, source.model_copy(update={"kind": kind}))))
        except record_builder.UnreadableRecordError as error:
            problems.add(line, f"{name} is not read: {error}")
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def _joined(parts: Iterable[ParsedSource], problems: Problems) -> ParsedSource:
    papers: list[PaperRecord] = []
    for part in parts:
        papers.extend(part.papers)
        for problem in part.problems:
            problems.add(problem.line, problem.message)
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def _records(document: object, depth: int = 0) -> Iterator[object]:
    """The records in what services wrap around them; `depth` counts the lists around the document."""
    if isinstance(document, list):
        alone = len(document) == 1 and depth < DEEPEST
        yield from _records(document[0], depth + 1) if alone else document
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


FORMAT = FileFormat(
    name="JSON or lines of JSON",
    extensions=(".json", *LINES_EXTENSIONS),
    beginning=re.compile(rb"\A(?:\{[\"\n]|\[[{\n ])"),
    source_kind="dump",
    read=read,
)
