"""Outlines of papers: what is counted of them is the same as in the papers themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import ingest, own_intake
from store.guilds import hidden_papers
from store.guilds.own_additions import Addition
from store.library import Library
from store.models import PaperOutline, ParsedSource
from tests.support.made import arxiv, names, record, source

GUILD, PERSON = 1, 7
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BEE = names("Ada Bee")


@pytest.fixture
async def library(empty_file: Path) -> AsyncIterator[Library]:
    library = await Library.open(empty_file)
    yield library
    await library.close()


async def test_outlines_say_what_the_papers_say(library: Library) -> None:
    first = (
        record(
            "Looms", authors=BEE, published="2021-05", category="cs.CL", cross_lists=("cs.AI", "cs.LG"), citations=3
        ),
        record("Silk", authors=BEE, identifiers=arxiv("2601.00001"), category="cs.CL"),
        record("Wool", authors=BEE, published="2020"),
        record("Hidden Linen", authors=BEE, published="2019"),
    )
    other = source("other.bib", "bibtex")
    again = record("Silk", source=other, authors=BEE, identifiers=arxiv("2601.00001"), cross_lists=("math.CO",))
    for papers in (first, (again,)):
        await ingest.take(library.db, "made", ParsedSource(papers=papers))
    view = library.view(GUILD)
    own = record("Own Cotton", source=source("own.bib", "bibtex"), authors=BEE, published="2022", category="cs.IR")
    await own_intake.take(library.db, Addition(GUILD, PERSON, 1), "own.bib", ParsedSource(papers=(own,)), NOW)
    (ada,) = await view.namesakes("Ada Bee")
    handles = await view.papers_of(ada.handle)
    read = await view.papers(handles)
    (hidden,) = [one for one in read if one.title == "Hidden Linen"]
    async with library.db.write() as connection:
        await hidden_papers.hide(connection, GUILD, hidden, PERSON, NOW)
    expected = [
        (p.handle, p.published, p.category, p.cross_lists, p.citations) for p in read if p.handle != hidden.handle
    ]
    found = await view.outlines(handles)
    assert [(p.handle, p.published, p.category, p.cross_lists, p.citations) for p in found] == expected
    assert sum(isinstance(one, PaperOutline) for one in found) == 2, "of one record each, everybody's"
