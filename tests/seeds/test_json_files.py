from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.formats import json_files
from seeds.markup import without_markup
from store.catalog.merge import merge
from store.models import Authorship, Identifier, Link, PaperRecord, ParsedSource
from tests.seeds.making import ids, names, only, source

SOURCE = source("dump")


def read(value: Any) -> ParsedSource:
    return json_files.read(json.dumps(value).encode(), SOURCE)


CSL = {
    "id": "x",
    "type": "paper-conference",
    "title": "On looms",
    "author": [
        {"given": "Ada", "family": "Byron"},
        {"given": "Hans", "non-dropping-particle": "von", "family": "Berg", "suffix": "Jr."},
        {"literal": "ATLAS Collaboration"},
    ],
    "issued": {"date-parts": [["2026", 5, "4"]]},
    "container-title": "Looms",
    "DOI": "10.1000/A",
    "URL": "https://example.org/a",
    "abstract": "We weave.",
}
CROSSREF = {
    "status": "ok",
    "message": {
        "indexed": {},
        "title": ["On H<sub>2</sub>O &amp; <i>looms</i>"],
        "subtitle": ["A survey"],
        "abstract": "<jats:title>Abstract</jats:title><jats:p>We weave x &lt; y.</jats:p>",
        "author": [{"given": "Ada", "family": "Byron", "affiliation": [{"name": "London"}]}],
        "issued": {"date-parts": [[2026]]},
        "published-online": {"date-parts": [[2026, 5, 4]]},
        "container-title": ["Looms"],
        "DOI": "10.1000/a<1::aid>3",
        "URL": "http://dx.doi.org/10.1000/a<1::aid>3",
        "is-referenced-by-count": 7,
    },
}
OPENALEX = {
    "id": "https://openalex.org/W1234567",
    "doi": "https://doi.org/10.1000/a",
    "title": "On looms",
    "authorships": [{"author": {"display_name": "Ada Byron"}, "institutions": [{"display_name": "London"}]}],
    "publication_date": "2026-05-04",
    "abstract_inverted_index": {"We": [0, 2], "weave,": [1], "wove.": [3]},
    "primary_location": {"source": {"display_name": "Looms"}, "pdf_url": "https://example.org/a.pdf"},
    "locations": [{"landing_page_url": "https://arxiv.org/abs/2605.00001"}],
    "cited_by_count": 7,
}
S2 = {
    "paperId": "a" * 40,
    "externalIds": {"ArXiv": "2605.00001", "DOI": "10.1000/a", "ACL": "2026.acl-long.1", "DBLP": "conf/acl/X"},
    "title": "On looms",
    "abstract": "We weave.",
    "authors": [{"name": "Ada Byron"}],
    "year": 2026,
    "publicationDate": "2026-05-04",
    "venue": "Looms",
    "citationCount": 7,
}
DBLP = {
    "result": {
        "hits": {
            "hit": [
                {
                    "info": {
                        "key": "conf/x/A",
                        "title": "On looms.",
                        "authors": {"author": "Ada Byron 0001"},
                        "year": "2026",
                    }
                },
                {
                    "info": {
                        "key": "journals/corr/B",
                        "title": "Off looms.",
                        "authors": {"author": [{"text": "Ada Byron"}, "Bo Li"]},
                        "venue": "CoRR",
                        "volume": "abs/2605.00001",
                        "year": "2026",
                    }
                },
            ]
        }
    }
}
SNAPSHOT = {
    "id": "2605.00001",
    "title": "On\n  $n$ looms",
    "authors": "A. Byron",
    "authors_parsed": [["Byron", "Ada", ""], ["King", "M. L.", "Jr."], ["Erd\\H{o}s", "P.", "", "Budapest"]],
    "categories": "cs.CL cs.AI",
    "abstract": " We weave. ",
    "doi": None,
    "journal-ref": "Looms 1",
    "versions": [{"version": "v1", "created": "Mon, 4 May 2026 10:00:00 GMT"}],
    "update_date": "2026-05-06",
}
PLAIN = {
    "id": 1,
    "source_id": "acl:A00-1",
    "title": "On looms",
    "authors": ["Ada Byron", "Li, Bo"],
    "year": 2026,
    "citations": 7,
}


