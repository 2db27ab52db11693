"""An import that is killed: what it has reported is stored, and done again it completes with nothing twice."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from store.catalog import papers
from store.library import Library
from tests.bot.conftest import Lectern, environment

ROWS = 6000


def reported(terminal: int, least: int) -> int:
    """Read the progress until so many papers are reported; how many that is by then."""
    shown = ""
    while True:
        shown += os.read(terminal, 1000).decode()
        counts = [int(found.replace(",", "")) for found in re.findall(r"\r([\d,]+) papers", shown)]
        if counts and counts[-1] >= least:
            return counts[-1]


async def _count(path: Path) -> int:
    library = await Library.open(path)
    stored = await papers.count(library.db)
    await library.close()
    return stored


def count(path: Path) -> int:
    return asyncio.run(_count(path))


def test_what_was_reported_survives_a_kill(tmp_path: Path, lectern: Lectern) -> None:
    file = tmp_path / "papers.jsonl"
    rows = ({"title": f"Looms of the Year {n}", "authors": [f"Ada Bee{n}"], "year": 2024} for n in range(ROWS))
    file.write_text("\n".join(map(json.dumps, rows)))
    terminal, its_side = pty.openpty()
    importing = subprocess.Popen(
        [sys.executable, "-m", "bot", "import", str(file)], env=environment(tmp_path), cwd=tmp_path, stderr=its_side
    )
    told = reported(terminal, 2000)
    importing.kill()
    importing.wait()
    os.close(its_side)
    os.close(terminal)
    stored = count(tmp_path / "lectern.db")
    assert told <= stored < ROWS
    assert f"{ROWS - stored} new, 0 changed, {stored} unchanged" in lectern("import", str(file)).stdout
    assert count(tmp_path / "lectern.db") == ROWS
