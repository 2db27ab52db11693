"""Many papers as one file: JSON lines with every field and source, references, or a table."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from io import StringIO
from typing import Literal, NamedTuple, get_args

from store.catalog.citation_styles import cite, tex
from store.catalog.paper_events import standing
from store.models import Handle, Paper
from store.text.visible import one_line
from store.text.web_addresses import of_identifier

ExportFormat = Literal["bibtex", "ris", "csl-json", "csv", "jsonl"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
_COLUMNS = (
    "handle", "title", "authors", "published", "venue", "category", "arxiv", "doi", "citations", "address", "abstract",
    "standing",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")
_END = "\n}"
"""How an entry of BibTeX ends, as `cite` writes it."""
_RIS_END = "ER  - "


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


class Remarks(NamedTuple):
    """What a reading list says of a paper beside what the paper is."""

    state: str
    tags: tuple[str, ...]
    notes: tuple[str, ...]


async def exported(
    pages: AsyncIterable[Sequence[Paper]],
    export_format: ExportFormat,
    remarks: Mapping[Handle, Remarks] | None = None,
) -> AsyncIterator[str]:
    """The text of the file, in pieces; that of `jsonl` can be read back with all that the store knows.

    With `remarks`, tags are keywords and notes are notes; a table has a column for each and one for the state. `jsonl`
    leaves them out, as it is what `lectern import` reads.
    """
    file, first = _FILES[export_format], True
    if remarks is not None and export_format == "csv":
        yield ",".join((*_COLUMNS, *Remarks._fields)) + "\n"
    else:
        yield file.head
    async for page in pages:
        for paper in page:
            yield ("" if first else file.between) + _entry(paper, export_format, (remarks or {}).get(paper.handle))
            first = False
    yield "" if first and not file.head else file.tail


def _entry(paper: Paper, export_format: ExportFormat, said: Remarks | None) -> str:
    tags, notes = ([one_line(text) for text in texts] for texts in (said.tags, said.notes)) if said else ([], [])
    match export_format:
        case "jsonl":
            return paper.model_dump_json()
        case "csv":
            return _row([*_values(paper), *([said.state, "; ".join(tags), " | ".join(notes)] if said else [])])
        case "csl-json":
            known = json.loads(cite(paper, "csl-json"))[0]
            fields = {"keyword": ", ".join(tags), "note": " | ".join(filter(None, [known.get("note"), *notes]))}
            return json.dumps(known | {name: text for name, text in fields.items() if text}, ensure_ascii=False)
        case "bibtex":
            fields = {"keywords": ", ".join(map(tex, tags)), "annote": " | ".join(map(tex, notes))}
            lines = "".join(f",\n  {name} = {{{text}}}" for name, text in fields.items() if text)
            return f"{cite(paper, 'bibtex').removesuffix(_END)}{lines}{_END}"
        case "ris":
            lines = "".join([*(f"KW  - {tag}\n" for tag in tags), *(f"N1  - {note}\n" for note in notes)])
            return f"{cite(paper, 'ris').removesuffix(_RIS_END)}{lines}{_RIS_END}"


def _values(paper: Paper) -> list[object]:
    named = {identifier.scheme: identifier.value for identifier in reversed(paper.identifiers)}
    against = standing(paper)
    return [
        paper.handle,
        paper.title,
        "; ".join([a.name for a in paper.authors] + ([] if paper.authors_complete else ["et al."])),
        paper.published,
        paper.venue,
        paper.category,
        named.get("arxiv"),
        named.get("doi"),
        paper.citations,
        next((found for one in paper.identifiers if (found := of_identifier(one))), ""),
        paper.abstract,
        against[0] if against else None,
    ]


def _row(values: Sequence[object]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="").writerow([_cell(value) for value in values])
    return text.getvalue()


def _cell(value: object) -> object:
    """Text on one line, and none that a spreadsheet takes for a formula: a quote before it is not shown."""
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
