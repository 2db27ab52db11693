"""Evidence: what makes two descriptions one work, and what contradicts it, from both sides of each rule."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.catalog import title_variants
from store.catalog.common_authors import ALIKE_NAMES
from store.catalog.evidence import ALIKE_TITLES, COMMON_AUTHORS, FAR_TITLES, Evidence, compare
from store.models import Identifier, PaperRecord, SourceKind
from tests.support.made import arxiv, names, record, source

ID = arxiv("2401.00001")
KINDS: list[SourceKind] = ["arxiv", "crossref", "bibtex"]


def doi(*values: str) -> tuple[Identifier, ...]:
    return tuple(Identifier(scheme="doi", value=value) for value in values)


def same(one: PaperRecord, other: PaperRecord) -> bool:
    found = compare([one], [other])
    assert found.same == compare([other], [one]).same
    return found.same


def test_versions_with_other_titles_by_the_same_authors_are_one_work() -> None:
    authors = names("Yiran Liu", "Ke Yang", "Zehan Qi")
    titles = (
        "Prejudice and Caprice: A Statistical Framework for Measuring Social Discrimination in Large Language Models",
        "Prejudice and Volatility: A Statistical Framework for Measuring Social Discrimination in Language Models",
        "Bias and Volatility: A Statistical Framework for Evaluating Large Language Model's Stereotypes",
    )
    versions = [record(title, authors=authors, identifiers=ID) for title in titles]
    assert all(same(one, other) for one in versions for other in versions)


def test_an_entry_with_a_strangers_identifier_is_another_work() -> None:
    stranger = record("Fishing in Cold Rivers", authors=names("Ada Byron"), identifiers=ID)
    found = compare([record(identifiers=ID)], [stranger])
    assert not found.same
    assert found.contradictions == ("the titles are far apart and the authors are others",)
    assert found.sentence.startswith(
        "Not the same work: the titles are far apart and the authors are others; both have"
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"identifiers": ID}, {"identifiers": arxiv("2401.00002")}, False),
        ({"identifiers": doi("10.1/x")}, {"identifiers": doi("10.1/y")}, False),
        ({"identifiers": doi("10.1/x")}, {"identifiers": ID}, True),
        # A preprint's DOI beside that of the publication.
        ({"identifiers": doi("10.1101/x")}, {"identifiers": doi("10.1/y")}, False),
        ({"identifiers": (*ID, *doi("10.1101/x"))}, {"identifiers": (*ID, *doi("10.1/y"))}, True),
        ({"identifiers": (*ID, *doi("10.1/x"))}, {"identifiers": (*ID, *doi("10.1/y"))}, False),
        # Lists of several values: they contradict where none agrees, and do not count as shared.
        ({"identifiers": doi("10.1/x", "10.1/y")}, {"identifiers": doi("10.1/y")}, True),
        ({"identifiers": doi("10.1/x", "10.1/y")}, {"identifiers": doi("10.1/z")}, False),
        ({"identifiers": doi("10.1/x", "10.1/y")}, {"identifiers": doi("10.1/y"), "title": "Another Title"}, False),
        # Names.
        ({"identifiers": ID}, {"identifiers": ID, "authors": names("A. Vaswani", "N. Shazeer", "Ada Byron")}, True),
        ({"identifiers": ID}, {"identifiers": ID, "authors": names("Ada Byron")}, True),
        ({}, {"authors": names("Shazeer, N.", "Vaswani Ashish")}, True),
        ({}, {"authors": names("Vaswani A.", "Shazeer N.")}, True),
        ({}, {"authors": names("Vaswani B.", "Shazeer M.")}, False),
        ({}, {"authors": names("Noam Shazeer", "Ashish Vaswani")}, True),
        ({}, {"authors": names("Bashir Vaswani", "Mary Shazeer")}, False),
        ({}, {"authors": ()}, False),
        ({"authors": ()}, {"authors": ()}, True),
        ({"identifiers": ID}, {"identifiers": ID, "authors": ()}, True),
        ({"identifiers": ID}, {"identifiers": ID, "authors": (), "title": "Looms"}, False),
        # Publications in different venues and years.
        ({"venue": "SIGMOD", "published": "1999"}, {"venue": "TODS", "published": "2000"}, False),
        ({"venue": "SIGMOD", "published": "1999"}, {"venue": "TODS", "published": "1999"}, True),
        ({"venue": "SIGMOD", "published": "1999"}, {"venue": "Sigmod", "published": "2000"}, True),
        ({"venue": "SIGMOD", "published": "1999"}, {"venue": "CoRR", "published": "2000"}, True),
        ({"venue": "SIGMOD", "published": "1999"}, {"venue": None, "published": "2000"}, True),
        ({"venue": "SIGMOD", "published": "1999", "identifiers": ID}, {"venue": "TODS", "identifiers": ID}, True),
        # Columns.
        ({"title": "Book Review Column"}, {"title": "Book Review Column", "source": source("c.bib", "bibtex")}, False),
        ({"title": "Book Review Column"}, {"title": "Book Review Column"}, True),
        ({"title": "On Looms, Part I", "published": "1999"}, {"title": "On Looms, Part V", "published": "1999"}, False),
        ({"title": "On Silk and Looms"}, {"title": "Erratum: On Silk and Looms"}, False),
        ({"title": "Guest Editorial", "published": "1999"}, {"title": "Guest Editorial", "published": "1999-02"}, True),
        (
            {"title": "Guest Editorial", "published": "1999", "authors": names("Ada Byron")},
            {
                "title": "Guest Editorial",
                "published": "1999",
                "authors": names("Ada Byron"),
                "source": source("c", "ris"),
            },
            False,
        ),
    ],
)
def test_the_rule(one: dict[str, Any], other: dict[str, Any], expected: bool) -> None:
    given: dict[str, Any] = {"source": source("refs.bib", "bibtex")}
    assert same(record(**given | one), record(**given | other)) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Tutorial: Directory Services for Looms", True),
        ("Directory Services (Tutorial Session) for Looms", True),
        ("Directory Services for Looms: A Short Introduction to the Field", True),
        ("Directory Services for Looms - Guest Editor's Introduction", True),
        ("Directory Services for Looms: Corrections", False),
        ("Directory Services for Looms, Part 2: Silk", False),
        ("Directory Services: A Short Introduction to the Field", False),
    ],
)
def test_a_label_a_bracket_or_a_subtitle_may_be_added_if_all_authors_and_the_year_are_the_same(
    title: str, expected: bool
) -> None:
    one, other = record("Directory Services for Looms", published="1999"), record(title, published="1999-08")
    assert same(one, other) == same(other, one) == expected
    assert not same(one, other.model_copy(update={"published": "2000"}))


def test_for_a_subtitle_half_of_the_authors_are_not_enough() -> None:
    one = record("Directory Services for Looms", published="1999")
    other = record("Directory Services for Looms: A Short Introduction to the Field", published="1999")
    assert same(one, other)
    assert not same(one, other.model_copy(update={"authors": names("Ashish Vaswani", "Ada Byron")}))


def test_two_subtitles_are_of_two_works_and_so_is_a_beginning_of_two_words() -> None:
    one, other = (record(f"Directory Services for Looms: {end}", published="1999") for end in ("Silk in Lyon", "Wool"))
    assert not same(one, other)
    short, long = (
        record(title, published="1999") for title in ("Directory Services", "Directory Services: Silk in Lyon")
    )
    assert not same(short, long)
    assert title_variants.LEAST_WORDS == 3


@pytest.mark.parametrize(("common", "expected"), [(1, True), (0, False)])
def test_of_one_identifier_half_of_the_authors_have_to_agree(common: int, expected: bool) -> None:
    two = ("Ashish Vaswani", "Noam Shazeer")
    one = record("Weaving", authors=names(*two), identifiers=ID)
    other = record("A Loom", authors=names(*two[:common], "Ada Byron", "Grace Hopper")[:2], identifiers=ID)
    assert same(one, other) == expected
    three = record("A Loom", authors=names("Noam Shazeer", "Ada Byron", "Grace Hopper"), identifiers=ID)
    assert not same(record("Weaving", authors=names(*two, "Mary Shelley"), identifiers=ID), three)
    assert COMMON_AUTHORS == 50


def test_without_an_identifier_half_of_the_longer_list_has_to_agree_if_both_are_complete() -> None:
    alone = record(authors=names("Ashish Vaswani"))
    assert same(alone, record(authors=names("Ashish Vaswani", "B Bee")))
    assert not same(alone, record(authors=names("Ashish Vaswani", "B Bee", "C Cee")))
    assert same(alone, record(authors=names("Ashish Vaswani", "B Bee", "C Cee"), authors_complete=False))


def letters(count: int) -> str:
    """A title of a hundred letters, of which so many are others than those of `letters(0)`."""
    return " ".join(["y" * 4] * (count // 4) + ["y" * (count % 4) + "x" * (4 - count % 4)] + ["x" * 4] * 24)[:124]


@pytest.mark.parametrize(("others", "expected"), [(100 - ALIKE_TITLES, True), (101 - ALIKE_TITLES, False)])
def test_where_titles_begin_to_agree(others: int, expected: bool) -> None:
    one, other = record(letters(0), published="1999"), record(letters(others), published="1999-05")
    assert compare([one], [other]).title == 100 - others
    assert same(one, other) == expected
    assert not same(one, other.model_copy(update={"published": "2001"}))
    assert ALIKE_TITLES == 85


@pytest.mark.parametrize(("others", "far"), [(100 - FAR_TITLES, False), (101 - FAR_TITLES, True)])
def test_where_titles_are_far_apart(others: int, far: bool) -> None:
    found = compare(
        [record(letters(0), identifiers=ID)], [record(letters(others), identifiers=ID, authors=names("Ada Byron"))]
    )
    assert (bool(found.contradictions), found.same) == (far, False)
    assert FAR_TITLES == 60


@pytest.mark.parametrize(("name", "expected"), [("Tamer zsuu", True), ("Tamer zzuu", False)])
def test_a_name_with_a_broken_accent_is_the_same(name: str, expected: bool) -> None:
    assert same(record(authors=names("Tamer Ozsu")), record(authors=names(name))) == expected
    assert ALIKE_NAMES == 80


def test_one_of_several_records_is_enough_to_agree() -> None:
    first, retitled = record("First Title", identifiers=ID), record("Another Name of It", identifiers=ID)
    found = compare([first, retitled], [record("Another Name of It", authors=(), identifiers=ID)])
    assert found.same and found.title == 100


RECORDS = st.builds(
    lambda title, people, ids, kind: record(title, authors=names(*people), identifiers=ids, source=source(kind, kind)),
    st.sampled_from(["On Weaving Silk by Machines", "On Weavnig Silk by Machines", "Rivers", "Ä", "一"]),
    st.lists(st.sampled_from(["Ada Byron", "A. Byron", "Grace Hopper", "李 明", "?"]), max_size=3),
    st.sampled_from([(), ID, arxiv("2401.00002"), doi("10.1/x"), doi("10.1/x", "10.1/y"), (*ID, *doi("10.1/x"))]),
    st.sampled_from(KINDS),
)


@given(st.lists(RECORDS, min_size=1, max_size=3), st.lists(RECORDS, min_size=1, max_size=3))
def test_evidence_is_the_same_from_both_sides_and_can_be_stored(
    one: list[PaperRecord], other: list[PaperRecord]
) -> None:
    found, turned = compare(one, other), compare(other, one)
    assert (found.same, found.title, found.authors, found.contradictions, set(found.shared)) == (
        turned.same, turned.title, turned.authors, turned.contradictions, set(turned.shared)
    )  # fmt: skip
    assert not (found.same and found.contradictions)
    assert Evidence.model_validate(json.loads(found.model_dump_json())) == found
    assert found.sentence.endswith(".")


@given(RECORDS)
def test_a_record_does_not_contradict_itself(one: PaperRecord) -> None:
    assert compare([one], [one]).same
