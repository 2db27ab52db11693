from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import ExpectedError
from tests.seeds.asking import gone

ROOT = Path(__file__).parents[2]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Only what the program needs, so that no setting of the machine gets in, and no service outside is asked."""
    needed = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    services = {f"LECTERN_{name.upper()}": address for name, address in gone().items()}
    return needed | {"LECTERN_DB": str(folder / "lectern.db"), "LECTERN_WATCH": "false"} | services | settings


Lectern = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def lectern(tmp_path: Path) -> Lectern:
    """Runs the command line as a process of its own, in an empty folder."""

    def run(*arguments: str, given: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments], env=environment(tmp_path, **settings), cwd=tmp_path,
            capture_output=True, text=True, input=given, timeout=60, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lectern]:
    """The same within this process, for what is not about being one: to start one takes longer than most commands."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LECTERN_")]:
        monkeypatch.delenv(name)
    log = logging.getLogger()
    handlers, level = log.handlers[:], log.level

    def run(*arguments: str, given: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
        done = CliRunner().invoke(app, arguments, input=given, env=environment(tmp_path, **settings))
        if done.exception and not isinstance(done.exception, SystemExit | ExpectedError):
            raise done.exception
        said = f"lectern: {done.exception}\n" if isinstance(done.exception, ExpectedError) else ""
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr + said)

    yield run
    log.handlers[:] = handlers
    log.setLevel(level)
