"""What whoever runs Lectern corrects goes before all sources, nothing is lost, and it can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from store import correction, ingest, own_intake
from store.catalog import merges
from store.guilds.own_additions import Addition
from store.library import Library
from store.models import CorrectedField, Handle, Identifier, Paper, PaperRecord, ParsedSource
from store.search.parser import parse
from store.separation import undo_merge
from store.storage.database import Database
from tests.catalog.test_merges import A, B, R
from tests.guilds.channels import LAB, NOW, deliver, states, subscribe
from tests.support.dump import dump
from tests.support.made import arxiv, names, record, source

ID = arxiv("2401.00001")
WRONG = record("T" * 900, identifiers=ID, published="2023", venue="Nowhere", source=source("arXiv", "arxiv"))
VALUES: Mapping[CorrectedField, object] = {"title": "Looms in Lyon", "published": "2024-05", "venue": None}


async def take(db: Database, *records: PaperRecord) -> None:
    await ingest.take(db, "a file", ParsedSource(papers=records), now=NOW)


@pytest.fixture
async def library(db: Database) -> AsyncIterator[Library]:
    opened = await Library.open(db.path)
    await take(db, WRONG)
    yield opened
    await opened.close()


async def only(library: Library) -> Paper:
    (paper,) = await library.view().papers_named(ID)
    return paper


async def correct(library: Library, values: Mapping[CorrectedField, object] = VALUES) -> Handle:
    handle = (await only(library)).handle
    assert await correction.correct(library.db, handle, values, NOW)
    return handle


async def test_it_goes_before_every_source_and_says_so(library: Library) -> None:
    await correct(library)
    paper = await only(library)
    assert (paper.title, paper.published, paper.venue) == ("Looms in Lyon", "2024-05", None)
    assert [s.name for s in paper.sources] == ["corrected by the operator", "arXiv"]
    claims = {d.field: [c.value for c in d.claims] for d in paper.disagreements}
    assert claims == {"title": ["Looms in Lyon", "T" * 900], "published": ["2024-05", "2023"]}
    assert (await library.view().search(parse("looms"), 5)).total == 1
    assert [hit.text for hit in (await library.view().find_papers("loms in lion", 5)).hits] == ["Looms in Lyon"]


async def test_what_is_not_corrected_follows_its_sources(library: Library) -> None:
    await correct(library, {"published": "2024"})
    await take(library.db, WRONG.model_copy(update={"title": "A Better Title", "published": "2022-01-01"}))
    paper = await only(library)
    assert (paper.title, paper.published) == ("A Better Title", "2024")
    assert [d.field for d in paper.disagreements] == ["published"]


async def test_a_second_correction_is_beside_the_first(library: Library) -> None:
    await correct(library)
    await correct(library, {"published": "2025", "authors": names("Ada Byron")})
    paper = await only(library)
    assert (paper.title, paper.published, paper.authors) == ("Looms in Lyon", "2025", names("Ada Byron"))
    assert [author.name for author in await library.view().authors_of(paper.handle)] == ["Ada Byron"]
    assert await library.view().namesakes("Noam Shazeer") == []


async def test_it_is_taken_back_to_the_byte(library: Library) -> None:
    await subscribe(library.db, "looms")
    before = await dump(library.db, without=("sources",))
    handle = await correct(library, {**VALUES, "authors": names("Ada Byron")})
    assert await states(library.db) == [] and await deliver(library.db) == [], "it is no news"
    assert await correction.undo(library.db, handle, NOW)
    assert await dump(library.db, without=("sources",)) == before
    assert await correction.undo(library.db, handle, NOW) is None
    assert await correction.undo(library.db, "aaaaaaaaaaaaa", NOW) is None
    assert await correction.correct(library.db, "aaaaaaaaaaaaa", VALUES, NOW) is None


async def test_records_with_the_corrected_title_are_of_the_paper(library: Library) -> None:
    handle = await correct(library)
    doi = (Identifier(scheme="doi", value="10.1/looms"),)
    await take(library.db, record("Looms in Lyon", identifiers=doi, source=source("dblp", "dblp")))
    (paper,) = await library.view().papers_named(doi)
    assert paper.handle == handle


async def test_a_guild_sees_it_over_what_its_members_added(library: Library) -> None:
    own = WRONG.model_copy(update={"source": source("/add", "bibtex"), "abstract": "Silk."})
    await own_intake.take(library.db, Addition(LAB.guild_id, 7), "/add", ParsedSource(papers=(own,)), NOW)
    await correct(library)
    view = library.view(LAB.guild_id)
    (paper,) = await view.papers_named(ID)
    assert (paper.title, paper.abstract) == ("Looms in Lyon", "Silk.")
    assert (await view.find_papers("looms", 5)).hits[0].text == "Looms in Lyon"


async def test_it_outlives_a_merge_and_its_undoing(db: Database) -> None:
    library = await Library.open(db.path)
    try:
        await take(db, A)
        await take(db, B)
        (paper,) = await library.view().papers_named(B.identifiers)
        await correction.correct(db, paper.handle, {"title": "The Published Title, Corrected"}, NOW)
        await take(db, R)
        (merge,) = await merges.latest(db)
        (merged,) = await library.view().papers_named(A.identifiers)
        assert merged.title == "The Published Title, Corrected"
        assert await undo_merge(db, merge.papers[0].handle, NOW)
        shown = [await library.view().paper(p.handle) for p in merge.papers]
        assert {p.title for p in shown if p} == {A.title, "The Published Title, Corrected"}
    finally:
        await library.close()
