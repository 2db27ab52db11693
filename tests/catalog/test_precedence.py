"""The tables of docs/precedence.md are what merging does."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store.catalog.merge import SOURCE_PRECEDENCE, merge
from store.models import Paper
from tests.support.made import DAY, names, record, source

PAGE = (Path(__file__).parents[2] / "docs" / "precedence.md").read_text("utf-8")
HANDLE = "a" * 13


def named(heading: str) -> list[str]:
    """The names in the first column of the table under a heading."""
    table = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_sources_stand_in_the_order_of_the_code() -> None:
    assert tuple(named("Sources, the best first")) == SOURCE_PRECEDENCE


def test_every_field_of_a_paper_is_in_the_table_once() -> None:
    assert sorted(named("Fields")) == sorted(Paper.model_fields.keys() - {"handle"})


@pytest.mark.parametrize(
    ("field", "best", "worse", "shown"),
    [
        ("title", "Looms", "Loom", "Looms"),
        ("abstract", None, "Of looms.", "Of looms."),
        ("abstract", "Of cards.", "Of looms.", "Of cards."),
        ("affiliations", ("Here",), ("There",), ("Here",)),
        ("published", "2024", "2024-05-01", "2024-05-01"),
        ("published", "2024", "2025-05-01", "2024"),
        ("updated", "2024", "2025", "2025"),
        ("category", "cs.CL", "cs.LG", "cs.CL"),
        ("cross_lists", (), ("cs.AI",), ("cs.AI",)),
        ("venue", "CoRR", "EMNLP", "EMNLP"),
        ("venue", "TACL", "EMNLP", "TACL"),
        ("has_code", False, True, False),
        ("citations", 9, 3, 3),
        ("withdrawn", False, True, True),
    ],
)
def test_a_field_is_that_of_the_source_in_the_table(field: str, best: Any, worse: Any, shown: Any) -> None:
    one = record(source=source("a", "crossref"), **{field: best})
    other = record(source=source("b", "bibtex", DAY + timedelta(days=1)), **{field: worse})
    assert getattr(merge(HANDLE, [other, one]), field) == shown


def test_a_complete_list_of_authors_wins_over_a_better_source() -> None:
    cut = record(source=source("a", "crossref"), authors=names("Ada Bee"), authors_complete=False)
    whole = record(source=source("b", "bibtex"), authors=names("Ada Bee", "Cy Dee"))
    paper = merge(HANDLE, [cut, whole])
    assert ([author.name for author in paper.authors], paper.authors_complete) == (["Ada Bee", "Cy Dee"], True)
