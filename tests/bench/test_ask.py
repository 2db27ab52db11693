"""The bench of questions says what is so of a few claims."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.bench import ask

ABSTRACT = ["Patients were treated.", "Aspirin increased bleeding.", "Children slept."]
ROWS = [
    {
        "claim": claim,
        "title": "Aspirin and bleeding",
        "abstract_sentences": ABSTRACT,
        "evidence": evidence,
        "fits": True,
        "label": label,
    }
    for claim, evidence, label in (
        ("Aspirin increases bleeding.", [1], "SUPPORT"),
        ("Aspirin reduces bleeding.", [1, 7], "SUPPORT"),
        ("Hamsters dream.", [2], "CONTRADICT"),
    )
]


def write(path: Path, *rows: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(json.dumps, rows)))


def test_evidence_and_sides_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "ask/claims.jsonl", *ROWS)
    silk = {"title": "Silk", "abstract": "Looms weave silk."}
    write(tmp_path / "related/background.jsonl", {"query": silk, "candidates": [silk | {"title": "Looms"}]})
    write(tmp_path / "described/doris/pool.jsonl", {"title": "", "abstract": "Hamsters sleep."})
    write(tmp_path / "described/cacm/docs.jsonl", {"title": "Algol", "abstract": ""})
    monkeypatch.setattr(sys, "argv", ["ask", "--claims", f"{tmp_path}/ask/claims.jsonl"])
    ask.main()
    methods = json.loads(capsys.readouterr().out.splitlines()[-1])["methods"]
    # The third claim's evidence is not found; the second one's is taken for the contrary.
    del methods["lectern"]["ms"], methods["bm25"]["ms"]
    assert methods["lectern"] == {"recall8": 0.6667, "mixed_up": 0.5, "on_a_side": 1.0, "nothing_said": 0.6667}
    assert methods["bm25"] == {"recall8": 0.6667, "mixed_up": 0.0, "on_a_side": 0.0, "nothing_said": 0.0}
