"""The query language: what is read, what is said back, and what it means for a paper."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.catalog.merge import merge
from store.models import Authorship, Paper, PaperRecord, Source
from store.search.matcher import FoldedPaper, Reason, Rejection, asks_for_words, matches, missing, relevance
from store.search.parser import MAX_LENGTH, QueryError, parse

SOURCE = Source(kind="bibtex", name="made.bib", retrieved=datetime(2026, 1, 1, tzinfo=UTC))


def paper(title: str = "WebRL: Training LLM Web Agents", **fields: object) -> Paper:
    record = {
        "source": SOURCE,
        "title": title,
        "abstract": "Large language models act as web agents; a survey is not given.",
        "authors": [Authorship(name="Zehan Qi", position=1), Authorship(name="Iat Long Iong", position=2)],
        "published": "2024-11-04",
        "category": "cs.CL",
        "cross_lists": ("cs.AI", "stat.ML"),
        "has_code": True,
        **fields,
    }
    return merge("aaaaaaaaaaaaa", [PaperRecord.model_validate(record)])


def said(query: str, of: Paper | None = None) -> list[str] | str | None:
    result = matches(parse(query), of or paper())
    if isinstance(result, Rejection):
        return f"{result.rule}: {result.reason.text}"
    return None if result is None else [reason.text for reason in result]


@given(st.text(max_size=60) | st.text(alphabet='ab -"|=:author:cat.CLcodeyes since2024', max_size=60))
def test_what_is_read_is_said_back_and_read_again(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert str(error).endswith((".", "tools.", "b -c."))
        return
    assert parse(query.canonical()) == query
    assert query.explain().startswith("papers ")
    matches(query, paper())


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("  web   agents ", "web agents"),
        ("“web agents” –survey", '"web agents" -survey'),
        ('author:"Zehan Qi" CAT:CS.cl', 'author:"Zehan Qi" cat:cs.CL'),
        ("a | b|c", "a|b|c"),
        ("cat:cs.* cat:ai cat:HEP-TH x", "cat:cs cat:AI cat:hep-th x"),
        ("WebRL: Training", "WebRL Training"),
        ('"agents" ="agents" =agents', "=agents =agents =agents"),
        ("=multi-agent a=b", '=multi-agent "a=b"'),
        ("since:2024 until:2025-06", "since:2024 until:2025-06"),
        ("tools & agents", "tools agents"),
        ("a survey of the agents", "survey agents"),
        ('=of "a survey" -the', '=of "a survey" -the'),
        ("of the", "of the"),
        ("-survey the", "-survey the"),
    ],
)
def test_a_query_is_said_back_in_one_form(query: str, canonical: str) -> None:
    assert parse(query).canonical() == canonical


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("", "Say what to look for"),
        ("!!! ...", "Say what to look for"),
        ("-survey", "only says what to leave out"),
        ('"web agents', "not closed"),
        ("auther:Qi", "no field “auther:”"),
        ("author: Qi", "After author:"),
        ("author:Z.", "After author:"),
        ("cat:Computer_Science", "After cat:"),
        ("code:maybe", "After code:"),
        ("since:2024-13", "After since:"),
        ("until:2023-02-29", "After until:"),
        ("-since:2024 a", "A date cannot be excluded"),
        ("a|", "After |"),
        ("|a", "Before |"),
        ("a|-b", "An exclusion cannot be an alternative"),
        ("a OR b", "Leave OR out"),
        ("-... a", "no letter or digit"),
        ("x" * (MAX_LENGTH + 1), "at most"),
        (" ".join("ab" for _ in range(40)), "too many parts"),
    ],
)
def test_what_cannot_be_read_is_explained(query: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint.replace("|", r"\|")):
        parse(query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("agent", ["word “agent” as “agents” in title"]),
        ("agents", ["word “agents” in title"]),
        ("=agent", None),
        ('"agent"', None),
        ("=agents", ["word “agents” in title"]),
        ("web-agent", ["phrase “web-agent” as “web agents” in title"]),
        ("webs-agent", None),
        ('"web agent"', None),
        ("agent -surveys", "-surveys: word “surveys” as “survey” in abstract"),
        ("agent -=surveys", ["word “agent” as “agents” in title"]),
        ('"web agents" language', ["phrase “web agents” in title", "word “language” in abstract"]),
        ('"agents web"', None),
        ('"agents large"', None),
        ("LLM-Web", ["phrase “LLM-Web” in title"]),
        ("agents -survey", "-survey: word “survey” in abstract"),
        ("nothing -survey", None),
        ("robots|agents", ["word “agents” in title"]),
        ("code:yes", ["has code"]),
        ("agents -code:yes", "-code:yes: has code"),
        ("code:no", None),
        ("cat:cs.CL", ["category cs.CL"]),
        ("cat:ai", ["category cs.AI"]),
        ("cat:stat.ML", ["category stat.ML"]),
        ("cat:cs cat:stat.*", ["category cs", "category stat"]),
        ("cat:cs.LG", None),
        (
            "since:2024-11-04 until:2024-11",
            ["published 4 Nov 2024, since 4 Nov 2024", "published 4 Nov 2024, until Nov 2024"],
        ),
        ("since:2024-12", None),
        ("until:2023", None),
    ],
)
def test_narrow_means_narrow(query: str, expected: list[str] | str | None) -> None:
    assert said(query) == expected


@pytest.mark.parametrize("bare", ["CL", "cl"])
@pytest.mark.parametrize("query", ["cat:CL", "cat:cs.CL", "cat:cs"])
def test_an_author_pages_bare_category_is_one_of_computer_science(bare: str, query: str) -> None:
    assert said(query, paper(category=bare, cross_lists=()))


@pytest.mark.parametrize(
    ("asked", "name", "same"),
    [
        ("Zehan Qi", "Zehan Qi", True),
        ("qi zehan", "Zehan Qi", True),
        ("Z. Qi", "Zehan Qi", True),
        ("Qi Z", "Zehan Qi", True),
        ("Qi", "Zehan Qi", True),
        ("Zehan", "Zehan Qi", False),
        ("Zehan Qi", "Z. Qi", False),
        ("Zehan Qi", "Zehao Qi", False),
        ("Zehan Qi", "Zehan Qian", False),
        ("Michael Jordan", "Michael I. Jordan", True),
        ("Michael I. Jordan", "Michael Jordan", True),
        ("M. I. Jordan", "Michael Irwin Jordan", True),
        ("Michael A. Jordan", "Michael I. Jordan", False),
        ("Iat Iong", "Iat Long Iong", False),
        ("Jose Oller", "José Oller", True),
        ("Team GLM", "Team GLM", True),
    ],
)
def test_a_name_is_that_name(asked: str, name: str, same: bool) -> None:
    of = paper(authors=[Authorship(name="Somebody Else"), Authorship(name=name)])
    assert matches(parse(f'author:"{asked}"'), of) == (
        (Reason(kind="author", text=f"author {name}"),) if same else None
    )


@pytest.mark.parametrize(
    ("published", "query", "inside"),
    [
        ("2024", "since:2024-01-01", True),
        ("2024", "since:2024-02", False),
        ("2024", "until:2024-12-31", True),
        ("2024", "until:2024-06", False),
        ("2024-02", "until:2024-02-29", True),
        ("2024-02", "until:2024-02-28", False),
        ("2024-02", "since:2024-02-01", True),
        (None, "since:2024", False),
        (None, "until:2024", False),
    ],
)
def test_a_vague_date_counts_only_where_all_of_it_lies_within(published: str | None, query: str, inside: bool) -> None:
    assert bool(said(query, paper(published=published))) == inside


def test_what_is_missing_is_named() -> None:
    query = parse("agents robots|drones cat:math -survey")
    assert [clause.canonical() for clause in missing(query, FoldedPaper.of(paper()))] == ["robots|drones", "cat:math"]


def test_a_query_is_explained_in_plain_words() -> None:
    assert parse('agents author:"Zehan Qi"|cat:cs.CL code:yes since:2024 -survey').explain() == (
        "papers with “agents” in title or abstract, and by “Zehan Qi” or in cs.CL, and with code,"
        " and published since 2024; but not with “survey” in title or abstract"
    )
    assert parse('web author:Qi agents "key point" a|b -survey -code:no -tutorial').explain() == (
        "papers with “web”, “agents” and “key point” in title or abstract, and by “Qi”, and with “a” or “b” in title or"
        " abstract; but not with “survey” or “tutorial” in title or abstract, nor without known code"
    )


def test_papers_are_more_relevant_by_what_the_query_asks_for_and_by_their_titles() -> None:
    title, abstract = paper("Looms of Lyon", abstract="Wool."), paper("Silk", abstract="Looms and looms.")
    both = paper("Web agents and looms", abstract="Web agents, a web of agents.")
    asked = parse("looms cat:cs.CL -wool")
    assert [relevance(asked, one) for one in (title, abstract, both)] == [3, 2, 3]
    assert relevance(parse('"web agents"'), both) == 4, "not in: a web of agents"
    assert asks_for_words(asked) and not asks_for_words(parse("cat:cs.CL -wool"))
