"""The bench of people says what is so of a few papers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.bench import people


def paper(person: str, *authors: str, title: str = "Parsing") -> people.Row:
    row = {"title": title, "authors": authors, "person": person}
    return row | {"organisation": "", "venue": "", "year": 2000}


ROWS: list[people.Row] = [
    {
        "name": "W. Wang",
        "papers": [
            paper("1", "Wei Wang", "Ada Bee"),
            paper("1", "Ada Bee", "W. Wang"),
            paper("1", "Wen Wang", "Cy Dee"),
        ],
    },
    {"name": "Ann Roe", "papers": [paper("1", "Ann Roe"), paper("2", "Ann Roe", "Ada Bee")]},
]


def test_pairs_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "names.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    monkeypatch.setattr(sys, "argv", ["people", "--records", f"{tmp_path}/names.jsonl"])
    people.main()
    methods = json.loads(capsys.readouterr().out.splitlines()[-1])["methods"]
    # Of the first name's three pairs one shares a co-author; of the second name nothing belongs together.
    assert methods["shared_coauthor"] == {"precision": 1.0, "recall": 0.6667, "f1": 0.75}
    assert methods["one_per_name"] == {"precision": 0.5, "recall": 1.0, "f1": 0.5}
    assert methods.keys() == {"lectern", "one_per_name", "shared_coauthor"}


@pytest.mark.parametrize(
    ("name", "authors", "place"),
    [
        ("Ann Roe", ["Ada Bee", "Ann Roe"], 1),
        ("A. Roe", ["Ben Roe", "Ann Roe"], 1),
        ("A. Roe", ["Ben Roe", "Ada Bee"], 0),
        ("Ann Roe", ["Ada Bee", "Cy Dee"], None),
        ("Ann Roe", [], None),
    ],
)
def test_the_bearer_of_a_name_is_found_among_the_authors(name: str, authors: list[str], place: int | None) -> None:
    assert people.bearer(name, authors) == place
