"""Decisions: what is opened, offered or called unknown, on both sides of every threshold."""

from __future__ import annotations

import pytest

from store.guilds import aliases
from store.guilds.own_papers import EVERYBODY
from store.library import Library
from store.lookup import Lookup
from store.lookup.resolve import Closest, Nothing, Resolution, Several, Sure, decide, prefers_author
from store.models import Hit
from store.storage.database import Database
from tests.lookup.library import author, paper, write_authors, write_papers


def hits(*scores: float, matched: tuple[tuple[str, str], ...] = (("parsing", "parsing"),)) -> list[Hit]:
    return [Hit(handle=paper(i), text=f"Title {i}", score=score, matched=matched) for i, score in enumerate(scores, 1)]


def name_of(decision: Resolution) -> str:
    if isinstance(decision, Closest):
        return "probable" if decision.probable else "closest"
    return type(decision).__name__.lower()


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((), "nothing"),
        ((1.0,), "sure"),
        ((0.98,), "sure"),
        ((0.97,), "sure"),
        ((0.60,), "sure"),
        ((0.59,), "closest"),
        ((0.1,), "closest"),
        # An exact title or acronym wins over prefixes, but not over another of its kind.
        ((1.0, 0.98), "sure"),
        ((0.99, 0.98), "sure"),
        ((1.0, 0.99), "several"),
        ((0.99, 0.99), "several"),
        ((1.0, 1.0), "several"),
        # A prefix has to lead, as anything else has.
        ((0.98, 0.98), "several"),
        ((0.98, 0.83), "several"),
        ((0.98, 0.82), "sure"),
        ((0.97, 0.83), "probable"),
        ((0.97, 0.81), "sure"),
        ((0.75, 0.61), "probable"),
        ((0.75, 0.59), "sure"),
        ((0.60, 0.46), "probable"),
        ((0.60, 0.44), "sure"),
        ((0.59, 0.0), "closest"),
    ],
)
def test_scores_decide(scores: tuple[float, ...], expected: str) -> None:
    decision = decide("parsing", hits(*scores))
    assert name_of(decision) == expected
    if isinstance(decision, Sure):
        assert decision.hit.handle == paper(1)
    elif not isinstance(decision, Nothing):
        assert [hit.handle for hit in decision.hits] == [paper(i) for i, _ in enumerate(scores, 1)]


@pytest.mark.parametrize(
    ("title_score", "author_score", "expected"),
    [(0.79, 0.98, True), (0.79, 0.97, False), (0.60, 0.97, False), (0.59, 0.97, True), (0.59, 0.98, True)],
)
def test_authors_are_preferred_when_they_fit_or_no_title_does(
    title_score: float, author_score: float, expected: bool
) -> None:
    assert prefers_author(title_score, author_score) == expected


@pytest.mark.parametrize(
    ("matched", "sure"),
    [
        ((("pars", "parsing"),), True),
        ((("parsign", "parsing"),), True),
        ((("simcse", "simsem"),), False),
        ((("parsxxg", "parsing"),), False),
        ((("parsxxgs", "parsings"),), True),
        ((("parsxngs", "parsings"),), True),
        ((("parxxxgs", "parsings"),), False),
        ((("sing", "parsing"),), False),
        ((("sing", "parsing"), ("deep", "deep")), True),
        ((("naturalparsing", "parsing"), ("deep", "deep")), True),
        ((("deep", "deep"), ("parsxxg", "parsing")), False),
        ((), True),
    ],
)
def test_words_that_may_mean_something_else_are_a_question(matched: tuple[tuple[str, str], ...], sure: bool) -> None:
    assert name_of(decide("query", hits(0.9, matched=matched))) == ("sure" if sure else "probable")
    assert name_of(decide("query", hits(0.98, matched=matched))) == "sure"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Yan Long", "sure"),
        ("yan long x", "probable"),
        ("Yan", "probable"),
        ("Yang Long", "sure"),
        ("杨 龙", "probable"),
    ],
)
def test_one_with_just_the_words_is_opened_although_others_are_one_letter_off(query: str, expected: str) -> None:
    texts = ["Long Yang" if query == "Yang Long" else "Long Yan", "Long Yang Wu"]
    found = [Hit(handle=paper(i), text=text, score=0.97, matched=()) for i, text in enumerate(texts, 1)]
    assert name_of(decide(query, found)) == expected
    assert name_of(decide(query, [found[0], found[0]])) == "probable"


def test_a_transliterated_query_is_a_question_unless_it_fits_exactly() -> None:
    assert name_of(decide("泽汉齐", hits(0.97))) == "probable"
    assert name_of(decide("a泽", hits(0.97))) == "probable"
    assert name_of(decide("泽汉齐", hits(1.0))) == "sure"
    assert name_of(decide("Знание", hits(0.97))) == "sure"


