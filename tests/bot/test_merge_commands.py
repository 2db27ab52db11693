"""`lectern merges` and `unmerge`, as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

A = "@article{a, title={A Title for a Preprint}, author={Ada Byron}, eprint={2401.00001}, archiveprefix={arXiv}}"
B = "@article{b, title={The Published Title}, author={Ada Byron}, doi={10.5555/x}}"
BOTH = "@article{c, title={The Published Title}, author={Ada Byron}, doi={10.5555/x}, eprint={2401.00001}, archiveprefix={arXiv}}"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LECTERN_DB", str(tmp_path / "lectern.db"))
    for name, entry in (("a.bib", A), ("b.bib", B)):
        (tmp_path / name).write_text(entry)
        assert CliRunner().invoke(app, ["import", str(tmp_path / name)]).exit_code == 0
    assert "No papers have been merged." in CliRunner().invoke(app, ["merges"]).output
    (tmp_path / "c.bib").write_text(BOTH)
    assert CliRunner().invoke(app, ["import", str(tmp_path / "c.bib")]).exit_code == 0
    return tmp_path


def papers(store: Path) -> int:
    return len(CliRunner().invoke(app, ["export", "--db", str(store / "lectern.db")]).output.splitlines())


@pytest.mark.parametrize("named", ["2401.00001", "10.5555/x", "The Published Title", "the handle"])
def test_a_merge_is_shown_and_undone(store: Path, named: str) -> None:
    assert papers(store) == 1
    shown = CliRunner().invoke(app, ["merges"]).output
    assert "by a record of c.bib, “The Published Title”" in shown
    assert "The same work: both have arXiv id 2401.00001" in shown
    assert "The same work: both have DOI 10.5555/x; the titles are 100 % alike" in shown
    handle = next(line.split()[0] for line in shown.splitlines() if line.endswith("A Title for a Preprint"))
    done = CliRunner().invoke(app, ["unmerge", handle if named == "the handle" else named])
    assert done.exit_code == 0, done.output
    assert "A Title for a Preprint" in done.output
    assert papers(store) == 2
    assert "undone since" in CliRunner().invoke(app, ["merges"]).output
    assert CliRunner().invoke(app, ["import", str(store / "c.bib")]).exit_code == 0
    assert papers(store) == 2
    assert "has not been merged" in str(CliRunner().invoke(app, ["unmerge", handle]).exception)
    assert "No paper is found" in str(CliRunner().invoke(app, ["unmerge", "10.5555/unknown"]).exception)
