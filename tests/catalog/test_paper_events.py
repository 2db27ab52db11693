"""What happened to a paper, by comparing it before and after: each event once, and none from what is old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.catalog.merge import merge
from store.catalog.paper_events import changes, newly_cited, standing
from store.models import Identifier, Link, Notice, Paper, PaperRecord, Source
from store.text.handles import handle

HANDLE = handle("paper", "one")
ARXIV = Identifier(scheme="arxiv", value="2605.00001")
DOI = Identifier(scheme="doi", value="10.1000/x")
FIRST = datetime(2026, 5, 1, tzinfo=UTC)
RETRACTED = Notice(kind="retraction", told_by="Retraction Watch", date="2026-06-01", doi="10.1000/r")


def record(kind: str = "arxiv", days: int = 0, **fields: object) -> PaperRecord:
    source = Source.model_validate({"kind": kind, "name": kind, "retrieved": FIRST + timedelta(days=days)})
    known = {"title": "Looms", "abstract": "We weave.", "identifiers": (ARXIV,), "published": "2026-05-01"}
    return PaperRecord.model_validate({"source": source, **known, **fields})


def paper(*records: PaperRecord) -> Paper:
    return merge(HANDLE, records)


def keys(before: Paper, after: Paper) -> list[str]:
    return [event.key for event in changes([before], after)]


BEFORE = paper(record(version=1))
_RECORDS = st.builds(
    record,
    kind=st.sampled_from(["arxiv", "oai", "crossref", "openalex"]),
    days=st.integers(0, 40),
    version=st.sampled_from([None, 1, 2, 3]),
    updated=st.sampled_from([None, "2026-05-03", "2026-05-20", "2026-07-01", "2027"]),
    abstract=st.sampled_from([None, "We weave.", "We weave well."]),
    venue=st.sampled_from([None, "CoRR", "Journal of Looms"]),
    identifiers=st.sampled_from([(ARXIV,), (ARXIV, DOI)]),
    has_code=st.sampled_from([None, True, False]),
    withdrawn=st.booleans(),
    notices=st.sampled_from([(), (RETRACTED,), (Notice(kind="correction", told_by="the publisher"),)]),
    cites=st.sampled_from([(), (DOI,), (DOI, ARXIV)]),
)
HISTORIES = st.lists(_RECORDS, min_size=1, max_size=6)


def known(records: list[PaperRecord]) -> Paper:
    """As the store has it: of each source what it said last."""
    latest: dict[str, PaperRecord] = {}
    for one in sorted(records, key=lambda one: one.source.retrieved):
        latest[one.source.kind] = one
    return paper(*latest.values())


@given(HISTORIES)
def test_a_record_that_comes_twice_is_no_event(records: list[PaperRecord]) -> None:
    assert changes([known(records)], known([*records, records[-1]])) == changes([known(records)], known(records)) == ()
    assert newly_cited([known(records)], known(records)) == ()
    assert changes([], known(records)) == ()


@given(HISTORIES, st.sampled_from([None, "2026-05-01"]))
def test_an_older_record_of_a_new_source_is_no_new_version(records: list[PaperRecord], updated: str | None) -> None:
    old = record("dump", -100, version=1, updated=updated)
    assert not [k for k in keys(known(records), paper(*known_records(records), old)) if k.startswith("version")]


def known_records(records: list[PaperRecord]) -> list[PaperRecord]:
    return list({one.source.kind: one for one in sorted(records, key=lambda one: one.source.retrieved)}.values())


@given(HISTORIES)
def test_no_event_of_a_history_has_the_key_of_another_of_the_same_step(records: list[PaperRecord]) -> None:
    for end in range(1, len(records)):
        found = keys(known(records[:end]), known(records[: end + 1]))
        assert len(found) == len(set(found))


@given(HISTORIES, HISTORIES)
def test_what_one_of_two_merged_papers_knew_is_no_event(one: list[PaperRecord], other: list[PaperRecord]) -> None:
    a, b, both = known(one), known(other), known([*one, *other])
    for event in changes([a, b], both):
        assert (
            event.kind not in ("retracted", "published")
            or not {
                "retracted": RETRACTED in (*a.notices, *b.notices),
                "published": "Journal of Looms" in (a.venue, b.venue),
            }[event.kind]
        )


def test_a_new_version_is_one_whatever_day_its_sources_give() -> None:
    second = record(version=2, updated="2026-05-20", abstract="We weave well.", days=20)
    (event,) = changes([BEFORE], paper(second))
    assert (event.key, event.version, event.abstract_before) == ("version:2", 2, "We weave.")
    by_oai = record("oai", 22, updated="2026-05-18")
    assert keys(paper(second), paper(second, by_oai)) == []
    assert keys(paper(record(), by_oai), paper(record("arxiv", 23, updated="2026-05-20"), by_oai)) == []
    assert keys(paper(record(updated="2026-05-02")), paper(record(updated="2026-06-20", days=50))) == [
        "version:2026-06-20"
    ]


def test_a_preprint_is_published_once() -> None:
    in_journal = record("crossref", 9, venue="Journal of Looms", identifiers=(ARXIV, DOI))
    (event,) = changes([BEFORE], paper(record(version=1), in_journal))
    assert (event.key, event.venue, event.doi) == ("published", "Journal of Looms", "10.1000/x")
    assert keys(paper(record(version=1), in_journal), paper(record(version=1), in_journal, record("dblp"))) == []
    unknown = paper(record("bibtex", identifiers=()))
    assert keys(unknown, paper(record("bibtex", identifiers=()), in_journal)) == [], "it never was a preprint"


def test_whoever_tells_of_a_retraction_next_it_is_the_same_event() -> None:
    by_openalex = record("openalex", 3, withdrawn=True, notices=(Notice(kind="retraction", told_by="OpenAlex"),))
    by_crossref = record("crossref", 9, withdrawn=True, notices=(RETRACTED,))
    first, then = paper(record(version=1), by_openalex), paper(record(version=1), by_openalex, by_crossref)
    assert keys(BEFORE, first) == ["retracted"] and keys(first, then) == []
    assert standing(then) == ("retracted", RETRACTED)
    withdrawn = paper(record(version=1, withdrawn=True))
    assert keys(BEFORE, withdrawn) == ["withdrawn"] and keys(withdrawn, then) == ["retracted"]


def test_each_correction_and_the_first_code_are_events() -> None:
    corrected = [Notice(kind="correction", told_by="the publisher", doi=f"10.1000/c{n}") for n in (1, 2)]
    one, both = (
        paper(record(version=1), record("crossref", notices=tuple(corrected[:n]), identifiers=(ARXIV,))) for n in (1, 2)
    )
    assert keys(BEFORE, one) == ["corrected:10.1000/c1"] and keys(one, both) == ["corrected:10.1000/c2"]
    code = paper(record(version=1, links=(Link(kind="code", url="https://github.com/a/b"),)))
    assert keys(BEFORE, code) == ["code"] and standing(both) == ("corrected", corrected[1])
