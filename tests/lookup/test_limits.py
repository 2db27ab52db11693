"""How far a search goes: which hits come, and which do not, on both sides of the limits of the search cascade."""

from __future__ import annotations

import pytest

from store.lookup import Lookup
from store.storage.database import Database
from tests.lookup.library import author, paper, write_authors, write_papers


async def scores(lookup: Lookup, query: str, limit: int = 25) -> dict[str, float]:
    return {hit.handle: round(hit.score, 3) for hit in await lookup.titles(query, limit)}


async def test_400_characters_and_24_words_are_read(empty: Lookup, db: Database) -> None:
    await write_papers(db, {1: "7"})
    assert await empty.titles(" " * 399 + "7")
    assert not await empty.titles(" " * 400 + "7")
    assert len(await empty.unknown_words(" ".join(f"w{i}" for i in range(30)))) == 24


async def test_suggestions_are_three_and_two_edits_away_from_six_letters_on(empty: Lookup, db: Database) -> None:
    await write_papers(db, {1: "abcdef abcde pars parse parts parsed park"})

    async def suggested(query: str) -> tuple[str, ...]:
        return (await empty.unknown_words(query))[0].suggestions

    assert await suggested("abxxef") == ("abcdef",)
    assert await suggested("abxxe") == ()
    assert len(await suggested("parss")) == 3


@pytest.mark.parametrize(("papers", "first"), [(30, 1), (31, 2)])
async def test_a_surname_counts_three_times_as_much_as_the_start_of_a_name(
    empty: Lookup, db: Database, papers: int, first: int
) -> None:
    await write_authors(db, {1: "Jing Jiang", 2: "Jiang Bo"}, {1: 10, 2: papers})
    assert (await empty.authors("jiang"))[0].handle == author(first)
    # An unfinished word says nothing of surnames.
    assert (await empty.authors("jiang "))[0].handle == author(2)


async def test_a_search_ends_once_a_text_explains_every_word(lookup: Lookup) -> None:
    # Each word is completed with a quality above 0.7, so that nothing more is looked for.
    assert len(await lookup.titles("models tow visu")) == 1
    # The first text that is found matches one word with less, so that the search goes on and finds another.
    assert len(await lookup.titles("learni scali")) == 2


@pytest.mark.parametrize(
    ("query", "score"),
    [
        ("abcd", 0.99),
        ("a b c d", 0.99),
        ("abxd", 0.96),
        ("xyz", 0.99),
        ("xyq", 0.96),
        ("xq", None),
        ("mnopqrst", 0.99),
        ("mnopxxst", 0.96),
        ("hijklmn", 0.99),
        ("hijkxxn", None),
        ("ab12cd34ef56gh78ij90kl12", 0.99),
    ],
)
async def test_acronyms_are_found_with_typing_errors_by_length(
    empty: Lookup, db: Database, query: str, score: float | None
) -> None:
    heads = ["ABCD", "XYZ", "Xa", "MNOPQRST", "HIJKLMN", "AB12CD34EF56GH78IJ90KL12"]
    await write_papers(db, {i: f"{head}: A Made Title" for i, head in enumerate(heads, 1)})
    best = max((await scores(empty, query)).values(), default=0.0)
    assert best == score if score else best < 0.96


async def test_64_spellings_of_an_acronym_are_tried(empty: Lookup, db: Database) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    heads = [f"zq{a}wk" for a in letters] + [f"zqy{a}k" for a in letters if a != "w"]
    await write_papers(db, {i: f"{head}: a made title" for i, head in enumerate(heads, 1) if head != "zqywk"})
    found = await scores(empty, "zqywk", 100)
    assert list(found.values()).count(0.96) == 64


async def test_names_of_similar_letters_are_found_wherever_the_spaces_are(empty: Lookup, db: Database) -> None:
    await write_authors(db, {1: "Bo Qin", 2: "Rongwu Xu", 3: "Xa Qi"})

    async def best(query: str) -> float:
        return max((hit.score for hit in await empty.authors(query)), default=0.0)

    assert await best("qinbo") > 0.25 > await best("qiax")
    # Two other letters change four bits, one letter more a fifth.
    assert await best("xurangwi") > 0
    assert await best("xurangwix") == 0


async def test_known_words_are_respelt_only_if_nothing_good_was_found(empty: Lookup, db: Database) -> None:
    titles = {1: "Parsing of sentences by hand", 2: "Parking of sentences by trees"}
    await write_papers(db, titles | {i: f"Other {i}" for i in range(3, 1_010)})
    # `parking` is known, and may yet be a misspelling where no title has it with the other words.
    assert (await empty.titles("parking by hand xx"))[0].score < 0.85
    assert {hit.handle for hit in await empty.titles("parking by hand xx")} == {paper(1), paper(2)}
    assert {hit.handle for hit in await empty.titles("parking sentences of trees")} == {paper(2)}


async def test_of_many_people_and_papers_so_many_are_considered(empty: Lookup, db: Database) -> None:
    await write_papers(db, {i: f"Glove of corpus {i}" for i in range(1, 311)})
    names = {1: "Ann Smith"} | {i: f"Bo Smy{'abcdefghij'[i - 2]}" for i in range(2, 12)}
    await write_authors(db, names)
    async with db.write() as connection:
        await connection.executemany(
            "INSERT INTO authorships (paper_id, author_id) VALUES (?, ?)",
            [*((i, 1) for i in range(1, 311)), *((i, i) for i in range(2, 12))],
        )
    assert len(await empty.by_author_and_title("smith glove", 1_000)) == 300
    # Eight of the ten names that start so.
    assert len(await empty.by_author_and_title("glove smy", 1_000)) == 8


async def test_the_2000_most_popular_people_of_a_name_are_considered(empty: Lookup, db: Database) -> None:
    await write_papers(db, {1: "Glove of the first", 2: "Glove of the last"})
    names = {i: f"Smith N{i}" for i in range(1, 2_002)}
    await write_authors(db, names, {i: 2_002 - i for i in names})
    async with db.write() as connection:
        await connection.executemany(
            "INSERT INTO authorships (paper_id, author_id) VALUES (?, ?)", [(1, 2_000), (2, 2_001)]
        )
    assert [hit.handle for hit in await empty.by_author_and_title("smith 2024")] == [paper(1)]
