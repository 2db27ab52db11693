"""Which process reads what, and whose turn it is."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seeds.formats import reader
from seeds.reading.limits import Limits, ProcessLostError, QueueFullError, TooMuchTimeError
from seeds.reading.parsers import MOST_FILES_EACH, SMALL, Parsers
from store.models import ParsedSource, Source
from tests.support.dense import dense_tex, many_entries

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ENTRY = b"@article{a, title={On Looms}, author={Lee, Bo}}"
BOUNDS = {"largest": 5_000_000, "most_papers": 500}


async def test_the_loop_goes_on_while_big_files_are_read(parsers: Parsers, tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_bytes(many_entries(400_000))
    dense = dense_tex(100_000)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.thread_time() - began)

    # A full collection of garbage takes long in a process that has loaded all tests.
    gc.collect()
    gc.freeze()
    watching = asyncio.create_task(watch())
    read, parts = await asyncio.gather(
        parsers.read_content(1, "a.bib", dense, NOW, **BOUNDS), _counted(parsers.read_path(path, NOW))
    )
    watching.cancel()
    gc.unfreeze()
    assert (len(read.papers), sum(parts)) == (13, 18_358)
    assert max(parts) == 1000
    assert longest < 0.05


async def _counted(parts: AsyncIterator[ParsedSource]) -> list[int]:
    return [len(part.papers) async for part in parts]


async def test_pasted_text_does_not_wait_for_files(parsers: Parsers) -> None:
    reading = [
        asyncio.create_task(parsers.read_content(1, "a.bib", dense_tex(2_000_000), NOW, **BOUNDS)) for _ in range(6)
    ]
    await parsers.read_content(2, "pasted", ENTRY.ljust(SMALL), NOW, **BOUNDS)
    assert not any(one.done() for one in reading)
    await parsers.close()
    for ended in await asyncio.gather(*reading, return_exceptions=True):
        assert isinstance(ended, ProcessLostError)


async def test_guilds_take_turns_with_their_files(parsers: Parsers) -> None:
    finished: list[int] = []

    async def read(guild: int) -> None:
        await parsers.read_content(guild, "a.bib", ENTRY.ljust(SMALL + 1), NOW, **BOUNDS)
        finished.append(guild)

    await asyncio.gather(*(read(guild) for guild in [1] * 6 + [2] * 6))
    assert finished == [1, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 2]


async def test_a_process_for_files_ends_when_there_are_none(parsers: Parsers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seeds.reading.parsers.IDLE_S", 0.2)
    for _ in range(2):
        await parsers.read_content(1, "a.bib", ENTRY.ljust(SMALL + 1), NOW, **BOUNDS)
        assert parsers.files.process.pid is not None
        await asyncio.sleep(0.5)
        assert parsers.files.process.pid is None


async def test_a_file_that_cannot_be_opened_is_not_read(parsers: Parsers, tmp_path: Path) -> None:
    with pytest.raises(reader.UnreadableFileError, match="No such file"):
        [part async for part in parsers.read_path(tmp_path / "gone.bib", NOW)]


async def test_a_guild_whose_files_wait_is_refused_more_and_others_are_not(parsers: Parsers) -> None:
    first = asyncio.create_task(parsers.read_content(1, "a.bib", dense_tex(1_000_000), NOW, **BOUNDS))
    await asyncio.sleep(0)
    file = ENTRY.ljust(SMALL + 1)
    waiting = [
        asyncio.create_task(parsers.read_content(guild, "a.bib", file, NOW, **BOUNDS))
        for guild in [1] * MOST_FILES_EACH + [2]
    ]
    await asyncio.sleep(0)
    with pytest.raises(QueueFullError, match=r"Other files from here are still being read. Try again in a minute."):
        await parsers.read_content(1, "a.bib", file, NOW, **BOUNDS)
    assert not first.done() and not any(one.done() for one in waiting)
    await parsers.close()
    await asyncio.gather(first, *waiting, return_exceptions=True)


async def test_a_work_with_many_references_does_not_wait_for_feeds(parsers: Parsers) -> None:
    references = [{"unstructured": "A reference " * 20}] * 500
    work = {
        "message": {"title": ["On Looms"], "author": [{"family": "Lee"}], "DOI": "10.1000/x", "reference": references}
    }
    source = Source(kind="crossref", name="Crossref", retrieved=NOW)
    read = await parsers.read_answer("crossref work", json.dumps(work).encode(), source)
    assert read.papers[0].title == "On Looms"
    assert parsers.answers.process.pid is None


async def test_a_file_of_the_operator_may_take_longer(tmp_path: Path) -> None:
    parsers = Parsers(Limits(cpu_seconds=1, memory=512_000_000))
    path = tmp_path / "a.bib"
    path.write_bytes(dense_tex(200_000))
    with pytest.raises(TooMuchTimeError):
        await parsers.read_content(1, "a.bib", path.read_bytes(), NOW, **BOUNDS)
    assert [len(part.papers) async for part in parsers.read_path(path, NOW)] == [24]
    await parsers.close()
