"""A paper that a guild's managers hid is found by nobody there and posted in none of its channels; elsewhere it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from store import ingest, preview
from store.guilds import hidden_papers
from store.guilds.hidden_papers import TooManyHiddenError
from store.library import Library
from store.lookup.resolve import Nothing
from store.models import Paper, ParsedSource
from store.related_papers import related_papers
from store.search.parser import parse
from store.view import View
from tests.guilds.channels import LAB, NOW, arrive, deliver, outcomes, rows, states, subscribe
from tests.support.made import arxiv, names, record

GUILD, OTHER = LAB.guild_id, LAB.guild_id + 1
HIDDEN, SHOWN = "Looms of Lyon", "Silk in Lyon"


@pytest.fixture
async def library(empty_file: Path) -> AsyncIterator[Library]:
    library = await Library.open(empty_file)
    papers = [
        record(HIDDEN, authors=names("Ada Bee", "Bo Lee"), identifiers=arxiv("2601.00001"), published="2024-01-01"),
        record(SHOWN, authors=names("Ada Bee", "Bo Lee"), published="2024-01-02"),
    ]
    await ingest.take(library.db, "made", ParsedSource(papers=tuple(papers)))
    yield library
    await library.close()


async def hide(view: View, title: str) -> Paper:
    (hit, *_) = (await view.find_papers(title, 5)).hits
    (paper,) = await view.papers([hit.handle])
    async with view.db.write() as connection:
        await hidden_papers.hide(connection, view.owner, paper, 7, NOW)
    return paper


async def show_again(view: View, paper: Paper) -> bool:
    async with view.db.write() as connection:
        return await hidden_papers.show_again(connection, view.owner, paper.handle, NOW)


async def shown(view: View) -> list[object]:
    """What each way of looking for papers gives, as titles and numbers."""
    lyon = parse("lyon")
    found = [hit.text for hit in (await view.find_papers("lyon", 5)).hits]
    searched = await view.search(lyon, 5)
    (ada,) = await view.namesakes("Ada Bee")
    lists = (searched.handles, await view.newest(5), await view.papers_of(ada.handle))
    return [
        sorted(found),
        *[sorted(paper.title for paper in await view.papers(handles)) for handles in lists],
        searched.total,
        (await preview.preview(view, lyon, date(2024, 1, 3))).total,
        ada.papers,
        [(who.name, together) for who, together in await view.coauthors(ada.handle)],
        [[paper.title for paper in page] async for page in view.all_matches(lyon)],
        [paper.title for paper in await view.papers_named(arxiv("2601.00001"))],
        [one.paper.title for one in await related_papers(view, (await view.papers(list(searched.handles)))[0])],
    ]


async def test_nobody_there_finds_it_and_elsewhere_all_is_as_before(library: Library) -> None:
    here, elsewhere = library.view(GUILD), library.view(OTHER)
    before = await shown(here)
    paper = await hide(here, HIDDEN)
    only = [SHOWN]
    assert await shown(here) == [only, only, only, only, 1, 1, 1, [("Bo Lee", 1)], [only], [], []]
    assert isinstance(await here.resolve_paper("Looms of Lyon by Bee"), Nothing) or HIDDEN not in str(
        await here.resolve_paper(HIDDEN)
    )
    assert await shown(elsewhere) == before
    assert await show_again(here, paper)
    assert await shown(here) == before
    assert not await show_again(here, paper), "it is hidden no more"


async def test_it_is_found_by_its_names_to_say_that_it_is_hidden(library: Library) -> None:
    view = library.view(GUILD)
    paper = await hide(view, HIDDEN)
    for name in (paper.handle, arxiv("2601.00001")[0]):
        (one,) = await view.hidden_named([name])
        assert (one.title, one.person, one.at) == (HIDDEN, 7, NOW)
    assert await library.view(OTHER).hidden_named([paper.handle]) == []


async def test_what_waits_is_dropped_and_waits_again_when_it_is_shown(library: Library) -> None:
    db, view = library.db, library.view(GUILD)
    await subscribe(db, "agents")
    await arrive(db, "Web Agents")
    paper = await hide(view, "Web Agents")
    assert await states(db) == ["dropped"]
    assert {row["note"] for row in await rows(db)} == {"the paper was hidden on this server before it was posted"}
    assert await deliver(db) == []
    assert await outcomes(db, "Web Agents") == ["dropped"]
    await show_again(view, paper)
    assert await states(db) == ["pending"]
    assert len(await deliver(db)) == 1


async def test_a_hidden_paper_that_matches_later_is_not_posted(library: Library) -> None:
    db = library.db
    await subscribe(db, "looms")
    await hide(library.view(GUILD), HIDDEN)
    changed = record(HIDDEN, abstract="Of looms.", authors=names("Ada Bee", "Bo Lee"), identifiers=arxiv("2601.00001"))
    await subscribe(db, "of")
    await ingest.take(db, "made", ParsedSource(papers=(changed,)), now=NOW)
    assert set(await states(db)) <= {"dropped"}
    assert await deliver(db) == []


async def test_hidden_papers_have_a_limit(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden_papers, "MOST", 1)
    await hide(library.view(GUILD), HIDDEN)
    with pytest.raises(TooManyHiddenError):
        await hide(library.view(GUILD), SHOWN)