def test_csl() -> None:
    record = only(read([CSL]))
    assert names(record) == ["Ada Byron", "Hans von Berg, Jr.", "ATLAS Collaboration"]
    assert (record.title, record.abstract, record.venue, record.published) == (
        "On looms",
        "We weave.",
        "Looms",
        "2026-05-04",
    )
    assert (ids(record), record.source.kind) == (["doi:10.1000/a"], "csl")


def test_crossref() -> None:
    record = only(read(CROSSREF))
    assert (record.title, record.abstract) == ("On H₂O & looms: A survey", "We weave x < y.")
    assert (record.published, record.venue, record.citations) == ("2026-05-04", "Looms", 7)
    assert (ids(record), record.affiliations, record.source.kind) == (
        ["doi:10.1000/a<1::aid>3"],
        ("London",),
        "crossref",
    )


def test_openalex() -> None:
    record = only(read({"meta": {}, "results": [OPENALEX]}))
    assert (record.abstract, names(record), record.affiliations) == ("We weave, We wove.", ["Ada Byron"], ("London",))
    assert (record.published, record.venue, record.citations) == ("2026-05-04", "Looms", 7)
    assert ids(record) == ["doi:10.1000/a", "openalex:W1234567", "arxiv:2605.00001"]
    assert record.source.kind == "openalex"
    gap = OPENALEX | {"abstract_inverted_index": {"We": [0], "cloth": [3]}}
    assert only(read(gap)).abstract is None
    assert read({"id": "https://openalex.org/A1", "display_name": "Ada Byron"}).papers == ()


def test_semantic_scholar() -> None:
    record = only(read({"total": 1, "data": [{"citingPaper": S2}]}))
    assert ids(record) == [
        "arxiv:2605.00001",
        "doi:10.1000/a",
        "acl:2026.acl-long.1",
        "dblp:conf/acl/X",
        "s2:" + "a" * 40,
    ]
    assert (record.published, record.venue, record.citations) == ("2026-05-04", "Looms", 7)
    assert (names(record), record.source.kind) == (["Ada Byron"], "s2")


def test_dblp() -> None:
    reading = read(DBLP)
    assert [(one.title, names(one), one.venue) for one in reading.papers] == [
        ("On looms", ["Ada Byron"], None),
        ("Off looms", ["Ada Byron", "Bo Li"], None),
    ]
    assert [ids(one) for one in reading.papers] == [["dblp:conf/x/A"], ["dblp:journals/corr/B", "arxiv:2605.00001"]]


def test_arxiv_snapshot() -> None:
    record = only(read(SNAPSHOT))
    assert (record.title, record.abstract) == ("On n looms", "We weave.")
    assert names(record) == ["Ada Byron", "M. L. King, Jr.", "P. Erdős"]
    assert (record.category, record.cross_lists) == ("cs.CL", ("cs.AI",))
    assert (record.published, record.updated, record.venue) == ("2026-05-04", "2026-05-06", "Looms 1")
    assert (ids(record), record.source.kind) == (["arxiv:2605.00001"], "arxiv")


def test_plain_records() -> None:
    record = only(read(PLAIN))
    assert (names(record), record.published, record.citations) == (["Ada Byron", "Bo Li"], "2026", 7)
    assert (ids(record), record.source) == (["acl:A00-1"], SOURCE)
    several = read(
        [PLAIN | {"authors": "Ada Byron; Li, Bo"}, {"title": "x", "author": "A B and C D", "abstract": "We."}]
    )
    assert [names(one) for one in several.papers] == [["Ada Byron", "Bo Li"], ["A B", "C D"]]


