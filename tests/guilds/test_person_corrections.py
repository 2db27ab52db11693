"""Two people who were said to be one have one page, and a paper that was said to be another's is there; until undone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import correcting_people, ingest, separation
from store.errors import NotFoundError
from store.guilds import person_corrections
from store.guilds.own_papers import EVERYBODY
from store.library import Library
from store.lookup.resolve import Sure
from store.models import Handle, ParsedSource
from store.view import View
from tests.catalog.test_namesakes import FOLDING, NAME, PARSING, crowd
from tests.guilds.channels import arrive
from tests.guilds.test_own_papers import add
from tests.guilds.test_own_papers import given as handed_over
from tests.guilds.test_own_papers import library as library
from tests.support.made import arxiv, names, page, record, source
from tests.support.migrated import put_empty_store

GUILD, OTHER, ADA = 100, 101, 7
FULL, SHORT = "Noah A. Smith", "Noah Smith"
PAPERS = [
    record("Parsing with Sparsity", authors=names(FULL, "Ada Bee"), published="2001"),
    record("Grammars for Dialogue", authors=names("Ada Bee", FULL), published="2003"),
    record("Structured Sparsity", authors=names(SHORT, "Ada Bee", "Cy Dee"), published="2002"),
]


async def handle_of(view: View, name: str) -> Handle:
    (author,) = await view.namesakes(name)
    return author.handle


async def titles_of(view: View, person: Handle) -> list[str]:
    return [paper.title for paper in await view.papers(await view.papers_of(person))]


@pytest.fixture
async def smiths(library: Library) -> AsyncIterator[tuple[View, Handle, Handle]]:
    """A guild's view, and the handles of the two."""
    await arrive(library.db, *PAPERS)
    where = source("noah.txt")
    await ingest.take(library.db, "p", ParsedSource(pages=(page(SHORT, where=where, h_index=3),)))
    view = library.view(GUILD)
    yield view, await handle_of(view, FULL), await handle_of(view, SHORT)


async def test_two_who_are_joined_have_one_page_for_that_guild(
    library: Library, smiths: tuple[View, Handle, Handle]
) -> None:
    view, full, short = smiths
    other = library.view(OTHER)
    before = await everything(view), await everything(other)
    assert [one.author.name for one in await view.same_people(short)] == [FULL]
    assert await correcting_people.join(view, short, full, ADA)
    assert not await correcting_people.join(view, full, short, ADA), "they are so already"
    for handle in (full, short):
        (author,) = await view.authors([handle])
        assert (author.handle, author.name, author.papers) == (full, FULL, 3)
        assert await titles_of(view, handle) == [
            "Grammars for Dialogue",
            "Structured Sparsity",
            "Parsing with Sparsity",
        ]
        assert [metric.value for metric in await view.metrics(handle)] == [3]
        assert [(who.name, count) for who, count in await view.coauthors(handle)] == [("Ada Bee", 3), ("Cy Dee", 1)]
        assert await view.same_people(handle) == []
    (together, *_) = await view.coauthors(await handle_of(view, "Ada Bee"))
    assert (together[0].name, together[1]) == (FULL, 3)
    for typed in ("noah smith", "noah a smith", "Smith, Noah"):
        decision = await view.resolve_author(typed)
        assert isinstance(decision, Sure) and decision.hit.handle == full, typed
        assert [hit.handle for hit in await view.find_authors(typed, 5)] == [full]
    assert await everything(other) == before[1], "no other guild sees it"
    assert await correcting_people.part(view, full, short) and not await correcting_people.part(view, full, short)
    assert await everything(view) == before[0]


async def test_a_paper_is_given_to_another_or_to_nobody(smiths: tuple[View, Handle, Handle]) -> None:
    view, full, short = smiths
    before = await everything(view)
    (paper,) = [one.handle for one in await view.papers(await view.papers_of(full)) if "Parsing" in one.title]
    assert await correcting_people.move(view, paper, full, short, ADA)
    assert await titles_of(view, full) == ["Grammars for Dialogue"]
    assert await titles_of(view, short) == ["Structured Sparsity", "Parsing with Sparsity"]
    assert [who.name for who in await view.authors_of(paper)] == [SHORT, "Ada Bee"]
    assert [who.papers for who in await view.authors([full, short])] == [1, 2]
    with pytest.raises(NotFoundError):
        await correcting_people.move(view, paper, full, None, ADA)
    assert await correcting_people.move(view, paper, short, None, ADA), "what was moved can be moved on"
    assert await titles_of(view, short) == ["Structured Sparsity"]
    assert [who.name for who in await view.authors_of(paper)] == ["Ada Bee"]
    assert await correcting_people.put_back(view, paper, full)
    assert not await correcting_people.put_back(view, paper, full)
    assert await everything(view) == before


