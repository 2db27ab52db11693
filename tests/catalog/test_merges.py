"""Merges: recorded with their evidence, undone to the byte, and kept apart from then on."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import ingest
from store.catalog import merges, papers
from store.guilds import subscriptions
from store.library import Library
from store.models import Handle, Identifier, PaperRecord, ParsedSource
from store.search import full_text
from store.search.parser import parse
from store.separation import undo_merge
from store.storage.database import Database
from tests.support.dump import dump
from tests.support.made import DAY, arxiv, names, record, source

ID, DOI = arxiv("2401.00001"), (Identifier(scheme="doi", value="10.1/x"),)
A = record("A Title for a Preprint", identifiers=ID, source=source("arXiv", "arxiv"))
B = record("The Published Title", identifiers=DOI, authors=names("Ashish Vaswani", "Ada Byron"))
R = record("The Published Title", identifiers=(*ID, *DOI), source=source("dblp", "dblp"))
CHANNEL = subscriptions.Scope(guild_id=1, channel_id=2)
APART = ("merges", "merged_matches", "papers.added")


async def take(db: Database, *records: PaperRecord) -> None:
    await ingest.take(db, "a file", ParsedSource(papers=records), now=DAY)


async def handles(db: Database) -> list[Handle]:
    async with db.read() as connection:
        return [row[0] for row in await connection.execute_fetchall("SELECT handle FROM papers ORDER BY id")]


async def subscribe(db: Database, *queries: str) -> None:
    for number, query in enumerate(queries):
        await subscriptions.create(db, CHANNEL, 2, 3, parse(query), subscriptions.Options(), DAY, number + 1)


async def test_a_merge_is_recorded_with_its_evidence(db: Database) -> None:
    await take(db, A)
    await take(db, B)
    first, second = await handles(db)
    await take(db, R)
    (merge,) = await merges.latest(db)
    assert [paper.handle for paper in merge.papers] == [first, second]
    assert [paper.records for paper in merge.papers] == [(A,), (B,)]
    assert (merge.reason.source, merge.reason.title, merge.undone) == (R.source, R.title, False)
    assert {h: e.shared for h, e in merge.reason.evidence.items()} == {first: ID, second: DOI}
    assert all(evidence.same for evidence in merge.reason.evidence.values())


async def test_papers_are_what_they_were_and_stay_apart(db: Database) -> None:
    await take(db, A, B)
    before = await handles(db)
    added = await dump(db, without=("intakes", "sources"))
    await take(db, R)
    assert await handles(db) == before[:1]
    merge = await undo_merge(db, before[1], DAY)
    assert merge and await handles(db) == before
    one, other = await papers.by_handles(db, before)
    assert (one.identifiers, [s.name for s in one.sources]) == (ID, ["arXiv"])
    assert (set(other.identifiers), [s.name for s in other.sources]) == ({*ID, *DOI}, ["dblp", "page.txt"])
    assert next(row for row in added if row[0] == "papers") in await dump(db)
    for later in (R, R.model_copy(update={"source": source("refs.bib", "bibtex")})):
        await take(db, later)
    assert await handles(db) == before
    assert (await merges.latest(db))[0].undone
    assert await undo_merge(db, before[0], DAY) is None


async def test_of_several_merges_the_last_is_undone_first(db: Database) -> None:
    third = record("On Transformers", identifiers=(Identifier(scheme="acl", value="P1-1"),))
    await take(db, A, B, third)
    before = await handles(db)
    await take(db, R)
    await take(db, record("On Transformers", identifiers=(*third.identifiers, *ID), source=source("c.bib", "bibtex")))
    assert len(await handles(db)) == 1
    assert await undo_merge(db, before[1], DAY)
    assert await handles(db) == [before[0], before[2]]
    assert await undo_merge(db, before[1], DAY)
    assert await handles(db) == before


async def test_the_id_of_a_merged_paper_is_not_given_again(db: Database) -> None:
    await take(db, A, B)
    await take(db, R)
    await take(db, record("Something Else Altogether", authors=names("Mary Shelley")))
    await undo_merge(db, (await handles(db))[0], DAY)
    assert [paper.title for paper in await papers.by_handles(db, await handles(db))] == [
        "A Title for a Preprint",
        "The Published Title",
        "Something Else Altogether",
    ]


TITLES = ["A Title for a Preprint", "A Title of the Published Work", "Rivers", "Rivers of Silk and of Looms"]
PEOPLE = ["A. Vaswani", "Noam Shazeer", "Ada Byron"]
WHERE = [source("arXiv", "arxiv"), source("Crossref", "crossref"), source("a.bib", "bibtex"), source("page.txt")]


def described(identifiers: tuple[Identifier, ...], titles: list[str]) -> st.SearchStrategy[PaperRecord]:
    """Records of which any two agree by an identifier, as one author of at most two is always the same."""
    return st.builds(
        lambda title, second, where, abstract, published: record(
            title,
            authors=names("Ashish Vaswani", *filter(None, [second])),
            source=where,
            abstract=abstract,
            published=published,
            identifiers=identifiers,
        ),
        st.sampled_from(titles),
        st.sampled_from([None, *PEOPLE]),
        st.sampled_from(WHERE),
        st.sampled_from([None, "Agents weave silk.", "Looms."]),
        st.sampled_from([None, "2024", "2024-05-01"]),
    )


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "lectern.db"
    asyncio.run(stored(path))
    return path


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Database]:
    db = await Database.open(path)
    yield db
    await db.close()


async def stored(path: Path, *records: PaperRecord, queries: Iterable[str] = ()) -> list[Handle]:
    async with opened(path) as db:
        await subscribe(db, *queries)
        for one in records:
            await take(db, one)
        return await handles(db)


async def said(path: Path) -> tuple[list[tuple[object, ...]], list[str]]:
    """All that a store holds, and what it answers."""
    library = await Library.open(path)
    everything = await dump(library.db, without=APART)
    answers = [repr(await library.view().resolve_paper(query)) for query in (*TITLES, "title preprint")]
    answers += [
        repr(await full_text.search(library.db, parse(query), 9)) for query in ("silk", "title", "author:byron")
    ]
    await library.close()
    return everything, answers


EVENTS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "posted": ("UPDATE ledger SET state = 'posted' WHERE state = 'pending' AND id % 2 = 0",),
    "paused": (
        "UPDATE subscriptions SET pause = 'asked' WHERE id % 2 = 0",
        "UPDATE ledger SET state = 'held' WHERE state = 'pending' AND subscription_id % 2 = 0",
    ),
}


@given(
    described(ID, TITLES[::2]),
    described(DOI, TITLES[1::2]),
    described((*ID, *DOI), TITLES),
    st.sets(st.sampled_from(["title", "rivers silk", "title -silk", "agents", "author:byron", "title agents"])),
    st.sampled_from(sorted(EVENTS)),
)
@settings(max_examples=25)
async def test_undoing_leaves_what_keeping_apart_would_have_left(
    empty_store: Path, a: PaperRecord, b: PaperRecord, r: PaperRecord, queries: set[str], event: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        merged, apart = Path(folder) / "merged.db", Path(folder) / "apart.db"
        copy(empty_store, merged)
        known = await stored(merged, a, b, queries=sorted(queries))
        async with opened(merged) as db, db.write() as connection:
            for statement in EVENTS[event]:
                await connection.execute(statement)
        copy(merged, apart)
        async with opened(merged) as db:
            await take(db, r)
            assert len(await handles(db)) == 1
            assert await undo_merge(db, known[0], DAY)
        async with opened(apart) as db:
            async with db.write() as connection:
                await merges.keep_apart(connection, known)
            await take(db, r)
        assert await said(merged) == await said(apart)