def test_lines_go_on_after_bad_ones() -> None:
    lines = [
        json.dumps(SNAPSHOT),
        "{",
        "",
        json.dumps([1]),
        json.dumps({"title": ""}),
        '{"a":' * 100_000,
        json.dumps(PLAIN),
    ]
    reading = json_files.read("\n".join(lines).encode(), SOURCE)
    assert [one.title for one in reading.papers] == ["On n looms", "On looms"]
    assert [problem.line for problem in reading.problems] == [2, 4, 5, 6]
    batches = list(json_files.read_lines((line.encode() for line in lines), SOURCE, batch=2))
    assert [len(one.papers) for one in batches] == [1, 0, 0, 1]
    assert [problem.line for one in batches for problem in one.problems] == [2, 4, 5, 6]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"null", b"1", b'"x"', b"[" * 100_000, b"\x00\x01", b'{"data": []}']
)
def test_a_document_without_records_raises_nothing(content: bytes) -> None:
    reading = json_files.read(content, SOURCE)
    assert reading.papers == ()
    assert reading.problems or not content


SAMPLES = [CSL, CROSSREF["message"], OPENALEX, S2, DBLP["result"]["hits"]["hit"][1], SNAPSHOT, PLAIN]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(SAMPLES), st.data())
def test_records_with_any_value_in_any_place_are_read_or_reported(sample: dict[str, Any], data: st.DataObject) -> None:
    changed = dict(sample)
    for key in data.draw(st.lists(st.sampled_from(sorted(sample)), max_size=3)):
        changed[key] = data.draw(anything)
    reading = read([changed, changed])
    assert len(reading.papers) + len(reading.problems) == 2
    for one in reading.papers:
        assert PaperRecord.model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("On <i>looms</i> &amp; cards", "On looms & cards"),
        ("&lt;i&gt;C. elegans&lt;/i&gt; at p &lt;0.05 &gt; q", "C. elegans at p <0.05 > q"),
        ("AT&T, Q&#Xa and &ltA", "AT&T, Q&#Xa and &ltA"),
        ("&#945;&#x3b2; &copy;", "αβ ©"),
        ("where x <y and z> w, a<b", "where x <y and z> w, a<b"),
        ("H<sub>2</sub>O <sup>th</sup>", "H$_{2}$O $^{th}$"),
        ('<jats:p xml:lang="en">One.</jats:p><jats:p>Two.</jats:p>', " One.  Two. "),
        ("<title>Abstract</title><p>We.</p><!-- no -->", "  We.  "),
        ("<tex-math id='a'>$x^2$</tex-math><mml:math><mml:mi>x</mml:mi></mml:math>", " x"),
        (r"<jats:tex-math>\documentclass{a}\begin{document}$x$\end{document}</jats:tex-math>", "$x$"),
    ],
)
def test_markup_becomes_text(marked: str, text: str) -> None:
    assert without_markup(marked) == text


@given(
    st.lists(
        st.sampled_from(
            [
                "<i>",
                "</i>",
                "<p a='b'>",
                "<",
                ">",
                "&lt;",
                "&amp;",
                "<sub>",
                "2",
                "</sub>",
                "-->",
                "7 looms ",
                " ",
            ]
        )
    ).map("".join)
)
def test_no_word_is_taken_for_markup(marked: str) -> None:
    assert without_markup(marked).count("looms") == marked.count("looms")


def test_what_was_exported_is_read_with_all_that_it_says() -> None:
    said = PaperRecord(
        source=SOURCE,
        title="On looms",
        abstract="We weave.",
        authors=(Authorship(name="Ada Byron", position=1), Authorship(name="Hans Berg")),
        authors_complete=False,
        affiliations=("London",),
        published="2026-05-04",
        updated="2026-06-01",
        category="cs.CL",
        cross_lists=("cs.AI",),
        venue="Looms",
        has_code=True,
        citations=7,
        identifiers=(Identifier(scheme="arxiv", value="2605.00001"), Identifier(scheme="doi", value="10.1000/a")),
        links=(Link(kind="code", url="https://github.com/a/looms"),),
    )
    exported = merge("a" * 13, [said]).model_dump(mode="json")
    assert only(read(exported)) == said
    assert only(read(exported | {"authors": [], "links": [{"kind": "x", "url": "javascript:1"}]})).links == ()
