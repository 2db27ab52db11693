"""The real program while a big file is read beside it, and the processes that read at its end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.workers.folder import SETTLED_S
from tests.support.dense import dense_tex
from tests.wire.clients import until
from tests.wire.conftest import Scene
from tests.wire.process import Program


@pytest_asyncio.fixture
async def program(scene: Scene, tmp_path: Path) -> AsyncIterator[Program]:
    """The program on a folder with a file of dense TeX, which takes a minute to read."""
    program = Program(scene, tmp_path)
    folder = tmp_path / "papers"
    folder.mkdir()
    file = folder / "dense.bib"
    file.write_bytes(dense_tex(4_900_000))
    long_ago = time.time() - 10 * SETTLED_S
    os.utime(file, (long_ago, long_ago))
    program.settings["LECTERN_FOLDER"] = str(folder)
    yield program
    if program.is_running:
        await program.kill()


def children(pid: int) -> list[int]:
    """The processes that a process has started, with its id as their parent's."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):  # It is no process, or has ended meanwhile.
            continue
        if process.name.isdigit() and int(parent) == pid and state != "Z":
            found.append(int(process.name))
    return found


def busy(pid: int) -> bool:
    """Whether it has used a second and a half of processor time, more than it takes to start."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11]) > 150


async def test_commands_are_answered_while_a_file_is_read(scene: Scene, program: Program) -> None:
    await program.start()
    await program.ready()
    await until(lambda: any(map(busy, children(program.pid))), timeout_s=30)
    entry = "@article{a, title={On Looms}, author={Lee, Bo}, year=2026}"
    for command, options in (("help", {}), ("add", {"entry": entry})):
        asked = scene.interactions.slash(scene.ann, scene.channel, command, **options)
        await asked.answer()
        assert asked.answered_s is not None and asked.answered_s < 3
    assert "Traceback" not in program.output()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_no_process_is_left_when_it_ends(scene: Scene, program: Program, number: signal.Signals) -> None:
    await program.start()
    await program.ready()
    await until(lambda: any(map(busy, children(program.pid))), timeout_s=30)
    reading = children(program.pid)
    assert len(reading) == 2
    program.signal(number)
    status = await program.ended(5)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in reading), timeout_s=5)
    assert "Traceback" not in program.output()