async def test_what_the_operator_says_holds_for_all_and_a_guild_may_say_otherwise(
    library: Library, smiths: tuple[View, Handle, Handle]
) -> None:
    view, full, short = smiths
    operator, other = library.view(EVERYBODY), library.view(OTHER)
    (paper,) = await view.papers_of(short)
    await correcting_people.move(operator, paper, short, full, 0)
    assert len(await view.papers_of(full)) == len(await other.papers_of(full)) == 3
    await correcting_people.move(view, paper, full, None, ADA)
    assert len(await view.papers_of(full)) == 2 and len(await other.papers_of(full)) == 3
    assert not await correcting_people.put_back(other, paper, short), "what is not theirs to undo stays"
    await correcting_people.join(operator, full, short, 0)
    assert not await correcting_people.part(view, full, short)
    assert (await other.author(short)) == (await other.author(full))


async def test_own_papers_count(library: Library, smiths: tuple[View, Handle, Handle]) -> None:
    view, full, short = smiths
    await add(library.db, handed_over("Dialogue at Home", authors=names(SHORT, "Cy Dee"), published="2004"))
    await correcting_people.join(view, full, short, ADA)
    assert [who.papers for who in await view.authors([short])] == [4]
    assert (await titles_of(view, full))[0] == "Dialogue at Home"
    assert [(who.name, n) for who, n in await view.coauthors(full)] == [("Ada Bee", 3), ("Cy Dee", 2)]
    (own,) = [one.handle for one in await view.papers(await view.papers_of(full)) if "Home" in one.title]
    await correcting_people.move(view, own, full, await handle_of(view, "Ada Bee"), ADA)
    assert len(await view.papers_of(full)) == 3
    assert [who.name for who in await view.authors_of(own)] == ["Ada Bee", "Cy Dee"]


async def test_what_is_not_there_cannot_be_corrected(smiths: tuple[View, Handle, Handle]) -> None:
    view, full, short = smiths
    (paper,) = await view.papers_of(short)
    with pytest.raises(NotFoundError):
        await correcting_people.join(view, full, "a" * 13, ADA)
    with pytest.raises(NotFoundError):
        await correcting_people.move(view, paper, full, None, ADA)
    with pytest.raises(NotFoundError):
        await correcting_people.move(view, paper, short, "a" * 13, ADA)
    assert not await correcting_people.join(view, full, full, ADA)


async def test_there_is_room_for_so_many(smiths: tuple[View, Handle, Handle], monkeypatch: pytest.MonkeyPatch) -> None:
    view, full, short = smiths
    monkeypatch.setattr(person_corrections, "MOST", 1)
    await correcting_people.join(view, full, short, ADA)
    (paper, *_) = await view.papers_of(short)
    with pytest.raises(person_corrections.TooManyCorrectionsError):
        await correcting_people.move(view, paper, short, None, ADA)


async def test_it_follows_people_and_papers_that_turn_out_to_be_one(library: Library) -> None:
    await arrive(library.db, *crowd(), *FOLDING, *PARSING, record("Orchards", authors=names("Gus Hoe")))
    view = library.view(GUILD)
    first, second = [author.handle for author in await view.namesakes(NAME)]
    gus = await handle_of(view, "Gus Hoe")
    (parsing, *_) = await view.papers_of(second)
    await correcting_people.join(view, second, gus, ADA)
    await correcting_people.move(view, parsing, gus, await handle_of(view, "Ada Bee"), ADA)
    assert len(await view.papers_of(gus)) == 2
    # The two of the name turn out to be one.
    await arrive(library.db, record("Folding and Parsing", authors=names("Ada Bee", "Eve Foe", NAME), published="2010"))
    people = await view.authors([first, second, gus])
    assert len(people) == 1 and people[0].papers == 6, "six of the name and one of Gus, without the one moved"
    assert "Ada Bee" in [who.name for who in await view.authors_of(parsing)]


async def test_a_moved_paper_stays_moved_when_it_is_merged(library: Library) -> None:
    preprint = record("Looms in Lyon", authors=names(SHORT), identifiers=arxiv("2601.00001"))
    other = record("Looms of Lyon, Revisited", authors=names(SHORT), published="2003")
    await arrive(library.db, preprint, other, record("Silk", authors=names(FULL)))
    view = library.view(GUILD)
    full, short = await handle_of(view, FULL), await handle_of(view, SHORT)
    for paper in await view.papers_of(short):
        await correcting_people.move(view, paper, short, full, ADA)
    joined = other.model_copy(update={"identifiers": arxiv("2601.00001"), "source": source("b.txt")})
    await arrive(library.db, joined)
    assert len(await view.papers_of(full)) in (2, 3) and await view.papers_of(short) == []
    for paper in await view.papers_of(full):
        await separation.undo_merge(library.db, paper)
    assert len(await view.papers_of(full)) == 3


