"""`lectern remove`, `removed` and `edit`, as people type them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bot.conftest import Lectern

BOTH = """
@article{a, title={Looms in Lyon}, author={Ada Byron}, eprint={2401.00001}, archiveprefix={arXiv}, year={2023}}
@inproceedings{b, title={The Published Title}, author={Ada Byron and Bo Lee}, doi={10.18653/v1/P19-1001}}
"""


@pytest.fixture
def store(typed: Lectern, tmp_path: Path) -> Lectern:
    (tmp_path / "a.bib").write_text(BOTH)
    assert typed("import", "a.bib").stdout == "a.bib: 2 new, 0 changed, 0 unchanged\n"
    return typed


def papers(lectern: Lectern) -> dict[str, dict[str, Any]]:
    return {paper["title"]: paper for paper in map(json.loads, lectern("export").stdout.splitlines())}


@pytest.mark.parametrize(
    "named", ["arXiv:2401.00001v2", "https://arxiv.org/abs/2401.00001", "looms in lyon", "the handle"]
)
def test_a_paper_is_shown_removed_and_brought_back(store: Lectern, named: str) -> None:
    before = papers(store)
    handle = before["Looms in Lyon"]["handle"]
    named = handle if named == "the handle" else named
    asked = store("remove", named)
    assert asked.returncode == 1 and "Looms in Lyon" in asked.stdout
    assert "there is nobody to ask here. Give --yes" in asked.stderr
    assert papers(store) == before
    done = store("remove", named, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"lectern remove --undo {handle}" in done.stdout
    assert [*papers(store)] == ["The Published Title"]
    again = store("import", "a.bib")
    assert again.stdout == "a.bib: 0 new, 0 changed, 1 unchanged\n"
    assert "“Looms in Lyon” is left out: whoever runs Lectern removed it (`lectern removed`)" in again.stderr
    assert f"{handle} Looms in Lyon" in store("removed").stdout
    assert "was removed; lectern removed lists it" in store("remove", "2401.00001", "--yes").stderr
    back = store("remove", "--undo", "Looms in Lyon" if named == "looms in lyon" else named)
    assert back.returncode == 0, back.stderr
    assert papers(store) == before
    assert store("removed").stdout == "No papers have been removed.\n"
    assert "is not one removed paper" in store("remove", "--undo", handle).stderr


def test_several_are_removed_or_none(store: Lectern, lectern: Lectern) -> None:
    assert lectern("remove", "2401.00001", "10.5555/unknown", "--yes").returncode == 1
    assert len(papers(lectern)) == 2
    assert lectern("remove", "2401.00001", "P19-1001", "Looms in Lyon", "--yes").returncode == 0
    assert papers(lectern) == {}


def test_fields_are_corrected_and_taken_back(store: Lectern) -> None:
    before = papers(store)
    done = store(
        *("edit", "P19-1001", "--title", "The Real {T}itle", "--date", "2024-05", "--venue", "Nature"),
        *("--author", "Bo Lee", "--author", "Ada Byron", "--category", "cs.CL", "--abstract", "Silk."),
    )
    assert done.returncode == 0, done.stderr
    assert "title: The Published Title -> The Real Title" in done.stdout
    assert "authors: Ada Byron, Bo Lee -> Bo Lee, Ada Byron" in done.stdout
    paper = papers(store)["The Real Title"]
    assert (paper["published"], paper["venue"], paper["category"]) == ("2024-05", "Nature", "cs.CL")
    assert [source["name"] for source in paper["sources"]] == ["corrected by the operator", "a.bib"]
    assert "corrected by the operator" in store("try", "/paper title:the real title").stdout
    assert store("import", "a.bib").stdout == "a.bib: 0 new, 0 changed, 2 unchanged\n"
    assert "Looms" in store("edit", "2401.00001", "--date", "").stdout
    assert papers(store)["Looms in Lyon"]["published"] is None
    for named in ("The Real Title", "2401.00001"):
        assert store("edit", "--undo", named).returncode == 0
    assert papers(store) == before
    assert "Nothing has been corrected" in store("edit", "--undo", "2401.00001").stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ([], "Say what to correct"),
        (["--date", "2024-13"], "A date is a year, a month or a day"),
        (["--date", "May"], "A date is a year, a month or a day"),
        (["--title", ""], "has no title"),
        (["--title", "T" * 2001], "more than 2,000 characters"),
        (["--category", "cs CL!"], "That is no category: 'cs CL!'."),
        (["--author", "7"], "That is no author"),
    ],
)
def test_what_is_no_value_is_refused(store: Lectern, options: list[str], reason: str) -> None:
    done = store("edit", "2401.00001", *options)
    assert done.returncode == 1 and reason in done.stderr
    assert papers(store)["Looms in Lyon"]["published"] == "2023"


def test_a_paper_that_is_not_there_is_said(store: Lectern) -> None:
    for command in (["remove"], ["edit", "--title", "Silk"], ["unmerge"]):
        assert "No paper is found for '2402.00002'" in store(*command, "2402.00002").stderr
