"""What a member added can be taken back; what others added of the same papers stays."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import own_intake, own_removal
from store.errors import NotFoundError
from store.guilds import own_additions
from store.guilds.own_additions import Addition
from store.library import Library
from store.models import AuthorPage, IntakeReport, PaperRecord, ParsedSource
from store.own_removal import NotAllowedError
from store.storage.database import Database
from tests.guilds.channels import LAB, NOW, arrive, deliver, record, states, subscribe
from tests.guilds.test_isolation import batches
from tests.guilds.test_own_papers import ARXIV, GUILD, OTHER, search
from tests.guilds.test_own_papers import given as given_record
from tests.support.dump import dump
from tests.support.made import names, page, source
from tests.support.migrated import put_empty_store

ANN, BOB = 7, 8
LOOMS = given_record("Looms in Lyon", abstract="Silk!", identifiers=[ARXIV], authors=names("Ada Byron"))


@pytest.fixture
async def library(db: Database) -> AsyncIterator[Library]:
    opened = await Library.open(db.path)
    yield opened
    await opened.close()


async def add(
    db: Database, *records: PaperRecord, by: int = ANN, owner: int = GUILD, pages: Sequence[AuthorPage] = ()
) -> IntakeReport:
    parsed = ParsedSource(papers=records, pages=tuple(pages))
    return await own_intake.take(db, Addition(owner, by), "/add", parsed, NOW)


async def undo(db: Database, report: IntakeReport, by: int = ANN, *, manager: bool = False) -> int:
    assert report.addition is not None
    return await own_removal.take_back(db, GUILD, report.addition, by, manager=manager)


async def test_all_is_as_before(library: Library) -> None:
    await arrive(library.db, record("Looms in Lyon", identifiers=[ARXIV], authors=names("Ada Byron")))
    await subscribe(library.db, "silk")
    await add(library.db, given_record("Another"))
    before = await dump(library.db)
    listed = page("Ada Byron", given_record("Silk"), where=source("/add: me.html"), h_index=9)
    report = await add(library.db, LOOMS, given_record("Silk and Nothing Else"), pages=[listed])
    assert await states(library.db) == ["pending"] * 3
    assert await undo(library.db, report) == 3
    assert await dump(library.db) == before
    assert (await add(library.db, LOOMS)).changed == 1, "it can be added again"
    assert len(await deliver(library.db)) == 1, "and counts as new then"


@settings(max_examples=(settings.default or settings()).max_examples // 4)
@given(batches, batches, st.sampled_from((ANN, BOB)), st.booleans())
def test_whatever_was_added_before(first: list[PaperRecord], second: list[PaperRecord], by: int, known: bool) -> None:
    async def try_it(path: Path) -> None:
        library = await Library.open(path)
        try:
            if known:
                await arrive(library.db, *first)
            await subscribe(library.db, "looms")
            await add(library.db, *first)
            before = await dump(library.db)
            report = await add(library.db, *second, by=by)
            if report.addition is not None:
                await undo(library.db, report, by)
            assert await dump(library.db, without=("intakes",)) == [row for row in before if row[0] != "intakes"]
        finally:
            await library.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(try_it(put_empty_store(Path(folder) / "lectern.db")))


async def test_what_another_added_too_stays(library: Library) -> None:
    first = await add(library.db, LOOMS)
    second = await add(library.db, LOOMS, by=BOB)
    assert second.unchanged == 1
    (paper,) = await library.view(GUILD).papers_named([ARXIV])
    async with library.db.read() as connection:
        assert await own_additions.people_of(connection, GUILD, paper.handle) == [ANN, BOB]
    await undo(library.db, first)
    assert await search(library, "silk", GUILD) == ["Looms in Lyon"]
    await undo(library.db, second, BOB)
    assert await search(library, "silk", GUILD) == []
    assert await library.view(GUILD).namesakes("Ada Byron") == []


async def test_what_was_said_before_is_back(library: Library) -> None:
    await add(library.db, LOOMS)
    wrong = await add(library.db, LOOMS.model_copy(update={"abstract": "Nonsense."}), by=BOB)
    (paper,) = await library.view(GUILD).papers_named([ARXIV])
    assert (paper.abstract, len(paper.sources)) == ("Nonsense.", 1)
    await undo(library.db, wrong, BOB)
    (paper,) = await library.view(GUILD).papers_named([ARXIV])
    assert paper.abstract == "Silk!"
    assert (await add(library.db, LOOMS)).addition is None, "nothing that could be taken back"


async def test_others_may_not_unless_they_manage_the_channel(library: Library) -> None:
    report = await add(library.db, LOOMS)
    (paper,) = await library.view(GUILD).papers_named([ARXIV])
    with pytest.raises(NotAllowedError):
        await undo(library.db, report, BOB)
    with pytest.raises(NotAllowedError):
        await own_removal.remove_paper(library.db, GUILD, paper.handle, BOB, manager=False)
    with pytest.raises(NotFoundError):
        await own_removal.take_back(library.db, OTHER, report.addition or 0, ANN, manager=True)
    with pytest.raises(NotFoundError):
        await own_removal.remove_paper(library.db, OTHER, paper.handle, ANN, manager=True)
    await undo(library.db, report, BOB, manager=True)
    with pytest.raises(NotFoundError):
        await undo(library.db, report)


async def test_one_paper_of_several_is_removed(library: Library) -> None:
    report = await add(library.db, LOOMS, given_record("Silk of the East"))
    await add(library.db, LOOMS, by=BOB)
    (paper,) = await library.view(GUILD).papers_named([ARXIV])
    await own_removal.remove_paper(library.db, GUILD, paper.handle, ANN, manager=False)
    assert await library.view(GUILD).paper(paper.handle), "Bob added it too"
    await own_removal.remove_paper(library.db, GUILD, paper.handle, ANN, manager=True)
    assert await search(library, "silk", GUILD) == ["Silk of the East"]
    assert await undo(library.db, report) == 1


async def test_an_identifier_leads_to_the_other_paper_that_has_it(library: Library) -> None:
    fake = await add(library.db, given_record("Looms for Sale", identifiers=[ARXIV], authors=names("Mal Ory")))
    await add(library.db, LOOMS, by=BOB)
    assert [paper.title for paper in await library.view(GUILD).papers_named([ARXIV])] == ["Looms for Sale"]
    await undo(library.db, fake)
    assert [paper.title for paper in await library.view(GUILD).papers_named([ARXIV])] == ["Looms in Lyon"]


async def test_it_is_still_theirs_when_the_catalogue_has_it(library: Library) -> None:
    """The paper moves to the catalogue's handle, and the addition with it."""
    report = await add(library.db, LOOMS)
    await arrive(library.db, record("Looms in Lyon", identifiers=[ARXIV], authors=names("Ada Byron")))
    assert await undo(library.db, report) == 1
    (paper,) = await library.view(GUILD).papers_named([ARXIV])
    assert paper.abstract is None and [s.name for s in paper.sources] == ["arXiv"]


async def test_what_was_posted_stays_recorded(library: Library) -> None:
    await subscribe(library.db, "silk", LAB)
    report = await add(library.db, LOOMS)
    assert len(await deliver(library.db)) == 1
    await undo(library.db, report)
    assert await states(library.db) == ["posted"]
    await add(library.db, LOOMS)
    assert await deliver(library.db) == []
