"""Files made to take far more time or memory than their size allows. Each took many seconds or gigabytes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from seeds.formats import json_files, reader
from tests.seeds.making import RETRIEVED
from tests.seeds.test_json_files import PLAIN
from tests.support.limits import grows_too_fast, limits


def _xml(inner: bytes) -> bytes:
    return b"<?xml version='1.0'?>" + inner


_RECORD = (b"<record><metadata><arXiv><title>t", b"</title></arXiv></metadata></record>")
_ATTACKS: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "blanks in a figure": ("a.txt", lambda n: b"Ada\nh-index" + b" " * n + b"x\nAIAug 12, 2024\nt\nA\nx"),
    "blanks in a byline": ("a.txt", lambda n: b"AIAug 12, 2024\nt\nA," + b" " * n + b"et x\nx\n"),
    "a string used often": (
        "a.bib",
        lambda n: b'@string{s="' + b"x " * (n // 4) + b'"}\n' + b"@a{b,title=s}\n" * (n // 30),
    ),
    "a parent with many fields": (
        "a.bib",
        lambda n: b"@book{p," + b"a={x}," * (n // 12) + b"title={T}}\n" + b"@a{b,crossref=p}\n" * (n // 34),
    ),
    "a parent with a long abstract": (
        "a.bib",
        lambda n: b"@book{p,abstract={" + b"x " * (n // 4) + b"},title={T}}\n" + b"@a{b,crossref=p}\n" * (n // 34),
    ),
    "records in records": ("a.xml", lambda n: _xml(_RECORD[0] * (n // 70) + _RECORD[1] * (n // 70))),
    "a long namespace": ("a.xml", lambda n: _xml(b"<rss xmlns='" + b"x" * (n // 2) + b"'>" + b"<a/>" * (n // 8))),
    "names that are TeX": ("a.bib", lambda n: b"@a{b,title={T},author={" + rb"\'{\sqrt[ " * (n // 10) + b"}}"),
}


@pytest.mark.limits
@pytest.mark.parametrize("attack", _ATTACKS)
def test_time_grows_with_the_size_of_a_file(attack: str) -> None:
    name, content = _ATTACKS[attack]
    assert grows_too_fast(lambda n: lambda: reader.read(name, content(n), RETRIEVED), 32_000) is None


def test_values_and_documents_in_deep_lists_are_none() -> None:
    for levels in (400, 900):
        opening, closing = b"[" * levels, b"]" * levels
        reader.read("a.json", b'{"authors":["A"],"title":' + opening + b'"t"' + closing + b"}", RETRIEVED)
        assert not reader.read("a.json", opening + json.dumps(PLAIN).encode() + closing, RETRIEVED).papers


@pytest.mark.limits
def test_what_unpacks_to_far_more_than_its_size_is_refused_at_once() -> None:
    bomb = gzip.compress(b"\n" * 50_000_000)
    with limits(memory=64_000_000), pytest.raises(reader.BombError, match="far more than its size"):
        reader.read("a.txt", bomb, RETRIEVED)


def test_a_caller_may_take_less_than_the_largest_file() -> None:
    content = b"@misc{a, title = {On looms}}" + b" " * 5000
    assert reader.read("a.bib", content, RETRIEVED, largest=6000).papers
    for packed in (content, gzip.compress(content)):
        with pytest.raises(reader.TooLargeError):
            reader.read("a.bib", packed, RETRIEVED, largest=5000)


@pytest.mark.limits
def test_a_line_without_end_is_passed_over(tmp_path: Path) -> None:
    record = json.dumps(PLAIN).encode() + b"\n"
    content = record * 2 + b'{"title": "' + b"x" * 40_000_000 + b"\n" + record
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(content, 1))
    stream = BytesIO(content)
    with limits(memory=64_000_000):
        for parts in (reader.read_file(path, RETRIEVED), reader.read_stream("standard input", stream, RETRIEVED)):
            (part,) = parts
            assert len(part.papers) == 3
            assert [(p.line, p.message) for p in part.problems] == [(3, "this line is too long to be a record")]


def test_long_lines_are_read_in_smaller_batches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(json_files, "LARGEST_BATCH", 1000)
    path = tmp_path / "a.jsonl"
    path.write_text((json.dumps(PLAIN | {"note": "x" * 600}) + "\n") * 5)
    assert [len(part.papers) for part in reader.read_file(path, RETRIEVED)] == [2, 2, 1]


@pytest.mark.limits
def test_a_page_of_blank_lines_is_no_page() -> None:
    with limits(memory=64_000_000), pytest.raises(reader.UnknownFormatError):
        reader.read("a.txt", b"\n" * 3_000_000, RETRIEVED)
