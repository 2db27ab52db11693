"""People of one name: who is who, and by which handle, as papers come and go."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store import ingest, removal, separation
from store.catalog import authors, people_apart
from store.catalog.author_ids import ids_of
from store.catalog.namesakes import known_for
from store.catalog.person_evidence import Appearance
from store.guilds import aliases
from store.library import Library
from store.lookup.index.fields import AUTHORS
from store.lookup.index.writer import update_names
from store.lookup.resolve import Several, Sure
from store.models import AuthorId, Handle, PaperRecord, ParsedSource
from store.storage.database import Database
from store.text.handles import handle
from tests.lookup.library import assert_exact
from tests.support.made import arxiv, names, page, record, source

NAME = "Wei Wang"
FIRST = handle("author", "wei wang", "")
FOLDING = [
    record("Folding of Membranes", authors=names(NAME, "Ada Bee"), published="2001"),
    record("Dynamics of Chains", authors=names(NAME, "Ada Bee", "Cy Dee"), published="2004"),
    record("Elastic Sheets", authors=names("Cy Dee", NAME), published="2002"),
]
PARSING = [
    record("Parsing Spoken Queries", authors=names(NAME, "Eve Foe"), published="2015"),
    record("Grammars for Dialogue", authors=names("Eve Foe", NAME), published="2017"),
]


def crowd() -> list[PaperRecord]:
    """Papers of so many people called Wei and Wang that several are to be expected who are called both."""
    draw = random.Random(1)
    made = ["".join(draw.choices("bcdfgklmnprstaeiou", k=7)).title() for _ in range(400)]
    people = [f"Wei {word}" for word in made[:200]] + [f"{word} Wang" for word in made[200:]]
    return [record(f"Crowd {made[start]}", authors=names(*people[start : start + 50])) for start in range(0, 400, 50)]


async def take(db: Database, *records: PaperRecord) -> None:
    await ingest.take(db, "made", ParsedSource(papers=records))


@pytest.fixture
async def library(empty_file: Path) -> AsyncIterator[Library]:
    library = await Library.open(empty_file)
    await take(library.db, *crowd())
    yield library
    await library.close()


async def people(library: Library) -> dict[Handle, set[str]]:
    """The titles of everybody called so, by handle, those with most papers first."""
    view = library.view()
    return {
        one.handle: {paper.title for paper in await view.papers(await view.papers_of(one.handle))}
        for one in await view.namesakes(NAME)
    }


def titles(records: list[PaperRecord]) -> set[str]:
    return {one.title for one in records}


async def test_papers_of_a_common_name_are_divided_among_people(library: Library) -> None:
    await take(library.db, *FOLDING, *PARSING)
    assert list((await people(library)).values()) == [titles(FOLDING), titles(PARSING)]
    one, other = await library.view().namesakes(NAME)
    assert one.handle == FIRST and (one.papers, other.papers) == (3, 2)
    assert one.distinction == "with Ada Bee, Cy Dee; 2001 to 2004"
    assert other.distinction == "with Eve Foe; 2015 to 2017"
    decision = await library.view().resolve_author("wei wang")
    assert isinstance(decision, Several) and decision.namesakes and len(decision.hits) == 2
    assert_exact(library.db.path, AUTHORS)


async def test_a_rare_name_is_one_persons_whatever_the_papers(library: Library) -> None:
    papers = [one.model_copy(update={"authors": names("Zehan Qi")}) for one in (*FOLDING, *PARSING)]
    await take(library.db, *papers)
    (only,) = await library.view().namesakes("Zehan Qi")
    assert only.papers == 5 and not only.distinction


def said(records: list[PaperRecord], scheme: str, value: str, name: str = NAME) -> list[PaperRecord]:
    """The same from a service that says who the author of that name is."""
    one = AuthorId.model_validate({"name": name, "scheme": scheme, "value": value})
    return [
        record.model_copy(update={"source": source("OpenAlex", "openalex"), "author_ids": (one,)}) for record in records
    ]


async def test_who_a_service_says_the_author_is_decides(library: Library) -> None:
    await take(library.db, *said([*FOLDING, *PARSING], "orcid", "0000-0002-1825-0097", "W. Wang"))
    (only,) = await people(library)
    other = said([record("Folding of Chains", authors=names(NAME, "Ada Bee"))], "orcid", "0000-0001-5109-3700")
    await take(library.db, *other)
    assert (await people(library))[only] == titles(FOLDING + PARSING) and len(await people(library)) == 2


async def test_it_decides_also_of_papers_that_are_here_and_whose_authors_stay(library: Library) -> None:
    await take(library.db, *FOLDING, *PARSING)
    assert len(await people(library)) == 2
    await take(library.db, *said(FOLDING[:1], "openalex", "A5000000001"))
    assert len(await people(library)) == 2
    await take(library.db, *said(PARSING[:1], "openalex", "A5000000001"))
    assert list((await people(library)).values()) == [titles(FOLDING + PARSING)]


def test_two_authors_of_one_paper_whose_names_may_be_one_are_not_told_apart_by_identifiers() -> None:
    listed = [AuthorId(name=name, scheme="s2", value=value) for name, value in (("W. Wang", "1"), ("Wei Wang", "2"))]
    assert ids_of("Wei Wang", listed) == {} and ids_of("Wenhui Wang", listed) == {"s2": "1"}


async def test_a_small_store_has_no_common_names(db: Database) -> None:
    await take(db, *FOLDING, *PARSING)
    (only,) = await authors.namesakes(db, NAME)
    assert only.papers == 5 and not only.distinction


async def test_handles_stay_as_papers_come(library: Library) -> None:
    await take(library.db, *FOLDING)
    await take(library.db, *PARSING)
    first, second = await people(library)
    assert first == FIRST
    more = [record(f"Treebank {n}", authors=names(NAME, "Eve Foe"), published="2018") for n in range(4)]
    await take(library.db, *more)
    assert await people(library) == {second: titles(PARSING + more), first: titles(FOLDING)}
    # Somebody else, with more papers than the one who has the name's first handle.
    others = [record(f"Orchard {n}", authors=names(NAME, "Gus Hoe")) for n in range(9)]
    await take(library.db, *others)
    found = await people(library)
    assert found[first] == titles(FOLDING) and found[second] == titles(PARSING + more) and len(found) == 3


async def test_whom_the_operator_keeps_apart_stays_two(library: Library) -> None:
    await take(library.db, *FOLDING, *PARSING)
    first, second = await people(library)
    async with library.db.write() as connection:
        await people_apart.keep_apart(connection, second, first)
    both = record("Folding and Parsing", authors=names("Ada Bee", "Eve Foe", NAME), published="2010")
    await take(library.db, both)
    found = await people(library)
    assert found[first] - {both.title} == titles(FOLDING) and found[second] - {both.title} == titles(PARSING)
    async with library.db.write() as connection:
        assert await people_apart.allow(connection, first, second)
    await take(library.db, record("More of Both", authors=names("Ada Bee", "Eve Foe", NAME), published="2011"))
    assert list(await people(library)) == [first]


async def test_who_turns_out_to_be_another_is_found_by_the_old_handle(library: Library) -> None:
    await take(library.db, *FOLDING, *PARSING)
    first, second = await people(library)
    await aliases.remember(library.db, 1, "author", "the boss", second, taught_by=7)
    both = record("Folding and Parsing", authors=names("Ada Bee", "Eve Foe", NAME), published="2010")
    await take(library.db, both)
    assert await people(library) == {first: titles([*FOLDING, *PARSING, both])}
    view = library.view(1)
    found = await view.author(second)
    assert found and found.handle == first and not found.distinction
    assert await view.papers_of(second) == await view.papers_of(first) and len(await view.papers_of(first)) == 6
    assert await view.coauthors(second) == await view.coauthors(first)
    boss = await view.resolve_author("the boss")
    assert isinstance(boss, Sure) and boss.hit.handle == first
    assert_exact(library.db.path, AUTHORS)
    # Without that paper they are two again, and the first handle stays where it was.
    (handle_of_both,) = [
        paper.handle for paper in await view.papers(await view.papers_of(first)) if paper.title == both.title
    ]
    await removal.remove(library.db, handle_of_both)
    again = await people(library)
    assert again[first] == titles(FOLDING) and titles(PARSING) in again.values() and len(again) == 2


async def test_the_order_of_papers_does_not_matter(db: Database) -> None:
    await take(db, *crowd())
    for one in reversed([*FOLDING, *PARSING]):
        await take(db, one)
    found = [await authors.papers_of(db, who.handle) for who in await authors.namesakes(db, NAME)]
    assert [len(papers) for papers in found] == [3, 2]


async def test_papers_of_a_page_stay_on_it_and_others_go_elsewhere(library: Library) -> None:
    where = source("wei-wang.txt")
    mine = [one.model_copy(update={"source": where}) for one in (FOLDING[0], PARSING[0])]
    await ingest.take(library.db, "p", ParsedSource(pages=(page(NAME, *mine, where=where, h_index=3),)))
    stranger = record("Orchard Pests", authors=names(NAME, "Gus Hoe"))
    await take(library.db, stranger, FOLDING[1])
    found = await people(library)
    assert found[FIRST] == titles([*mine, FOLDING[1]]) and titles([stranger]) in found.values()
    assert len(await library.view().metrics(FIRST)) == 1


async def test_what_undoing_a_merge_brings_back_belongs_to_whom_the_person_became(library: Library) -> None:
    await take(library.db, *FOLDING, *PARSING)
    _, second = await people(library)
    twin = PARSING[0].model_copy(update={"identifiers": arxiv("2401.00001"), "source": source("other.bib", "bibtex")})
    other = record("Parsing of Spoken Queries Again", authors=names(NAME, "Eve Foe"), identifiers=arxiv("2401.00002"))
    await take(library.db, other, twin)
    both = record("Folding and Parsing", authors=names("Ada Bee", "Eve Foe", NAME), published="2010")
    await take(library.db, both)
    assert list(await people(library)) == [FIRST]
    await separation.undo_merge(library.db, next(iter(await library.view().papers_of(second))))
    assert sum(len(papers) for papers in (await people(library)).values()) == 7


async def test_a_store_of_before_is_divided_with_the_next_papers(library: Library) -> None:
    await take(library.db, *FOLDING, *PARSING)
    divided = await people(library)
    async with library.db.write() as connection:
        (first, second) = [
            row[0]
            for row in await connection.execute_fetchall(
                "SELECT id FROM authors WHERE name_key = 'wei wang' ORDER BY id"
            )
        ]
        await connection.execute("UPDATE authorships SET basis = 0, author_id = ? WHERE author_id = ?", [first, second])
        await connection.execute("UPDATE authorships SET basis = 0 WHERE author_id = ?", [first])
        await connection.execute("DELETE FROM authors WHERE id = ?", [second])
        await connection.execute("UPDATE authors SET papers = 5, known_for = '' WHERE id = ?", [first])
        await update_names(connection, [(second, NAME, None)])
        await connection.execute("INSERT INTO names_to_divide (name_key) VALUES ('wei wang')")
    await take(library.db, record("Something Else", authors=names("Ida Joe")))
    assert await people(library) == divided


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_comes_and_goes_each_paper_has_its_authors_once(library: Library, seed: int) -> None:
    draw = random.Random(seed)
    coauthors = ["Ada Bee", "Cy Dee", "Eve Foe", "Gus Hoe", "W. Wang", "Wei X. Wang"]
    listed: dict[str, tuple[str, ...]] = {}
    handles: set[Handle] = set()
    for number in range(40):
        title = f"{draw.choice(['Folding', 'Parsing', 'Orchards'])} {number}"
        listed[title] = (NAME, *draw.sample(coauthors, draw.randrange(3)))
        if number % 7 == 3:
            where = source(f"page-{number % 2}.txt")
            mine = record(title, authors=names(*listed[title]), source=where)
            await ingest.take(library.db, "p", ParsedSource(pages=(page(NAME, mine, where=where, h_index=3),)))
        else:
            await take(library.db, record(title, authors=names(*listed[title])))
        if number % 5 == 4:
            gone = draw.choice(sorted(listed))
            found = await library.view().papers(
                [paper for who in await people(library) for paper in await library.view().papers_of(who)]
            )
            await removal.remove(library.db, next(paper.handle for paper in found if paper.title == gone))
            del listed[gone]
            # Whose last paper is removed is gone.
            handles = {handle for handle in handles if await library.view().author(handle)}
        now = await people(library)
        assert sorted(title for papers in now.values() for title in papers) == sorted(listed)
        handles |= now.keys()
        assert all([await library.view().author(handle) for handle in handles])
        async with library.db.read() as connection:
            wrong = await connection.execute_fetchall(
                "SELECT name FROM authors WHERE papers <> (SELECT count(*) FROM authorships WHERE author_id = authors.id)"
            )
            waiting = await connection.execute_fetchall("SELECT name_key FROM names_to_divide")
        assert not list(wrong) and not list(waiting)
    assert_exact(library.db.path, AUTHORS)


@pytest.mark.parametrize(
    ("papers", "words"),
    [
        ([Appearance(NAME, "A", ("Ada Bee",), year=2003)], "with Ada Bee; 2003"),
        ([Appearance(NAME, "A", ("Ada", "Cy"), year=2005), Appearance(NAME, "B", ("Eve", "Cy"))], "with Cy, Ada; 2005"),
        (
            [Appearance(NAME, "A", venue="Nature", year=2003), Appearance(NAME, "B", year=2001)],
            "in Nature; 2001 to 2003",
        ),
        ([Appearance(NAME, "A", category="cs.CL")], "in cs.CL"),
        ([Appearance(NAME, "On Bees")], "“On Bees”"),
    ],
)
def test_what_a_person_is_known_for(papers: list[Appearance], words: str) -> None:
    assert known_for(papers) == words
