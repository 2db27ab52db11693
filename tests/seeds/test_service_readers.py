"""Answers of services in the forms that surprise: one for many, nulls, pages of several people, changed forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from seeds.record_builder import UnreadableRecordError
from seeds.services.answers import ServiceAnswer
from seeds.services.readers import READERS, AnswerKind
from seeds.xml import XmlError
from store.models import Notice, SourceKind
from tests.seeds.making import RECORDINGS, ids, source

KINDS: dict[str, SourceKind] = {"arxiv": "arxiv", "crossref": "crossref", "dblp": "dblp", "openalex": "openalex",
                                "openreview": "openreview", "orcid": "orcid", "s2": "s2"}  # fmt: skip


def read(kind: AnswerKind, content: Any) -> ServiceAnswer:
    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    return READERS[kind](body, source(KINDS[kind.split()[0]]))


def hits(*infos: Any) -> Any:
    found = [{"info": info} for info in infos]
    return {
        "result": {
            "hits": {"@total": str(len(found)), **({"hit": found[0] if len(found) == 1 else found} if found else {})}
        }
    }


ADA = {"author": "Ada Example 0001", "url": "https://dblp.org/pid/12/345-1"}


def test_dblp_has_an_object_for_one_hit_and_nothing_for_none() -> None:
    assert [len(read("dblp people", hits(*found)).people) for found in ((), (ADA,), (ADA, ADA))] == [0, 1, 2]


def test_dblps_number_is_identity_and_not_name() -> None:
    aliases = {"alias": ["A. Example 0001", "Ada B. Example"]}
    notes = {
        "note": [{"@type": "award", "text": "A Prize"}, {"@type": "affiliation", "text": "Made University (2010-2014)"}]
    }
    (ada,) = read("dblp people", hits({**ADA, "aliases": aliases, "notes": notes})).people
    assert (ada.name, ada.identifier.value) == ("Ada Example", "12/345-1")
    assert ada.other_names == ("A. Example", "Ada B. Example", "Ada Example 0001", "A. Example 0001")
    assert ada.spellings == ("A. Example", "Ada B. Example"), "without the numbers of namesakes"
    (place,) = ada.affiliations
    assert (place.name, place.first_year, place.last_year) == ("Made University", 2010, 2014)
    (bert,) = read("dblp people", hits({**ADA, "author": "Bert 007"})).people
    assert bert.name == "Bert 007", "not four digits"


PAPER = '<r><article key="journals/x/Y1"><author>{}</author><title>On Looms.</title><year>{}</year></article></r>'


def test_a_page_of_dblp_has_the_person_and_the_papers_newest_first() -> None:
    page = (
        '<dblpperson name="Ada Example 0001" pid="12/345-1" n="9"><person key="homepages/12/345-1">'
        '<author pid="12/345-1">Ada Example 0001</author><author>Ada M&uuml;ller</author>'
        '<note type="affiliation" label="former">Made University</note><note type="award">A Prize</note>'
        "<url>https://orcid.org/0000-0002-1825-0097</url><url>https://ada.example/</url></person>"
        f"{PAPER.format('Ada Example 0001', 2010)}{PAPER.format('Ada M&uuml;ller', 2020)}"
        "<r><proceedings><editor>Ada Example 0001</editor><title>All.</title></proceedings></r></dblpperson>"
    )
    answer = read("dblp person", page)
    (ada,) = answer.people
    assert (ada.name, ada.other_names) == ("Ada Example", ("Ada Müller", "Ada Example 0001"))
    assert [one.value for one in ada.identifiers] == ["12/345-1", "0000-0002-1825-0097"]
    assert (ada.papers, ada.first_year, ada.last_year, ada.homepage) == (2, 2010, 2020, "https://ada.example/")
    assert [paper.published for paper in answer.papers] == ["2020", "2010"]
    assert answer.papers[1].authors[0].name == "Ada Example"


@pytest.mark.parametrize("kind", ["openalex person", "s2 person"])
def test_a_person_of_nulls_is_a_name_and_an_id(kind: AnswerKind) -> None:
    names = {
        "id": "https://openalex.org/A5000000001",
        "display_name": "Ada Example",
        "authorId": "17",
        "name": "Ada Example",
    }
    nulls = dict.fromkeys(
        ["orcid", "ids", "affiliations", "topics", "counts_by_year", "summary_stats", "works_count", "papers",
         "externalIds", "homepage", "hIndex", "display_name_alternatives", "last_known_institutions"]
    )  # fmt: skip
    (ada,) = read(kind, {**names, **nulls}).people
    assert ada.name == "Ada Example"
    assert (ada.papers, ada.h_index, ada.affiliations, ada.fields, ada.last_year) == (None, None, (), (), None)
    assert ada.page().metrics == ()


def test_figures_of_a_person_are_those_of_an_author_page() -> None:
    author = {"authorId": "17", "name": "Ada Example", "paperCount": 3, "citationCount": 40, "hIndex": 2,
              "papers": [{"title": "Less", "citationCount": 1, "year": 2001, "fieldsOfStudy": ["Biology"]},
                         {"title": "More", "citationCount": 39, "year": None, "fieldsOfStudy": None}]}  # fmt: skip
    (ada,) = read("s2 person", author).people
    assert {metric.name: metric.value for metric in ada.page().metrics} == {"h_index": 2, "papers": 3, "citations": 40}
    assert (ada.best_known, ada.first_year, ada.page().field) == ("More", 2001, "Biology")


def test_what_a_batch_lacks_is_null() -> None:
    answer = read("s2 batch", [None, {"paperId": "a" * 40, "title": "On Looms"}, None])
    assert [paper.title for paper in answer.papers] == ["On Looms"]


def test_one_record_that_cannot_be_read_is_a_problem_and_not_a_failure() -> None:
    answer = read("openalex work", {"id": "https://openalex.org/W1", "title": None})
    assert answer.papers == () and "it has no title" in answer.problems[0].message


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("openalex people", {"results": None}),
        ("openalex people", {"results": [{"ID": 1}, {"ID": 2}]}),
        ("openalex works", {"items": []}),
        ("openalex works", "[]"),
        ("s2 people", {"authors": []}),
        ("s2 batch", {"error": "x"}),
        ("dblp people", {"result": "none"}),
        ("dblp person", "<html/>"),
        ("dblp record", "<dblp/>"),
        ("crossref works", {"message": {"item": []}}),
        ("orcid record", {"path": "x"}),
        ("openreview notes", {"note": []}),
        ("arxiv entries", "<html/>"),
        ("arxiv entries", "no XML"),
    ],
)
def test_a_changed_form_is_told(kind: AnswerKind, content: Any) -> None:
    with pytest.raises((UnreadableRecordError, XmlError)):
        read(kind, content)


@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: {"value": value}])
def test_openreview_wraps_values_since_its_second_interface(wrap: Callable[[Any], Any]) -> None:
    content = {
        "title": "On Looms",
        "abstract": "We weave.",
        "authors": ["Ada Example", "Ben Sample"],
        "venue": "Made 2024",
    }
    note = {
        "id": "aB3_dE-f10",
        "forum": "aB3_dE-f10",
        "pdate": 1714780800000,
        "content": {k: wrap(v) for k, v in content.items()},
    }
    (paper,) = read("openreview notes", {"notes": [note]}).papers
    assert (paper.title, paper.abstract, paper.venue, paper.published) == (
        "On Looms",
        "We weave.",
        "Made 2024",
        "2024-05-04",
    )
    assert ids(paper) == ["openreview:aB3_dE-f10"] and len(paper.authors) == 2
    assert read("openreview notes", {"notes": []}).missing


def test_crossref_tells_of_preprints_and_retractions() -> None:
    work = {"title": ["On Looms"], "DOI": "10.1000/x", "author": [{"family": "Sample"}],
            "relation": {"has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.2405.00001"}]},
            "updated-by": [{"type": "retraction", "DOI": "10.1000/y", "source": "retraction-watch"}]}  # fmt: skip
    (paper,) = read("crossref work", {"message": work}).papers
    assert ids(paper) == ["doi:10.1000/x", "arxiv:2405.00001"] and paper.withdrawn
    (paper,) = read("crossref work", {"message": {**work, "updated-by": [{"type": "correction"}]}}).papers
    assert not paper.withdrawn


def test_crossref_tells_who_registered_a_notice_when_and_what_a_work_cites() -> None:
    work = {"title": ["On Looms"], "DOI": "10.1000/x", "reference": [
                {"key": "1", "DOI": "10.1000/A"}, {"key": "2", "unstructured": "Byron 1843"}, {"DOI": None},
                {"key": "3", "DOI": "10.48550/arXiv.2405.00001"}, {"key": "4", "DOI": "10.1000/a"}],
            "updated-by": [
                {"type": "correction", "DOI": "10.1000/c", "source": "publisher", "updated": {"date-parts": [[2024, 5, 6]]}},
                {"type": "retraction", "DOI": "10.1000/r", "source": "retraction-watch", "record-id": 17,
                 "updated": {"date-time": "2025-02-03T00:00:00Z", "timestamp": 1}},
                {"type": "expression_of_concern", "source": "retraction-watch"},
                {"type": "new_version", "DOI": "10.1000/n"}, None, {"type": 3}]}  # fmt: skip
    (paper,) = read("crossref work", {"message": work}).papers
    assert paper.withdrawn and paper.notices == (
        Notice(kind="correction", told_by="the publisher", date="2024-05-06", doi="10.1000/c"),
        Notice(kind="retraction", told_by="Retraction Watch", date="2025-02-03", doi="10.1000/r"),
        Notice(kind="concern", told_by="Retraction Watch"),
    )
    assert [f"{one.scheme}:{one.value}" for one in paper.cites] == ["doi:10.1000/a", "arxiv:2405.00001"]
    (paper,) = read("crossref work", {"message": {**work, "updated-by": work["updated-by"][:1]}}).papers
    assert not paper.withdrawn and len(paper.notices) == 1


RECORDED = RECORDINGS / "e_crossref/CoLRev-Environment__colrev/10.1177_02683962211048201.json"


@pytest.mark.skipif(not RECORDED.exists(), reason=f"no recording at {RECORDED}")
def test_the_references_of_a_recorded_work_are_read() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    (paper,) = read("crossref work", {"message": recorded.get("message", recorded)}).papers
    assert len(paper.cites) == 88 and paper.notices == ()


def test_openalex_marks_what_is_retracted() -> None:
    work = {"id": "https://openalex.org/W1", "title": "On Looms", "is_retracted": True}
    (paper,) = read("openalex work", work).papers
    assert paper.withdrawn and paper.notices == (Notice(kind="retraction", told_by="OpenAlex"),)


def test_an_orcid_record_may_be_nearly_empty() -> None:
    record = {
        "orcid-identifier": {"path": "0000-0002-1825-0097"},
        "person": {"name": {"given-names": {"value": "Ada"}}},
    }
    answer = read("orcid record", {**record, "activities-summary": None})
    assert (answer.people[0].name, answer.people[0].papers, answer.papers) == ("Ada", None, ())


def test_services_say_who_the_authors_of_a_paper_are() -> None:
    orcid, pid = "0000-0002-1825-0097", "12/345-1"
    work = {
        "id": "https://openalex.org/W1",
        "title": "On Looms",
        "authorships": [
            {"raw_author_name": "A. Example", "author": {"id": "https://openalex.org/A5000000001", "orcid": None}},
            {"author": {"id": None, "display_name": "Ben Sample", "orcid": f"https://orcid.org/{orcid}"}},
        ],
    }
    listed = [{"authorId": "17", "name": "Ada Example"}, {"authorId": None, "name": "Ben Sample"}]
    record = (
        f'<dblp><article key="x/Y"><author pid="{pid}" orcid="{orcid}">Ada Example 0001</author>'
        "<title>On Looms.</title></article></dblp>"
    )
    answers: tuple[tuple[AnswerKind, object], ...] = (
        ("openalex work", work),
        ("s2 papers", {"data": [{"paperId": "a", "title": "On Looms", "authors": listed}]}),
        ("dblp record", record),
        (
            "dblp papers",
            hits({"title": "On Looms", "authors": {"author": {"@pid": pid, "text": "Ada Example 0001"}}}),
        ),
        ("crossref work", {"message": {"title": ["On Looms"], "author": [{"family": "Sample", "ORCID": orcid}]}}),
    )
    found = [
        [(one.name, one.scheme, one.value) for one in read(kind, content).papers[0].author_ids]
        for kind, content in answers
    ]
    assert found == [
        [("A. Example", "openalex", "A5000000001"), ("Ben Sample", "orcid", orcid)],
        [("Ada Example", "s2", "17")],
        [("Ada Example", "dblp", pid), ("Ada Example", "orcid", orcid)],
        [("Ada Example", "dblp", pid)],
        [("Sample", "orcid", orcid)],
    ]
