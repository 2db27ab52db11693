from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.formats import bibtex
from store.models import ParsedSource
from tests.seeds.making import ids, names, only, source


def read(text: str | bytes) -> ParsedSource:
    return bibtex.read(text.encode() if isinstance(text, str) else text, source("bibtex"))


def test_an_entry_is_read_whole() -> None:
    record = only(
        read(
            r"""@string{acl = "Annual Meeting of the {ACL}"}
            @inproceedings{DBLP:conf/acl/ByronB26,
              title = {On {W}eaving $n^2$ Looms}, subtitle = {A Survey},
              author = {Byron, Ada and von der Berg, Jr., Hans and Erd\H{o}s, P{\'a}l and {OpenAI} and others},
              booktitle = acl, year = 2026, month = may, day = 4, abstract = {We weave 80\% more.
                 Code: \url{https://github.com/a/b_c}.},
              eprint = {2605.00001v2}, archiveprefix = {arXiv}, primaryclass = {cs.CL},
              doi = {https://doi.org/10.18653/v1/2026.acl-long.1}, url = {https://aclanthology.org/2026.acl-long.1/}}"""
        )
    )
    assert record.title == "On Weaving n² Looms: A Survey"
    assert names(record) == ["Ada Byron", "Hans von der Berg, Jr.", "Pál Erdős", "OpenAI"]
    assert [author.is_group for author in record.authors] == [False, False, False, True]
    assert not record.authors_complete
    assert record.abstract == "We weave 80% more. Code: https://github.com/a/b_c."
    assert (record.published, record.venue, record.category) == ("2026-05-04", "Annual Meeting of the ACL", "cs.CL")
    assert ids(record) == [
        "doi:10.18653/v1/2026.acl-long.1",
        "acl:2026.acl-long.1",
        "arxiv:2605.00001",
        "dblp:conf/acl/ByronB26",
    ]
    assert [f"{link.kind} {link.url}" for link in record.links] == [
        "other https://aclanthology.org/2026.acl-long.1/",
        "code https://github.com/a/b_c",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        "journal = {arXiv preprint arXiv:2605.00001}",
        "journal = {CoRR}, volume = {abs/2605.00001}",
        "howpublished = {\\url{https://arxiv.org/abs/2605.00001v3}}",
        "eprint = {2605.00001}",
        "note = {arXiv:2605.00001}",
        "doi = {10.48550/arXiv.2605.00001}",
    ],
)
def test_an_arxiv_paper_is_known_however_it_is_cited(fields: str) -> None:
    record = only(read(f"@misc{{x, title = {{On looms}}, author = {{Ada Byron}}, {fields}}}"))
    assert ids(record) == ["arxiv:2605.00001"]
    assert record.venue is None


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ("date = {2026-05-04}", "2026-05-04"),
        ("date = {2026-05/2026-06}", "2026-05"),
        ("year = {2026}, month = {May}", "2026-05"),
        ("year = {2026}, month = 5", "2026-05"),
        ("year = {2026}, month = {13}", "2026"),
        ("year = {2026}, month = {feb}, day = {31}", "2026-02"),
        ("year = {in press}", None),
        ("year = {}", None),
    ],
)
def test_a_date_is_as_exact_as_it_is_good(fields: str, published: str | None) -> None:
    assert only(read(f"@misc{{x, title = {{On looms}}, {fields}}}")).published == published


def test_what_is_good_is_read_and_what_is_not_is_reported_with_its_line() -> None:
    reading = read(
        """% a comment
        @comment{nothing} @preamble{"\\x"}
        @misc{a, title = {One}}
        @string{ours = "Annals"}
        @misc{a, title = {The same key}, journal = ours}
        @misc{, title = {No key}}
        @misc{b, title = {Twice}, title = {Twice again}}
        @misc{c, author = {Nobody}}
        @proceedings{d, title = {Proceedings}, year = 2026}
        @inproceedings{e, title = {Inherits}, crossref = {d}}
        @misc{f, title = {Not closed},
        @misc{g, title = {After it}}
        """
    )
    assert [one.title for one in reading.papers] == [
        "One",
        "The same key",
        "No key",
        "Twice again",
        "Inherits",
        "After it",
    ]
    assert reading.papers[1].venue == "Annals"
    inherits = reading.papers[4]
    assert (inherits.venue, inherits.published) == ("Proceedings", "2026")
    assert [(problem.line, problem.message.split(":")[0]) for problem in reading.problems] == [
        (8, "“c” is not read"),
        (11, "this entry cannot be read"),
    ]


@pytest.mark.parametrize(
    ("content", "title", "problems"),
    [
        ("@misc{x, title = {Žluťoučký}}".encode("utf-16"), "Žluťoučký", 0),
        (b"\xef\xbb\xbf" + "@misc{x, title = {Žluťoučký}}".encode(), "Žluťoučký", 0),
        (b"% Encoding: windows-1250\n" + "@misc{x, title = {Žluťoučký}}".encode("cp1250"), "Žluťoučký", 0),
        ("@misc{x, title = {Café}}".encode("cp1252"), "Café", 1),
        (b"@misc{x,\r\n title = {Caf\\'e}\r\n}\r\n", "Café", 0),
    ],
)
def test_encodings(content: bytes, title: str, problems: int) -> None:
    reading = read(content)
    assert [one.title for one in reading.papers] == [title]
    assert len(reading.problems) == problems


def test_a_file_without_records_is_a_problem() -> None:
    assert [problem.message for problem in read("Dear Sir,").problems] == ["there is no BibTeX entry in it"]


words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9).map(str.title).filter(lambda word: word != "And")


@given(
    st.lists(
        st.tuples(
            st.lists(words, min_size=1, max_size=9).map(" ".join),
            st.lists(st.tuples(words, words), min_size=1, max_size=5),
            st.integers(1500, 2199),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_entries_read_back_as_they_were_written(entries: list[tuple[str, list[tuple[str, str]], int]]) -> None:
    text = ""
    for place, (title, people, year) in enumerate(entries):
        listed = " and ".join(f"{family}, {given}" for given, family in people)
        text += f"@article{{k{place},\n  title = {{{{{title}}}}},\n  author = {{{listed}}},\n  year = {year}\n}}\n\n"
    reading = read(text)
    assert reading.problems == ()
    assert [(one.title, names(one), one.published) for one in reading.papers] == [
        (title, [f"{given} {family}" for given, family in people], str(year)) for title, people, year in entries
    ]


@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from(["@misc", "{", "}", "a", ",", "title", "=", '"', "\n", "#", "author", " and "])).map(
        lambda parts: "".join(parts).encode()
    )
)
def test_any_content_is_read_without_exception(content: bytes) -> None:
    reading = read(content)
    assert reading.papers or reading.problems or not content.strip() or content.startswith(b"@")
