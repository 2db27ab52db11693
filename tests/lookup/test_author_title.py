"""Papers told by author, words of the title and year: what is read, and in which order it comes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import pytest

from store.lookup import Lookup
from store.lookup.author_title_candidates import AuthorTitleCandidates, Candidates
from store.lookup.author_title_query import FewPaper, search_few
from store.lookup.index.fields import AUTHORS, TITLES
from store.lookup.index.posting_lists import Text
from store.lookup.index.snapshot import Snapshot
from store.storage.database import Database
from tests.lookup.library import paper, write_authors, write_papers


async def link(db: Database, authors: Mapping[int, int]) -> None:
    """By paper, its author."""
    async with db.write() as connection:
        await connection.executemany("INSERT INTO authorships (paper_id, author_id) VALUES (?, ?)", authors.items())


async def candidates(
    lookup: Lookup, db: Database, query: str, *, counts: Mapping[str, int] | None = None
) -> Candidates:
    """Candidates for the words of the query, in a store whose titles are said to have some words so many times more."""
    await lookup.ready()
    connection = sqlite3.connect(db.path)
    try:
        titles, names = (Snapshot.build(connection, field, lambda *_: None) for field in (TITLES, AUTHORS))
        titles.vocabulary.add(counts or {})
        return AuthorTitleCandidates(connection, query.split(), titles, names).find(misspelt=False)
    finally:
        connection.close()


async def test_a_paper_is_found_by_an_unpopular_person_of_a_frequent_name(empty: Lookup, db: Database) -> None:
    # 2,400 people of one family, and 400 papers on each of the topics: neither side alone is short.
    await write_papers(
        db, {i: f"Glove of corpus {i % 6}{'abcdef'[i % 6]}" for i in range(1, 2_402)} | {9_000: "Glove of Zebras"}
    )
    people = {i: f"Given{i} Smith" for i in range(1, 2_402)}
    await write_authors(db, people | {9_000: "Zoe Smith"}, dict.fromkeys(people, 5))
    await link(db, {i: i for i in [*people, 9_000]})
    assert [hit.handle for hit in await empty.by_author_and_title("smith zebras")] == [paper(9_000)]
    assert [hit.handle for hit in await empty.by_author_and_title("zebras glove by smit")] == [paper(9_000)]


@pytest.mark.parametrize(("papers", "every"), [(2_000, True), (2_001, False)])
async def test_all_papers_of_a_name_are_read_up_to_2000(empty: Lookup, db: Database, papers: int, every: bool) -> None:
    await write_papers(db, {1: "Glove", 2: "Other"})
    await write_authors(db, {1: "Ann Smith"}, {1: papers})
    await link(db, {1: 1, 2: 1})
    found = await candidates(empty, db, "smith glove")
    # Of a name with more, the papers with the other words are asked who wrote them.
    assert found.by_author["smith"] == ({1, 2} if every else {1})


@pytest.mark.parametrize(("papers", "asked"), [(2_000, True), (2_001, False)])
async def test_up_to_2000_papers_are_asked_for_their_authors(
    empty: Lookup, db: Database, papers: int, asked: bool
) -> None:
    await write_papers(db, {i: f"Glove {i}" for i in range(1, papers + 1)} | {9_000: "Other"})
    await write_authors(db, {1: "Ann Smith"}, {1: 5_000})
    await link(db, {1: 1, 9_000: 1})
    found = await candidates(empty, db, "smith glove")
    assert found.by_author["smith"] == ({1} if asked else {1, 9_000})


@pytest.mark.parametrize(("postings", "read"), [(30_000, True), (30_001, False)])
async def test_30000_postings_of_titles_are_read(empty: Lookup, db: Database, postings: int, read: bool) -> None:
    await write_papers(db, {1: "Glove", 2: "Other"})
    await write_authors(db, {1: "Ann Smith"}, {1: 5_000})
    await link(db, {1: 1, 2: 1})
    found = await candidates(empty, db, "smith glove", counts={"glove": postings - 1})
    assert found.by_author["smith"] == ({1} if read else {1, 2})


async def test_24_spellings_of_a_name_are_tried(empty: Lookup, db: Database) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = {i: f"Bo Smit{letter}" for i, letter in enumerate(letters, 1)} | {27: "Bo Smitaa", 28: "Bo Smitab"}
    await write_papers(db, {i: f"Glove {i}" for i in names})
    await write_authors(db, names)
    await link(db, {i: i for i in names})
    assert len(await empty.by_author_and_title("smit9 glove", 100)) == 24


@pytest.mark.parametrize(
    ("query", "found"),
    [("zu glove corpus", True), ("zu glove", False), ("z glove corpus", False), ("soderstrom vector", True)],
)
async def test_short_names_may_be_misspelt_beside_two_other_words(
    empty: Lookup, db: Database, query: str, found: bool
) -> None:
    await write_papers(db, {1: "Glove of Corpus", 2: "Vector"})
    await write_authors(db, {1: "Li Zhu", 2: "Jo Soederstroem"})
    await link(db, {1: 1, 2: 2})
    assert bool(await empty.by_author_and_title(query)) is found


async def test_whole_words_and_the_very_year_come_first(empty: Lookup, db: Database) -> None:
    await write_papers(db, {1: "Graphs", 2: "Graph", 3: "Graph of old"}, {1: 90, 2: 1, 3: 50})
    await write_authors(db, {1: "Ann Smith"})
    await link(db, {1: 1, 2: 1, 3: 1})
    async with db.write() as connection:
        await connection.execute("UPDATE papers SET published = '2023' WHERE id = 3")
    await write_papers(db, {3: "Graph of Old"}, {3: 50})
    by_word = [hit.handle for hit in await empty.by_author_and_title("smith graph")]
    assert by_word == [paper(3), paper(2), paper(1)]
    assert [hit.handle for hit in await empty.by_author_and_title("smith graph 2024")] == [paper(2), paper(3), paper(1)]


@pytest.mark.parametrize(
    ("query", "found"), [("soederstroem vectors", True), ("zu vectors words", True), ("zu vectors", False)]
)
def test_papers_without_an_index_are_found_by_the_same_names(query: str, found: bool) -> None:
    title = Text(1, "vectors for words", "")
    names = frozenset(("soderstrom", "zhu"))
    assert bool(search_few(query, [FewPaper(title, names, 2024)], 5)) is found