@pytest.fixture
async def library(db: Database, lookup: Lookup) -> Library:
    return Library(db, lookup)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("webrl", "sure"),
        ("debatqa evaluating", "sure"),
        ("a survey of large language models", "probable"),
        ("stereotype wobble", "closest"),
        ("qqqqqqqq", "nothing"),
        ("?!", "nothing"),
    ],
)
async def test_a_query_for_a_paper(library: Library, query: str, expected: str) -> None:
    assert name_of(await library.view().resolve_paper(query)) == expected


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("🤖 zebra", ["🤖", "zebra"]),
        ("مرحبا", ["مرحبا"]),
        ("泽汉齐 qqq", ["泽汉齐", "qqq"]),
        ("Zzyzx et al., 2017", ["Zzyzx", "2017"]),
        ("“Qqqqq!” about Wwwww", ["Qqqqq", "Wwwww"]),
        ("qqqqq-wwwww", ["qqqqq", "wwwww"]),
    ],
)
async def test_unknown_words_are_shown_as_they_were_typed(library: Library, query: str, shown: list[str]) -> None:
    assert [word.word for word in await library.lookup.unknown_words(query)] == shown


async def test_unknown_words_come_only_where_nothing_fits(library: Library) -> None:
    closest = await library.view().resolve_paper("stereotipes wobble")
    assert isinstance(closest, Closest) and closest.hits[0].handle == paper(13)
    assert [word.word for word in closest.unknown_words] == ["stereotipes", "wobble"]
    assert closest.unknown_words[0].suggestions == ("stereotypes",)
    nothing = await library.view().resolve_paper("qqqqqqqq")
    assert isinstance(nothing, Nothing) and [word.word for word in nothing.unknown_words] == ["qqqqqqqq"]
    probable = await library.view().resolve_paper("a survey of lrge language models")
    assert isinstance(probable, Closest) and probable.probable and not probable.unknown_words
    nobody = await library.view().resolve_author("zzzzz zehxn")
    assert isinstance(nobody, Closest) and [word.word for word in nobody.unknown_words] == ["zzzzz", "zehxn"]


async def test_at_most_five_are_offered(library: Library, db: Database) -> None:
    await write_papers(db, {i: f"Parsing of corpus {i}" for i in range(50, 60)})
    await write_authors(db, {i: f"Anna Somebody{i}" for i in range(50, 60)})
    for several in (await library.view().resolve_paper("parsing"), await library.view().resolve_author("anna")):
        assert isinstance(several, Several) and len(several.hits) == 5


async def test_papers_that_start_alike_are_offered(library: Library, db: Database) -> None:
    await write_papers(db, {50: "Glove: Vectors for Words", 51: "Glover and His Models"})
    assert name_of(await library.view().resolve_paper("glove")) == "sure"
    several = await library.view().resolve_paper("glov")
    assert isinstance(several, Several) and not several.namesakes
    assert {hit.handle for hit in several.hits} == {paper(50), paper(51)}


async def test_an_author_is_opened_and_namesakes_are_offered_together(library: Library, db: Database) -> None:
    assert name_of(await library.view().resolve_author("zehan qui")) == "sure"
    assert name_of(await library.view().resolve_author("liu")) == "several"
    async with db.write() as connection:
        await connection.executemany(
            "INSERT INTO authors (id, handle, name, name_key, distinction, papers) VALUES (?, ?, 'Ann Namesake', ?, ?, ?)",
            [(90, author(90), "ann namesake", "one", 2), (91, author(91), "ann namesake", "two", 7)],
        )
    for query in ("Ann Namesake", "ANN  namesake"):
        several = await library.view().resolve_author(query)
        assert isinstance(several, Several) and several.namesakes
        assert [(hit.handle, hit.text) for hit in several.hits] == [
            (author(91), "Ann Namesake"),
            (author(90), "Ann Namesake"),
        ]


async def test_a_sure_hit_who_has_namesakes_is_a_question(library: Library, db: Database) -> None:
    await write_authors(db, {92: "Berta Namesake"})
    async with db.write() as connection:
        await connection.execute("UPDATE authors SET name_key = 'berta namesake' WHERE id = 92")
    for query in ("berta namesake", "bertha namesake"):
        assert name_of(await library.view().resolve_author(query)) == "sure"
    async with db.write() as connection:
        await connection.execute(
            "INSERT INTO authors (id, handle, name, name_key, distinction, papers) "
            "VALUES (93, ?, 'Berta Namesake', 'berta namesake', 'two', 1)",
            (author(93),),
        )
    several = await library.view().resolve_author("bertha namesake")
    assert isinstance(several, Several) and several.namesakes and len(several.hits) == 2


