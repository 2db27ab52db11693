"""The watched folder: what is put there is read once, again when it changes, and only when it is whole."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.workers.folder import SETTLED_S, import_changed_files
from seeds.reading.parsers import Parsers
from store.catalog import papers
from store.library import Library

ENTRY = "@article{%s, title={A Watched Paper Number %s}, author={Lee, Bo}, year=2026}\n"


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    opened = await Library.open(tmp_path / "a.db")
    yield opened
    await opened.close()


async def test_files_are_read_once_and_again_when_they_change(
    library: Library, parsers: Parsers, tmp_path: Path
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.bib").write_text(ENTRY % ("a", "1"))
    (folder / ".hidden.bib").write_text(ENTRY % ("h", "9"))
    (folder / "link.bib").symlink_to(tmp_path / "elsewhere.bib")
    later = time.time() + 60
    assert await import_changed_files(library, folder, later, parsers.read_path)
    assert not await import_changed_files(library, folder, later, parsers.read_path)
    assert await papers.count(library.db) == 1
    (folder / "a.bib").write_text(ENTRY % ("a", "1") + ENTRY % ("b", "2"))
    assert await import_changed_files(library, folder, later, parsers.read_path)
    assert await papers.count(library.db) == 2


async def test_a_file_that_is_still_written_to_waits(library: Library, parsers: Parsers, tmp_path: Path) -> None:
    path = tmp_path / "inbox" / "a.bib"
    path.parent.mkdir()
    path.write_text(ENTRY % ("a", "1"))
    changed = path.stat().st_mtime
    assert not await import_changed_files(library, path.parent, changed + SETTLED_S - 0.1, parsers.read_path)
    assert await papers.count(library.db) == 0
    assert await import_changed_files(library, path.parent, changed + SETTLED_S + 0.1, parsers.read_path)


async def test_a_file_that_cannot_be_read_is_logged_once_and_the_others_are_read(
    library: Library, parsers: Parsers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.exe").write_bytes(b"\x00\x01")
    (folder / "b.bib").write_text(ENTRY % ("b", "2"))
    later = time.time() + 60
    with caplog.at_level(logging.WARNING):
        assert await import_changed_files(library, folder, later, parsers.read_path)
        assert not await import_changed_files(library, folder, later, parsers.read_path)
    assert [r.message for r in caplog.records if "a.exe" in r.message and "was not read" in r.message] != []
    assert len(caplog.records) == 1


async def test_a_folder_that_is_gone_is_no_failure(library: Library, parsers: Parsers, tmp_path: Path) -> None:
    assert not await import_changed_files(library, tmp_path / "gone", time.time(), parsers.read_path)
