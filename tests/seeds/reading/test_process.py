"""The process that reads: what it gives, what it may take, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seeds.formats import reader
from seeds.reading import jobs
from seeds.reading.limits import (
    Limits,
    NotReadError,
    ProcessLostError,
    TooManyAtOnceError,
    TooMuchMemoryError,
    TooMuchTimeError,
)
from seeds.reading.process import ReaderFaultError, ReaderProcess
from store.models import Frozen
from tests.support.dense import dense_tex, many_entries

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[3]
ENTRY = b"@article{a, title={On Looms}, author={Lee, Bo}}"


async def done(process: ReaderProcess, content: bytes, most_papers: int = 100_000) -> list[Frozen]:
    job = jobs.ContentJob(name="a", retrieved=NOW, largest=5_000_000, most_papers=most_papers)
    return [result async for result in process.do(job, content)]


@pytest.fixture
async def process() -> AsyncIterator[ReaderProcess]:
    made = ReaderProcess(Limits(cpu_seconds=30, memory=512_000_000))
    yield made
    await made.end()


async def test_it_gives_what_reading_here_gives(process: ReaderProcess) -> None:
    content = ENTRY + b"@article{b, author={No Title}}" + many_entries(100_000)
    for _ in range(2):
        assert await done(process, content) == [reader.read("a", content, NOW)]


async def test_it_says_what_is_wrong_with_a_file_and_goes_on(process: ReaderProcess) -> None:
    await process.start()
    pid = process.pid
    with pytest.raises(reader.UnreadableFileError, match="no format that Lectern reads"):
        await done(process, b"\x00\x01")
    assert await done(process, ENTRY)
    assert process.pid == pid


async def test_too_much_time_ends_it_and_another_goes_on() -> None:
    process = ReaderProcess(Limits(cpu_seconds=1, memory=512_000_000))
    assert await done(process, ENTRY)
    first = process.pid
    with pytest.raises(TooMuchTimeError, match=r"more than 1 s of processor time. Split it"):
        await done(process, dense_tex(4_900_000))
    assert await done(process, ENTRY)
    assert process.pid != first
    await process.end()


async def test_each_part_of_a_file_has_the_time_of_its_own(tmp_path: Path) -> None:
    process = ReaderProcess(Limits(cpu_seconds=2, memory=512_000_000))
    path = tmp_path / "a.jsonl"
    path.write_text('{"title": "A Title", "authors": ["Bo Lee"], "abstract": "%s"}\n' % ("$x$" * 8) * 8_000)
    parts = [part async for part in process.do(jobs.PathJob(path=path, retrieved=NOW))]
    pid = process.pid
    assert pid is not None
    took = int(_stat(pid)[11]) / os.sysconf("SC_CLK_TCK")
    await process.end()
    assert len(parts) == 8
    assert took > 2, "the file was read too quickly to show anything"


async def test_too_much_memory_ends_it_and_another_goes_on() -> None:
    process = ReaderProcess(Limits(cpu_seconds=60, memory=80_000_000))
    assert await done(process, ENTRY)
    with pytest.raises(TooMuchMemoryError, match=r"more than 80 MB of memory. Split it"):
        await done(process, many_entries(3_000_000))
    assert await done(process, ENTRY)
    await process.end()


async def test_a_process_that_stands_still_is_ended() -> None:
    class Impatient(Limits):
        wall_seconds = 1.0

    process = ReaderProcess(Impatient(cpu_seconds=30, memory=512_000_000))
    await process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(TooMuchTimeError):
        await done(process, ENTRY)
    await process.end()


async def test_a_process_that_is_killed_is_replaced(process: ReaderProcess) -> None:
    for moment in (0.1, 1.5):
        reading = asyncio.create_task(done(process, dense_tex(1_000_000)))
        await asyncio.sleep(moment)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(ProcessLostError):
            await reading
        assert await done(process, ENTRY)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)  # while it has nothing to do
    await asyncio.sleep(0.1)
    assert await done(process, ENTRY)


async def test_who_does_not_wait_any_longer_ends_it(process: ReaderProcess) -> None:
    reading = asyncio.create_task(done(process, dense_tex(4_900_000)))
    await asyncio.sleep(1)
    pid = process.pid
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert await done(process, ENTRY)


async def test_it_gets_no_secrets(process: ReaderProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_TOKEN", "a-secret")
    assert await done(process, ENTRY)
    assert b"a-secret" not in _environment(process.pid)


def test_it_can_be_loaded_without_limits_of_the_system() -> None:
    program = "import sys; sys.modules['resource'] = None; import seeds.reading.__main__, seeds.reading.parsers"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


async def test_a_fault_in_reading_is_raised_here_with_its_place(process: ReaderProcess) -> None:
    job = jobs.PathJob(path=Path("a\0.jsonl"), retrieved=NOW)
    with pytest.raises(ReaderFaultError, match="embedded null byte"):
        [part async for part in process.do(job)]
    assert await done(process, ENTRY)


def test_it_loads_no_network() -> None:
    modules = (
        "import sys, seeds.reading.__main__; print(*(set(sys.modules) & {'aiohttp', 'asyncio', 'discord', 'numpy'}))"
    )
    shown = subprocess.run([sys.executable, "-c", modules], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == ""


@pytest.mark.parametrize("busy", [False, True])
def test_it_does_not_outlive_the_bot(tmp_path: Path, busy: bool) -> None:
    program = tmp_path / "bot.py"
    program.write_text(
        textwrap.dedent(f"""
        import asyncio, os, signal
        from tests.seeds.reading.test_process import ENTRY, Limits, ReaderProcess, dense_tex, done

        async def main():
            process = ReaderProcess(Limits(cpu_seconds=60, memory=512_000_000))
            await done(process, ENTRY)
            print(process.pid, flush=True)
            if {busy}:
                asyncio.create_task(done(process, dense_tex(4_900_000)))
                await asyncio.sleep(1)
            os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
        """)
    )
    ended = subprocess.run(
        [sys.executable, str(program)], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL
    until = time.monotonic() + 5
    while _stat(int(ended.stdout))[0] != "Z":
        assert time.monotonic() < until, "it is still there"
        time.sleep(0.05)


def _stat(pid: int) -> list[str]:
    """The state of a process, as Linux has it, from its third field on; Z where it is gone."""
    path = Path(f"/proc/{pid}/stat")
    return path.read_text().rpartition(")")[2].split() if path.exists() else ["Z"]


def _environment(pid: int | None) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_a_file_with_too_many_papers_is_counted_only(process: ReaderProcess) -> None:
    content = many_entries(20_000)
    papers = len(reader.read("a", content, NOW).papers)
    assert await done(process, content, most_papers=papers)
    with pytest.raises(TooManyAtOnceError, match=rf"holds {papers:,} papers; I take at most {papers - 1}\. Use"):
        await done(process, content, most_papers=papers - 1)


def test_every_limit_is_told_with_what_to_do_next() -> None:
    limits = Limits(cpu_seconds=30, memory=512_000_000)
    errors: list[NotReadError] = [TooMuchTimeError(limits), TooMuchMemoryError(limits), ProcessLostError()]
    for error in errors:
        assert str(error).count(". ") == 1 and str(error).endswith(".")


async def test_it_leaves_the_processor_to_the_bot(process: ReaderProcess) -> None:
    assert await done(process, ENTRY)
    assert process.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)
