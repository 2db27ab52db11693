"""The benches of summaries and of the faithfulness check run on made data and print the figures that DESIGN.md names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rouge_score", reason="the extra `bench` is not installed")
pytest.importorskip("sumy", reason="the extra `bench` is not installed")

TEMPLATE = [
    "{0} is a central task of language processing.",
    "However, existing methods of {0} fail on long documents with many pages.",
    "We propose Long{0}, a method that reads whole documents in linear time.",
    "Experiments show that Long{0} improves accuracy from 81.2% to 89.{1}% on PageBank.",
]


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    made = [[line.format(task, i) for line in TEMPLATE] for i, task in enumerate(("Parsing", "Tagging", "Linking"))]
    tldr = [
        {"title": f"A paper {i}", "source": lines, "target": ["A method for whole documents.", "Reads in linear time."]}
        for i, lines in enumerate(made)
    ]
    labelled = [{"sentences": lines, "labels": ["background", "background", "method", "result"]} for lines in made]
    for name, rows in (("tldr", tldr), ("labelled", labelled)):
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return ["--scitldr", str(tmp_path / "tldr"), "--csabstruct", str(tmp_path / "labelled")]


def last_line(module: str, arguments: list[str]) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_bench_of_summaries(data: list[str]) -> None:
    figures = last_line("tests.bench.summaries", data)
    assert set(figures["methods"]) == {"lectern", "random", "lead", "title", "lexrank", "oracle"}
    for row in figures["methods"].values():
        assert isinstance(row, dict)
        assert set(row) == {"r1", "r2", "rl", "kpr3", "new3", "ms"}
    assert figures["moves"]["lectern"] == 1
    assert figures["moves"]["lead"] == 0
    assert figures["slots"] == {"tldr": 1, "result": 1, "problem": 1, "otherwise": 0, "false": 0}


def test_the_bench_of_slots(tmp_path: Path) -> None:
    text = " ".join(line.format("Parsing", 1) for line in TEMPLATE)
    spans = {
        label: [{"start": text.index(marked), "end": text.index(marked) + len(marked)}]
        for label, marked in (("problem", "fail"), ("idea", "linear time"), ("result", "89.1%"))
    }
    rows = [{"abstract": text, "spans": spans}, {"abstract": text, "spans": {}}]
    (tmp_path / "spans").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    figures = last_line("tests.bench.slots", ["--records", str(tmp_path / "spans")])
    assert figures == {"tldr": 1, "problem": 1, "result": 1, "false": 1, "first_sentence": 0}


def test_the_bench_of_faithfulness(data: list[str]) -> None:
    figures = last_line("tests.bench.faithfulness", data)
    assert figures["kept"]["verbatim"] == 1
    assert figures["caught"]["number changed"] == 1