PEOPLE = ("Ann Bee", "Bo Lee", "Cy Dee", "Di Eff", "Ed Foe")
steps = st.lists(
    st.tuples(
        st.sampled_from(("join", "part", "move", "move", "back")),
        st.sampled_from(PEOPLE),
        st.sampled_from((*PEOPLE, None)),
        st.integers(0, 5),
    ),
    max_size=12,
)


@settings(max_examples=(settings.default or settings()).max_examples // 5)
@given(steps)
def test_whatever_is_said_and_undone(history: list[tuple[str, str, str | None, int]]) -> None:
    """Compared with a model that knows nothing but what is said now."""
    with TemporaryDirectory() as folder:
        asyncio.run(_lived_through(history, put_empty_store(Path(folder) / "lectern.db")))


async def _lived_through(history: list[tuple[str, str, str | None, int]], path: Path) -> None:
    library = await Library.open(path)
    try:
        bylines = [PEOPLE[start : start + 2] for start in range(4)] + [PEOPLE[::2], PEOPLE[:1]]
        await arrive(
            library.db,
            *(record(f"{word} Matters", authors=names(*by)) for word, by in zip("ABCDEF", bylines, strict=True)),
        )
        view = library.view(GUILD)
        at_first = await everything(view)
        handles = {name: await handle_of(view, name) for name in PEOPLE}
        named: dict[Handle, set[Handle]] = {}
        for handle in handles.values():
            for written in await view.papers_of(handle):
                named.setdefault(written, set()).add(handle)
        papers = sorted(named)
        pairs: set[frozenset[Handle]] = set()
        moved: dict[tuple[Handle, Handle], Handle | None] = {}
        for what, one, other, number in history:
            person, whose, paper = handles[one], handles[other] if other else None, papers[number]
            if what == "join" and whose and whose not in _group(pairs, person):
                assert await correcting_people.join(view, person, whose, ADA)
                pairs.add(frozenset((person, whose)))
            elif what == "part" and whose:
                assert await correcting_people.part(view, person, whose) == (frozenset((person, whose)) in pairs)
                pairs.discard(frozenset((person, whose)))
            elif what == "move":
                group = _group(pairs, person)
                theirs = [who for who in named[paper] if moved.get((paper, who), who) in group]
                if theirs and whose not in group:
                    assert await correcting_people.move(view, paper, person, whose, ADA)
                    moved |= {(paper, who): whose for who in theirs}
                elif not theirs:
                    with pytest.raises(NotFoundError):
                        await correcting_people.move(view, paper, person, whose, ADA)
            elif what == "back":
                assert await correcting_people.put_back(view, paper, person) == ((paper, person) in moved)
                moved.pop((paper, person), None)
        expected: dict[Handle, set[frozenset[Handle]]] = {
            paper: {_group(pairs, whose) for who in people if (whose := moved.get((paper, who), who))}
            for paper, people in named.items()
        }
        for handle in handles.values():
            group = _group(pairs, handle)
            (author,) = await view.authors([handle])
            written_by = {paper for paper, groups in expected.items() if group in groups}
            assert author.handle in group
            assert {*await view.papers_of(handle)} == written_by and author.papers == len(written_by)
            together = Counter(others for paper in written_by for others in expected[paper] if others != group)
            assert {_group(pairs, who.handle): n for who, n in await view.coauthors(handle, 9)} == together
        for paper, groups in expected.items():
            assert Counter(_group(pairs, who.handle) for who in await view.authors_of(paper)) == Counter(groups)
        assert (await everything(library.view(OTHER))) == at_first
        for pair in pairs:
            await correcting_people.part(view, *pair)
        for place in moved:
            await correcting_people.put_back(view, *place)
        assert await everything(view) == at_first
    finally:
        await library.close()


def _group(pairs: set[frozenset[Handle]], person: Handle) -> frozenset[Handle]:
    group = {person}
    while more := {other for pair in pairs if pair & group for other in pair} - group:
        group |= more
    return frozenset(group)


async def everything(view: View) -> list[Any]:
    """All that a guild sees of people."""
    shown: list[Any] = []
    for name in (*PEOPLE, FULL, SHORT, "Ada Bee"):
        shown += [await view.resolve_author(name), await view.find_authors(name, 9)]
        for author in await view.namesakes(name):
            papers = await view.papers_of(author.handle)
            shown += [author, papers, await view.metrics(author.handle), await view.coauthors(author.handle, 9)]
            shown += [await view.authors_of(paper) for paper in papers]
    return shown
