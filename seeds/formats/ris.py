"""RIS files, as reference managers and publishers write them.

The format is lines of a tag and a value; they are read here, because rispy, the library for it, gives no line numbers
and reads records without an end tag as one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from seeds import record_builder
from seeds.decoding import Problems, decode
from seeds.formats.file_format import FileFormat
from seeds.links import link_to
from store.models import Identifier, PaperRecord, ParsedSource, Source
from store.text import identifiers, partial_dates, person_names

_TAG = re.compile(r"\s*([A-Z][A-Z0-9])\s{0,3}-(?:\s(.*)|$)")
_Fields = Mapping[str, Sequence[str]]


def read(content: bytes, source: Source) -> ParsedSource:
    """Read every record that has a title. Never raises."""
    problems = Problems()
    papers: list[PaperRecord] = []
    for line, fields in _records(decode(content, problems)):
        try:
            papers.append(_record(fields, source))
        except record_builder.UnreadableRecordError as error:
            problems.add(line, f"this record is not read: {error}")
    if not papers and not problems.listed():
        problems.add(None, "there is no RIS record in it")
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def _records(text: str) -> Iterator[tuple[int, _Fields]]:
    """Each record with the number of its first line; a value goes on in lines without a tag."""
    fields: dict[str, list[list[str]]] = {}
    start, tag = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        match = _TAG.match(line)
        if match and match[1] in ("TY", "ER"):
            if fields:
                yield start, _joined(fields)
            fields, start, tag = {}, number, ""
            if match[1] == "TY":
                fields = defaultdict(list, {"TY": [[match[2] or ""]]})
        elif match and fields:
            tag = match[1]
            fields[tag].append([match[2] or ""])
        elif tag:
            fields[tag][-1].append(line)
    if fields:
        yield start, _joined(fields)


def _joined(fields: Mapping[str, list[list[str]]]) -> _Fields:
    return {tag: [" ".join(lines).strip() for lines in values] for tag, values in fields.items()}


def _record(fields: _Fields, source: Source) -> PaperRecord:
    def first(*tags: str) -> str | None:
        return next((value for tag in tags for value in fields.get(tag, ()) if value), None)

    names = [name for tag in ("AU", "A1") for name in fields.get(tag, ()) if name]
    return record_builder.build(
        source,
        title=first("TI", "T1", "CT") or (first("BT") if fields["TY"][0] in ("BOOK", "EDBOOK") else None),
        abstract=first("AB", "N2"),
        authors=record_builder.authorships(map(person_names.given_first, names)),
        published=partial_dates.from_iso(first("DA", "Y1", "PY"))
        or partial_dates.from_parts(first("PY", "Y1", "DA", "Y2")),
        venue=first("JF", "JO", "T2", "JA", "BT"),
        identifiers=_identifiers(fields),
        links=[link_to(address) for tag in ("UR", "L2") for address in fields.get(tag, ())],
    )


def _identifiers(fields: _Fields) -> Iterator[Identifier]:
    for tag in ("DO", "M3", "UR", "L1", "L2", "JO", "JF", "T2", "AN"):
        for value in fields.get(tag, ()):
            yield from identifiers.of_doi(value) if tag == "DO" else identifiers.find(value)


FORMAT = FileFormat(
    name="RIS",
    extensions=(".ris",),
    beginning=re.compile(rb"^TY  ?- ", re.MULTILINE),
    source_kind="ris",
    read=read,
)
