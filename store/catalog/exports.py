"""Many papers as one file: JSON lines with every field and source, references, or a table."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from io import StringIO
from typing import Literal, NamedTuple, get_args

from store.catalog.citation_styles import cite
from store.catalog.paper_events import standing
from store.models import Paper
from store.text.visible import one_line
from store.text.web_addresses import of_identifier

ExportFormat = Literal["bibtex", "ris", "csl-json", "csv", "jsonl"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
_COLUMNS = (
    "handle", "title", "authors", "published", "venue", "category", "arxiv", "doi", "citations", "address", "abstract",
    "standing",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")


class _File(NamedTuple):
    """How the file of a format begins and ends, what stands between two papers, and the ending of its name."""

    extension: str
    head: str = ""
    between: str = "\n"
    tail: str = "\n"


_FILES: dict[ExportFormat, _File] = {
    "bibtex": _File("bib", between="\n\n"),
    "ris": _File("ris", between="\n\n"),
    "csl-json": _File("json", head="[", between=",\n", tail="]\n"),
    "csv": _File("csv", head=",".join(_COLUMNS) + "\n"),
    "jsonl": _File("jsonl"),
}


def extension(export_format: ExportFormat) -> str:
    """The ending of the name of a file of that format, without the full stop."""
    return _FILES[export_format].extension


async def exported(pages: AsyncIterable[Sequence[Paper]], export_format: ExportFormat) -> AsyncIterator[str]:
    """The text of the file, in pieces; that of `jsonl` can be read back with all that the store knows."""
    file, first = _FILES[export_format], True
    yield file.head
    async for page in pages:
        for paper in page:
            yield ("" if first else file.between) + _entry(paper, export_format)
            first = False
    yield "" if first and not file.head else file.tail


def _entry(paper: Paper, export_format: ExportFormat) -> str:
    match export_format:
        case "jsonl":
            return paper.model_dump_json()
        case "csv":
            return _row(paper)
        case "csl-json":
            return json.dumps(json.loads(cite(paper, "csl-json"))[0], ensure_ascii=False)
        case "bibtex" | "ris":
            return cite(paper, export_format)


def _row(paper: Paper) -> str:
    named = {identifier.scheme: identifier.value for identifier in reversed(paper.identifiers)}
    address = next((found for one in paper.identifiers if (found := of_identifier(one))), "")
    against = standing(paper)
    values = (
        paper.handle,
        paper.title,
        "; ".join([a.name for a in paper.authors] + ([] if paper.authors_complete else ["et al."])),
        paper.published,
        paper.venue,
        paper.category,
        named.get("arxiv"),
        named.get("doi"),
        paper.citations,
        address,
        paper.abstract,
        against[0] if against else None,
    )
    text = StringIO()
    csv.writer(text, lineterminator="").writerow([_cell(value) for value in values])
    return text.getvalue()


def _cell(value: object) -> object:
    """Text on one line, and none that a spreadsheet takes for a formula: a quote before it is not shown."""
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
