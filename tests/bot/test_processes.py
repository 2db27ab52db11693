"""How `lectern run --processes` starts the processes of one host; `tests/wire/test_processes.py` runs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bot import processes
from bot.errors import CannotRunError
from bot.settings import Settings
from tests.bot.conftest import Lectern

OWN = ["--shards", "0-7/16", "--parent", str(os.getpid())]


@pytest.mark.parametrize(
    ("given", "started"),
    [
        (["run", "--processes", "2"], ["run", *OWN]),
        (["run", "--processes=2", "--db", "a b.db"], ["run", *OWN, "--db", "a b.db"]),
        (["run", "--db", "x", "--processes", "2"], ["run", "--db", "x", *OWN]),
    ],
)
def test_a_process_has_the_same_options_and_its_shards(
    monkeypatch: pytest.MonkeyPatch, given: list[str], started: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["lectern", *given])
    assert processes._arguments("0-7/16") == started


def test_figures_of_each_process_are_on_a_port_of_their_own(tmp_path: Path) -> None:
    def port(metrics: str | None, number: int) -> str | None:
        settings = Settings(_env_file=None, db=tmp_path / "lectern.db", metrics=metrics)
        return processes._environment(settings, number).get("LECTERN_METRICS")

    assert [port("127.0.0.1:9090", number) for number in (0, 1)] == ["127.0.0.1:9090", "127.0.0.1:9091"]
    assert port("127.0.0.1:0", 1) == "127.0.0.1:0"
    assert port(None, 1) is None
    with pytest.raises(CannotRunError, match="LECTERN_METRICS"):
        port("127.0.0.1:65535", 1)


def test_options_that_make_no_sense_are_told(lectern: Lectern) -> None:
    told = lectern("run", "--shards", "0-3/4", "--processes", "2")
    assert told.returncode == 1 and "not both" in told.stderr
    told = lectern("run", "--shards", "4/4")
    assert told.returncode == 1 and "counted from 0" in told.stderr
    told = lectern("run", "--processes", "2")
    assert told.returncode == 1 and "LECTERN_TOKEN" in told.stderr
