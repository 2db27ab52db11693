"""Names as people write them: in other spellings, by initial, turned round and misspelt, among many namesakes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from store.lookup import Lookup
from store.storage.database import Database
from tests.bench._names_of_cultures import bare, with_digraphs
from tests.lookup.library import author, write_authors

PRINTED = (
    "Jörg Müller",
    "Søren Håkansson",
    "Günter Weiß",
    "Päivi Hämäläinen",
    "Ömer Göğüş",
    "Đorđe Đukić",
    "Łukasz Wałęsa",
    "Işıl Kılıç",
    "François Agüero",
    "Paul Erdős",
)


@pytest.mark.parametrize("stored", [str, with_digraphs, bare])
@pytest.mark.parametrize("typed", [str, with_digraphs, bare])
async def test_letters_that_a_keyboard_lacks_are_found_in_every_spelling(
    empty: Lookup, db: Database, stored: Callable[[str], str], typed: Callable[[str], str]
) -> None:
    names = {i: stored(name) for i, name in enumerate(PRINTED, 1)}
    # People of nearly the same name, who have written more.
    others = {100 + i: f"{name.split()[0]} Q. {name.split()[1]}" for i, name in names.items()}
    others |= {200 + i: f"{name.split()[0]} {name.split()[1]}son" for i, name in names.items()}
    await write_authors(db, names | others, dict.fromkeys(others, 50))
    for i, name in enumerate(PRINTED, 1):
        for query in (typed(name), " ".join(reversed(typed(name).split()))):
            hits = {hit.handle: hit.score for hit in await empty.authors(query, 5)}
            assert round(hits[author(i)], 2) >= 0.94, query


async def test_letters_may_be_written_as_they_sound(empty: Lookup, db: Database) -> None:
    await write_authors(db, {1: "Çağrı Şahin", 2: "Slavoj Žižek"})
    assert [hit.handle for hit in await empty.authors("chaghri shahin", 1)] == [author(1)]
    assert [hit.handle for hit in await empty.authors("Zhizhek", 1)] == [author(2)]


async def test_a_name_with_just_the_words_comes_before_one_spelt_otherwise(empty: Lookup, db: Database) -> None:
    await write_authors(db, {1: "Hans Muller", 2: "Hans Mueller", 3: "Hans Müller"}, {1: 3, 2: 2, 3: 1})
    hits = [(hit.handle, round(hit.score, 2)) for hit in await empty.authors("mueller hans")]
    assert hits == [(author(2), 0.98), (author(3), 0.97), (author(1), 0.96)]


async def test_other_spellings_do_not_crowd_out_a_known_name(empty: Lookup, db: Database) -> None:
    names = {i: f"{'bcdfghjklm'[i % 10]}{'aeiou'[i % 5]}n{'pqrst'[i % 7 % 5]}{i} Michael" for i in range(1, 401)}
    await write_authors(db, names | {401: "Ann Michal"}, dict.fromkeys(names, 9))
    assert [hit.handle for hit in await empty.authors("michal", 1)] == [author(401)]


async def test_an_initial_is_looked_for_among_all_of_a_family(empty: Lookup, db: Database) -> None:
    # More people than are ranked, of whom one has a given name with the initial that all family names have.
    names = {i: f"{'ABCDE'[i % 5]}{'bcdfgh'[i % 6]}o Zhou" for i in range(1, 401)}
    await write_authors(db, names | {401: "Zhe Zhou", 402: "Zi Zhou"}, dict.fromkeys(names, 9))
    assert {hit.handle for hit in await empty.authors("Z. Zhou", 2)} == {author(401), author(402)}
    assert [round(hit.score, 2) for hit in await empty.authors("Z. Zhou", 2)] == [0.98, 0.98]


async def test_of_many_who_are_an_error_away_all_may_be_meant(empty: Lookup, db: Database) -> None:
    await write_authors(db, {1: "Lei Zhu", 2: "Li Zhu", 3: "Liu Zhe", 4: "Lie Zhang"})
    assert {hit.handle for hit in await empty.authors("Lie Zhu", 2)} == {author(1), author(2)}


@pytest.mark.parametrize(
    ("exact", "near", "found"), [("yanlo ngk", "yanlo mgk", True), ("yanlo ngkk", "yanlo mgkk", False)]
)
async def test_short_names_may_be_meant_although_another_has_just_the_words(
    empty: Lookup, db: Database, exact: str, near: str, found: bool
) -> None:
    # Eight letters. The order is another, so that no name starts with the query.
    first, last = exact.split()
    await write_authors(db, {1: f"{last} {first}", 2: " ".join(reversed(near.split()))})
    found_handles = {hit.handle for hit in await empty.authors(exact)}
    assert (author(2) in found_handles) is found


def anagrams(letters: str, number: int) -> list[str]:
    """Names of these letters, with no word of which two are the same."""
    draw = random.Random(number)
    made: set[str] = set()
    while len(made) < number:
        one = "".join(draw.sample(letters, len(letters)))
        made.add(f"{one[:4]} {one[4:]}")
    return sorted(made)


@pytest.mark.parametrize(("others", "found"), [(95, True), (96, False)])
async def test_96_names_of_similar_letters_are_taken_where_nothing_explains_the_query(
    empty: Lookup, db: Database, others: int, found: bool
) -> None:
    names = dict(enumerate(anagrams("xzvbnmkqw", others), 2))
    await write_authors(db, names | {1: "vbnmk qwxz"}, dict.fromkeys(names, 9))
    assert (author(1) in [hit.handle for hit in await empty.authors("xzvb nmkqw", 100)]) is found


@pytest.mark.parametrize(
    ("name", "others", "found"),
    [("yanlong kp", 23, True), ("yanlong kp", 24, False), ("yanlong kpxz", 0, True), ("yanlong kpxzw", 0, False)],
)
async def test_24_of_nearly_the_same_letters_are_taken_where_something_explains_it(
    empty: Lookup, db: Database, name: str, others: int, found: bool
) -> None:
    names = dict(enumerate(anagrams("yanlogkp", others), 3))
    names = {id_: f"{other}n" for id_, other in names.items()}
    await write_authors(db, names | {1: name, 2: "yanlo ngkx"}, dict.fromkeys(names, 9))
    assert (author(1) in [hit.handle for hit in await empty.authors("yanlo ngkp", 100)]) is found
