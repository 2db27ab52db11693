"""Many papers as one file: each format can be read by what reads it, whatever the papers hold."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Sequence
from io import StringIO

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given, settings
from hypothesis import strategies as st

from store.catalog.exports import FORMATS, ExportFormat, exported, extension
from store.catalog.merge import merge
from store.models import Paper
from store.text.handles import handle
from tests.guilds.channels import record

NASTY = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "a,b", 'a "b"', "a\nb", "ünïcode", "{braces", "a\\b", "TY  - x"]


def papers(titles: Sequence[str]) -> list[Paper]:
    return [merge(handle("p", str(number)), [record(title)]) for number, title in enumerate(titles)]


async def pages(shown: Sequence[Paper]) -> AsyncIterator[Sequence[Paper]]:
    for start in range(0, len(shown), 2):
        yield shown[start : start + 2]


async def text(shown: Sequence[Paper], export_format: ExportFormat) -> str:
    return "".join([piece async for piece in exported(pages(shown), export_format)])


@settings(max_examples=30)
@given(st.lists(st.sampled_from(NASTY) | st.text(min_size=1, max_size=30), max_size=6))
async def test_every_format_holds_every_paper(titles: list[str]) -> None:
    shown = papers(titles)
    assert len(json.loads(await text(shown, "csl-json"))) == len(shown)
    assert [Paper.model_validate_json(line) for line in (await text(shown, "jsonl")).split("\n") if line] == shown
    rows = list(csv.DictReader(StringIO(await text(shown, "csv"), newline="")))
    assert [row["handle"] for row in rows] == [paper.handle for paper in shown]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values() if cell)
    library = parse_string(await text(shown, "bibtex"))
    assert not library.failed_blocks
    assert len({entry.key for entry in library.entries}) == len(shown)
    assert (await text(shown, "ris")).count("\nER  - ") == len(shown)


@pytest.mark.parametrize("export_format", FORMATS)
async def test_no_papers_make_a_file_that_is_read_as_none(export_format: ExportFormat) -> None:
    written = await text([], export_format)
    assert {"csl-json": "[]\n"}.get(export_format, written) == written
    assert export_format not in ("jsonl", "bibtex", "ris") or written == ""
    assert extension(export_format).isalpha()
