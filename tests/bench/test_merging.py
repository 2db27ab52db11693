"""The bench of merging says what is so of a few records."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.bench import merging

RECORDS = """
@article{a, colrev_origin = {x.bib/1;}, title = {Classifying the Impact of Review Articles}, author = {Bee, Ada}, year = {2018}}
@article{b, colrev_origin = {y.bib/7;}, title = {Classifying the impact of review articles}, author = {Bee, A.}, year = {2018}}
@article{c, colrev_origin = {z.bib/3;}, title = {Classifiying the Impact of Review Articles}, author = {Bee, Ada}, year = {2018}}
@article{d, colrev_origin = {z.bib/4;}, title = {Classifying the Impact of Review Articles}, author = {Dee, Cy}, year = {2019}}
"""
EXPECTED = """
@article{a, colrev_origin = {x.bib/1;
                             y.bib/7;
                             z.bib/3;}, title = {Classifying the Impact of Review Articles}}
@article{d, colrev_origin = {z.bib/4;}, title = {Classifying the Impact of Review Articles}}
"""


def test_pairs_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "records.bib").write_text(RECORDS)
    (tmp_path / "expected.bib").write_text(EXPECTED)
    monkeypatch.setattr(
        sys, "argv", ["merging", "--records", f"{tmp_path}/records.bib", "--expected", f"{tmp_path}/expected.bib"]
    )
    merging.main()
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "precision": 1.0,
        "recall": 1.0,
        "peers": {"title": {"precision": 0.333, "recall": 0.333}, "rapidfuzz": {"precision": 1.0, "recall": 1.0}},
    }


PAIRS = """
{"left": {"title": "on looms and cards", "authors": ["ada bee"], "venue": "x", "year": 1994}, "right": {"title": "on looms and cards", "authors": ["a. bee"], "venue": "", "year": 1995}, "same": true}
{"left": {"title": "on looms and cards", "authors": ["ada bee"], "venue": "x", "year": 1994}, "right": {"title": "on looms and cards", "authors": ["cy dee"], "venue": "y", "year": 1994}, "same": false}
{"left": {"title": "weaving with machines", "authors": [], "venue": "", "year": null}, "right": {"title": "weaving by hand", "authors": ["cy dee"], "venue": "", "year": 1990}, "same": false}
"""


def test_given_pairs_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pairs.jsonl").write_text(PAIRS.strip())
    monkeypatch.setattr(sys, "argv", ["merging", "--pairs", f"{tmp_path}/pairs.jsonl"])
    merging.main()
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "precision": 1.0,
        "recall": 1.0,
        "peers": {"title": {"precision": 0.5, "recall": 1.0}, "rapidfuzz": {"precision": 0.0, "recall": 0.0}},
    }
