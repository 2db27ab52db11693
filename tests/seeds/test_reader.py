from __future__ import annotations

import gzip
import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.bundled_documents import bundled_documents
from seeds.formats import reader
from tests.seeds.making import RETRIEVED
from tests.seeds.test_arxiv_rss import ATOM, HEAD, TAIL, item
from tests.seeds.test_json_files import CSL, PLAIN, SNAPSHOT
from tests.seeds.test_oai_pmh import ARXIV, answer

ENTRIES = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"><entry>
<id>http://arxiv.org/abs/2605.00001v2</id><title>On looms</title><updated>2026-05-06T01:00:00Z</updated>
<link href="https://arxiv.org/pdf/2605.00001v2" title="pdf"/><summary>We weave.</summary><category term="cs.AI"/>
<category term="cs.CL"/><published>2026-05-04T01:00:00Z</published><arxiv:primary_category term="cs.CL"/>
<author><name>Ada Byron</name><arxiv:affiliation>London</arxiv:affiliation></author></entry>
<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><summary>incorrect id</summary></entry></feed>"""
DBLP = """<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE dblp SYSTEM "dblp.dtd"><dblp>
<article key="journals/x/A"><author>J&ouml;rg Berg 0002</author><title>On <i>looms</i> &amp; cards.</title>
<year>2026</year><journal>Looms</journal><ee>https://doi.org/10.1000/a</ee></article>
<www key="homepages/x"><title>Home Page</title></www></dblp>"""


@pytest.mark.parametrize(
    ("name", "content", "kind", "count"),
    [
        ("a.txt", dict(bundled_documents())["zehan-qi.txt"], "author_page", 13),
        ("a.bib", "@misc{a, title = {On looms}}", "bibtex", 1),
        ("pasted", "  @misc{a, title = {On looms}}", "bibtex", 1),
        ("a.txt", "@misc{a, title = {On looms}}", "bibtex", 1),
        ("a.ris", "TY  - JOUR\nTI  - On looms\nER  - \n", "ris", 1),
        ("pasted", "TY  - JOUR\nTI  - On looms\nER  - \n", "ris", 1),
        ("a.json", json.dumps([CSL]), "csl", 1),
        ("pasted", json.dumps(CSL), "csl", 1),
        ("a.jsonl", json.dumps(PLAIN) + "\n" + json.dumps(PLAIN), "dump", 2),
        ("a.json", json.dumps(SNAPSHOT) + "\n" + json.dumps(SNAPSHOT), "arxiv", 2),
        ("a.jsonl.gz", gzip.compress(json.dumps(PLAIN).encode()), "dump", 1),
        ("a.xml", HEAD + item(1) + TAIL, "arxiv", 1),
        ("a.xml", ATOM, "arxiv", 1),
        ("a.xml", ENTRIES, "arxiv", 1),
        ("pasted", answer(ARXIV), "oai", 1),
        ("a.xml", DBLP, "dblp", 1),
    ],
)
def test_formats_are_recognised(name: str, content: str | bytes, kind: str, count: int) -> None:
    reading = reader.read(name, content.encode() if isinstance(content, str) else content, RETRIEVED)
    papers = [*reading.papers, *(one for page in reading.pages for one in page.papers)]
    assert {one.source.kind for one in papers} == {kind}
    assert len(papers) == count


def test_an_answer_of_the_query_interface() -> None:
    reading = reader.read("a.xml", ENTRIES.encode(), RETRIEVED)
    (record,) = reading.papers
    assert (record.title, record.abstract, record.affiliations) == ("On looms", "We weave.", ("London",))
    assert (record.published, record.updated) == ("2026-05-04", "2026-05-06")
    assert (record.category, record.cross_lists) == ("cs.CL", ("cs.AI",))
    assert [f"{link.kind} {link.url}" for link in record.links] == ["pdf https://arxiv.org/pdf/2605.00001v2"]
    assert [problem.message for problem in reading.problems] == ["entry 2 is not read: arXiv says: incorrect id"]


def test_dblp_with_entities_and_markup() -> None:
    (record,) = reader.read("a.xml", DBLP.encode(), RETRIEVED).papers
    assert (record.title, record.authors[0].name, record.venue) == ("On looms & cards", "Jörg Berg", "Looms")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7"),
        ("a", b""),
        ("a.xml", b"<html/>"),
        ("a.gz", b"\x1f\x8b\x08broken"),
        ("pasted", b"2605.00001"),
        ("ids.txt", b"2605.00001\n2605.00002\n"),
    ],
)
def test_an_unknown_format_is_an_error(name: str, content: bytes) -> None:
    with pytest.raises(reader.UnknownFormatError, match="in no format that Lectern reads"):
        reader.read(name, content, RETRIEVED)


def test_a_packed_file_is_unpacked_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_FILE", 1000)
    with pytest.raises(reader.TooLargeError, match="larger than"):
        reader.read("a.bib", gzip.compress(b" " * 100_000), RETRIEVED)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_lines_of_a_file_come_in_parts(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = (json.dumps(PLAIN) + "\n").encode() * 2500
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert [len(reading.papers) for reading in reader.read_file(path, RETRIEVED)] == [1000, 1000, 500]
    bib = tmp_path / "a.bib"
    bib.write_text("@misc{a, title = {On looms}}")
    (reading,) = reader.read_file(bib, RETRIEVED)
    assert reading.papers[0].source.name == "a.bib"


def test_a_packed_file_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    lines = [json.dumps(PLAIN | {"title": f"On looms {number * 7919}"}) for number in range(3000)]
    path.write_bytes(gzip.compress("\n".join(lines).encode())[:-2000])
    *parts, last = reader.read_file(path, RETRIEVED)
    assert 1000 < sum(len(reading.papers) for reading in parts) < 3000
    assert "cut off or damaged" in last.problems[0].message


@pytest.mark.parametrize(
    ("content", "kind", "counts"),
    [
        ("@misc{a, title = {On looms}}", "bibtex", [1]),
        ("TY  - JOUR\nTI  - On looms\nER  - \n", "ris", [1]),
        (json.dumps({"items": [CSL, CSL]}), "csl", [2]),
        (json.dumps([PLAIN], indent=1), "dump", [1]),
        (json.dumps(PLAIN) + "\n", "dump", [1]),
        ((json.dumps(PLAIN) + "\n") * 1500, "dump", [1000, 500]),
        (DBLP, "dblp", [1]),
        (gzip.compress(b"@misc{a, title = {On looms}}", mtime=0), "bibtex", [1]),
    ],
)
def test_the_format_of_a_stream_is_found_from_its_content(content: str | bytes, kind: str, counts: list[int]) -> None:
    stream = BytesIO(content.encode() if isinstance(content, str) else content)
    readings = list(reader.read_stream("standard input", stream, RETRIEVED))
    assert [len(reading.papers) for reading in readings] == counts
    assert {(p.source.kind, p.source.name) for r in readings for p in r.papers} == {(kind, "standard input")}


@given(st.sampled_from(["a.txt", "a.bib", "a.ris", "a.json", "a.jsonl", "a.xml", "a"]), st.binary(max_size=200))
def test_any_content_is_read_or_is_an_unknown_format(name: str, content: bytes) -> None:
    for read in (
        lambda: [reader.read(name, content, RETRIEVED)],
        lambda: reader.read_stream(name, BytesIO(content), RETRIEVED),
    ):
        try:
            assert all(len(reading.problems) <= 101 for reading in read())
        except reader.UnknownFormatError:
            continue
