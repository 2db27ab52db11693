"""Reading papers: those that are kept as they were merged are never out of date, nor anybody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import ingest, own_intake
from store.catalog import papers
from store.guilds.own_additions import Addition
from store.library import Library
from store.models import ParsedSource
from tests.support.made import arxiv, record, source

LOOMS = record("Looms", identifiers=arxiv("2601.00001"), abstract="On looms.")
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    library = await Library.open(tmp_path / "lectern.db")
    yield library
    await library.close()


async def test_what_a_source_says_next_is_read_next(library: Library) -> None:
    shown = []
    for abstract in ("On looms.", "On looms and silk.", "On looms."):
        again = LOOMS.model_copy(update={"abstract": abstract})
        await ingest.take(library.db, "made", ParsedSource(papers=(again,)))
        (handle,) = await library.view(1).newest(1)
        shown += [paper.abstract for _ in range(2) if (paper := await library.view(1).paper(handle))]
    assert shown == ["On looms."] * 2 + ["On looms and silk."] * 2 + ["On looms."] * 2


async def test_what_a_guild_adds_to_a_paper_the_others_do_not_see(library: Library) -> None:
    await ingest.take(library.db, "made", ParsedSource(papers=(LOOMS,)))
    (handle,) = await library.view(1).newest(1)
    views = [library.view(guild) for guild in (1, 2)]
    before = [await view.paper(handle) for view in views]
    own = LOOMS.model_copy(update={"source": source("own.bib", "bibtex"), "venue": "Loom Letters"})
    await own_intake.take(library.db, Addition(1, 7, 1), "own.bib", ParsedSource(papers=(own,)), NOW)
    after = [await view.paper(handle) for view in views]
    assert after[0] and after[0].venue == "Loom Letters"
    assert after[1] == before[1] == before[0]


async def test_long_records_are_not_kept(library: Library) -> None:
    papers._remembered.cache_clear()
    long = LOOMS.model_copy(update={"abstract": "loom " * 3000})
    await ingest.take(library.db, "made", ParsedSource(papers=(long,)))
    (handle,) = await library.view(1).newest(1)
    assert await library.view(1).paper(handle)
    assert papers._remembered.cache_info().currsize == 0
