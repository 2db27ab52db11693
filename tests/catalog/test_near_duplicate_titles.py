"""Near duplicates: how much of a title may differ, and how many titles are compared."""

from __future__ import annotations

import pytest

from store.catalog import records
from store.catalog.near_duplicate_titles import MOST_PER_AUTHOR, TitlesByAuthor, is_near_duplicate, names_to_look_for
from store.catalog.records import match_keys
from tests.support.made import names, record


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("on weaving silk looms", "on weaving silk loomz", True),  # four words, a word of five letters
        ("weaving silks looms", "weaving silkz looms", False),  # three words
        ("on weaving silk looms", "on weaving silt looms", False),  # four letters
        ("on knitting silk looms", "on kmitteng silk looms", False),  # eight letters, two errors
        ("on spinnings silk looms", "on spimnengs silk looms", True),  # nine letters, two errors
        ("on spinnings silk looms", "on spimnemgz silk looms", False),  # nine letters, three errors
        ("on weaving silk looms", "on waeving silk looms", True),  # two letters in each other's place
        ("on weaving in 20190", "on weaving in 20191", False),  # numbers
        ("a meta reasoning benchmark here", "a metareasoning benchmark here", True),  # spaces alone
        ("a meta reasoning benchmark here", "a metareasonink benchmark here", False),
    ],
)
def test_titles_are_near_duplicates_up_to_typing_errors(one: str, other: str, expected: bool) -> None:
    assert is_near_duplicate(one.split(), other.split()) == expected
    assert is_near_duplicate(other.split(), one.split()) == expected


def test_the_newest_hundred_titles_of_an_author_are_compared() -> None:
    titles = TitlesByAuthor()
    for number in range(101):
        titles.add(["ada byron"], number, "On Weaving Silk by Machines")
    assert titles.near(["ada byron"], "On Weaving Silk by Machnes") == list(range(100))
    assert MOST_PER_AUTHOR == 100
    assert not titles.near([], "On Weaving Silk by Machines")


def test_titles_are_looked_for_by_the_first_author_and_both_ends_of_the_alphabet() -> None:
    assert names_to_look_for(record(authors=names("Noam Shazeer", "Cy Dee", "Ashish Vaswani", "Ada Byron"))) == {
        "noam shazeer",
        "shazeer noam",
        "ada byron",
        "byron ada",
        "ashish vaswani",
        "vaswani ashish",
    }
    assert not names_to_look_for(record(authors=()))


@pytest.mark.parametrize(("title", "found"), [("Silk from Looms", True), ("Cotton and Wool", False)])
def test_titles_that_are_alike_are_found(title: str, found: bool) -> None:
    titles = TitlesByAuthor()
    titles.add(["ada byron"], 1, "Silk from a Loom")
    assert titles.near(["ada byron"], title) == [1] * found


def test_a_title_is_found_where_every_name_is_spelt_otherwise() -> None:
    one = record("Warlock, a Tool for Warehouses", authors=names("Thomas Stöhr"), published="2001")
    other = record("Warlock: A Tool for Warehouses", authors=names("Thomas Sthr"), published="2002-09")
    assert set(match_keys(one)) & set(match_keys(other)) == {("title", "warlock a tool for warehouses|")}


def test_a_short_title_finds_nothing_by_itself() -> None:
    one, other = record("On Big Looms", authors=names("Ada Bee")), record("On Big Looms", authors=names("Cy Dee"))
    assert set(match_keys(one)).isdisjoint(match_keys(other))
    assert records.LEAST_WORDS == 4