async def test_a_fuller_name_with_many_more_papers_is_offered_beside_the_exact_one(
    library: Library, db: Database
) -> None:
    await write_authors(db, {94: "Noah Namesake", 95: "Noah A. Namesake"})

    async def papers(of_exact: int, of_fuller: int) -> Resolution:
        async with db.write() as connection:
            await connection.execute("UPDATE authors SET papers = ? WHERE id = 94", [of_exact])
            await connection.execute("UPDATE authors SET papers = ? WHERE id = 95", [of_fuller])
        return await library.view(1).resolve_author("noah namesake")

    several = await papers(7, 14)
    assert isinstance(several, Several) and not several.namesakes
    assert [hit.handle for hit in several.hits] == [author(94), author(95)]
    assert name_of(await papers(7, 13)) == "sure"
    assert name_of(await library.view(1).resolve_author("noah a namesake")) == "sure"
    # What the guild was taught is not asked about again.
    await papers(7, 150)
    await aliases.remember(db, 1, "author", "the boss", author(94), taught_by=7)
    assert name_of(await library.view(1).resolve_author("the boss")) == "sure"


async def test_an_alias_is_opened_in_its_guild_and_follows_a_merge(library: Library, db: Database) -> None:
    await aliases.remember(db, 1, "title", "stereotype wobble", paper(10), taught_by=7)
    await aliases.remember(db, 1, "author", "the boss", author(1), taught_by=7)
    opened = await library.view(1).resolve_paper("Stereotype  wobble")
    assert isinstance(opened, Sure) and opened.hit.handle == paper(10)
    boss = await library.view(1).resolve_author("the boss")
    assert isinstance(boss, Sure) and boss.hit.handle == author(1)
    for guild_id in (2, EVERYBODY):
        assert name_of(await library.view(guild_id).resolve_paper("stereotype wobble")) == "closest"
    async with db.write() as connection:
        await connection.execute("INSERT INTO merged_handles (handle, paper_id) VALUES (?, 11)", (paper(99),))
    await aliases.remember(db, 1, "title", "stereotype wobble", paper(99), taught_by=7)
    merged = await library.view(1).resolve_paper("stereotype wobble")
    assert isinstance(merged, Sure) and merged.hit.handle == paper(11)
    await aliases.remember(db, 1, "title", "stereotype wobble", paper(98), taught_by=7)
    assert name_of(await library.view(1).resolve_paper("stereotype wobble")) == "closest"


async def test_among_ties_what_was_used_last_comes_first(library: Library) -> None:
    first = [hit.handle for hit in (await library.view().find_authors("liu", 3)) if hit.score == 0.98]
    assert len(first) == 3
    latest = (await library.view().find_authors("liu", 3, recent=[first[2]]))[0]
    assert latest.handle == first[2]
    several = await library.view().resolve_author("liu", recent=[first[2]])
    assert isinstance(several, Several) and several.hits[0].handle == first[2]


@pytest.fixture
async def written(library: Library, db: Database) -> Library:
    """With authors of some papers, for queries by author and title."""
    await write_papers(db, {60: "Conflicts of Knowledge and Belief in Agents", 61: "Xuan Paper Making"})
    async with db.write() as connection:
        await connection.executemany(
            "INSERT INTO authorships (paper_id, author_id) VALUES (?, ?)", [(7, 8), (10, 1), (60, 8), (61, 11)]
        )
    return library


@pytest.mark.parametrize(
    ("query", "found", "by_author"),
    [
        ("rongwu xu survey", 7, True),
        ("rongwu conflicts", 7, True),
        # No title has a word like these.
        ("rongwu 2024", 7, True),
        # A title that matches well is not looked for by author.
        ("knowledge conflicts survey", 7, False),
        ("xuan paper making", 61, False),
        # An author-and-title match with a missing word loses to a probable title, and wins over an improbable one.
        ("knowledge conflicts llms survey zebra", 7, False),
    ],
)
async def test_author_and_title_are_tried_if_no_title_matches_well(
    written: Library, query: str, found: int, by_author: bool
) -> None:
    papers = await written.view().find_papers(query, 5)
    assert (papers.hits[0].handle, papers.by_author) == (paper(found), by_author)
    assert len(papers.hits) <= 5


async def test_a_name_that_differs_both_ways_is_a_question(db: Database) -> None:
    await write_authors(db, {1: "European Association for Machine Translation", 2: "Christopher Manning"})
    library = await Library.open(db.path)
    view = library.view()
    try:
        assert isinstance(await view.resolve_author("neural machine translation"), Closest)
        for typed in ("christopher d manning", "christopher david manning", "christoper maning", "manning"):
            assert isinstance(await view.resolve_author(typed), Sure), typed
    finally:
        await library.close()
