"""Which paper a PDF is, and PDFs that are made to be hard to read."""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.pdf import MOST_OFFERED, names_in_file_name, read_names, with_file_name
from seeds.reading.limits import Limits, NotReadError
from seeds.reading.parsers import Parsers
from store.models import DocumentNames, Identifier
from store.text import identifiers
from tests.support.pdfs import STAMP, page, pdf, stream, written

ARXIV = Identifier(scheme="arxiv", value="2405.12345")
DOI = Identifier(scheme="doi", value="10.1145/3292500.3330701")
CITED = ("Looms in Lyon and Elsewhere", "We build on arXiv:1706.03762 and 10.1000/cited.")
XMP = "<x:xmpmeta><rdf:Description {}><prism:doi>{}</prism:doi></rdf:Description></x:xmpmeta>"


def test_the_stamp_is_the_papers_own_identifier() -> None:
    names = read_names(pdf(*CITED, stamp=STAMP, info={"doi": "10.1145/3292500.3330701"}))
    assert (names.own, names.told_by, names.possible) == (ARXIV, "arXiv's stamp on its first page", ())


@pytest.mark.parametrize(
    ("stamp", "value"),
    [
        (STAMP, "2405.12345"),
        ("arXiv:0704.0001v1  [hep-ph]  2 Apr 2007", "0704.0001"),
        ("arXiv:math/0309136v1  [math.DG]  8 Sep 2003", "math/0309136"),
        ("arXiv:hep-th/9901001v3  20 Apr 1999", "hep-th/9901001"),
        ("arXiv:2405.12345v12 [cond-mat.mes-hall] 1 Jun 2024", "2405.12345"),
    ],
)
def test_stamps_of_every_time(stamp: str, value: str) -> None:
    assert read_names(pdf("A Title of Some Words", stamp=stamp)).own == Identifier(scheme="arxiv", value=value)


@pytest.mark.parametrize(
    ("given_as", "own"),
    [
        ({"info": {"arXivID": "https://arxiv.org/abs/2405.12345v2"}}, ARXIV),
        ({"info": {"DOI": "https://doi.org/10.48550/arXiv.2405.12345"}}, ARXIV),
        ({"info": {"WPS-ARTICLEDOI": "10.1145/3292500.3330701"}}, DOI),
        ({"info": {"Subject": "Looms, 12 (2019) 1-9. doi:10.1145/3292500.3330701"}}, DOI),
        ({"xmp": XMP.format("", "10.1145/3292500.3330701")}, DOI),
        ({"xmp": XMP.format('dc:identifier="doi:10.1145/3292500.3330701"', "")}, DOI),
    ],
)
def test_so_is_that_of_the_metadata(given_as: dict[str, str], own: Identifier) -> None:
    names = read_names(pdf(*CITED, **given_as))  # type: ignore[arg-type]
    assert (names.own, names.told_by) == (own, "its metadata")


def test_what_the_page_cites_is_offered_and_not_taken() -> None:
    names = read_names(pdf(*CITED, "https://doi.org/10.1145/", "3292500.3330701", "References", "[1] arXiv:2001.00001"))
    assert names.own is None
    assert names.possible == (*identifiers.find(CITED[1]), DOI)
    assert names.title == "Looms in Lyon and Elsewhere"


def test_two_stamps_are_not_sure() -> None:
    both = pdf(STAMP, stamp=STAMP.replace("2405.12345", "2405.99999"))
    assert read_names(both).own is None
    assert {one.value for one in read_names(both).possible} == {"2405.12345", "2405.99999"}
    assert with_file_name(read_names(both), "2405.99999v1.pdf").own == Identifier(scheme="arxiv", value="2405.99999")


@pytest.mark.parametrize(
    ("file_name", "own"),
    [
        ("2405.12345v2.pdf", "2405.12345"),
        ("2405.12345.PDF", "2405.12345"),
        ("2405.12345v2 (1).pdf", "2405.12345"),
        ("arXiv-2405.12345v1.pdf", "2405.12345"),
        ("hep-th9901001.pdf", "hep-th/9901001"),
    ],
)
def test_a_file_name_that_is_an_identifier_is_one(file_name: str, own: str) -> None:
    names = with_file_name(read_names(pdf(*CITED)), file_name)
    assert (names.own, names.told_by) == (Identifier(scheme="arxiv", value=own), "the name of the file")


@pytest.mark.parametrize(
    ("file_name", "possible"),
    [
        ("smith_2405.12345.pdf", "2405.12345"),
        ("10.1145_3292500.3330701.pdf", "10.1145/3292500.3330701"),
        ("P19-1001.pdf", "10.18653/v1/p19-1001"),
        ("P14-1001.pdf", "10.3115/v1/p14-1001"),
        ("2024.acl-long.12.pdf", "10.18653/v1/2024.acl-long.12"),
        ("paper.pdf", None),
        ("12345.pdf", None),
    ],
)
def test_an_identifier_in_a_file_name_is_offered(file_name: str, possible: str | None) -> None:
    names = names_in_file_name(file_name)
    assert names.own is None
    assert [one.value for one in names.possible] == [*filter(None, [possible])]


def test_the_title_of_the_metadata_is_preferred_unless_it_is_none() -> None:
    assert read_names(pdf(*CITED, info={"Title": "Looms, Really"})).title == "Looms, Really"
    for none in ("untitled", "Microsoft Word - a b.doc", "paper final.tex", ""):
        assert read_names(pdf(*CITED, info={"Title": none})).title == CITED[0]


def test_what_cannot_be_read_is_said() -> None:
    from pypdf import PdfWriter

    locked = PdfWriter(BytesIO(pdf(*CITED, stamp=STAMP)))
    for password, problem in (("secret", "It needs a password."), ("", "")):
        locked.encrypt(password, "owner", algorithm="RC4-128")
        written_to = BytesIO()
        locked.write(written_to)
        assert read_names(written_to.getvalue()).problem == problem
    assert read_names(pdf()).problem == "Its first page is a picture without text."
    for damaged in (
        b"%PDF-1.7\n",
        b"%PDF-1.7\n" + b"\xff" * 10_000,
        pdf(*CITED)[:300],
        pdf(*CITED).replace(b"Pages", b"Pagan"),
    ):
        assert read_names(damaged) == DocumentNames(problem="It is damaged, or no whole PDF.")


FONT = b"/Resources <</Font <</F1 5 0 R>>>>"


def made(kids: bytes = b"[3 0 R]", contents: bytes = b"4 0 R", **others: bytes) -> bytes:
    objects = {
        1: b"<</Type /Catalog /Pages 2 0 R>>",
        2: b"<</Type /Pages /Kids %s /Count 1>>" % kids,
        3: b"<</Type /Page /Parent 2 0 R /Contents %s %s>>" % (contents, FONT),
        4: stream(page(CITED)),
        5: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    }
    return written(objects | {int(number[1:]): content for number, content in others.items()})


def packed(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return b"<</Length %d /Filter [%s]>>\nstream\n%s\nendstream" % (len(content), b" /FlateDecode" * times, content)


FORM = b"/Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X 6 0 R /Y 7 0 R>>>>"
HOSTILE = {
    "a page that is its own parent": made(kids=b"[2 0 R]"),
    "pages in a circle": made(kids=b"[6 0 R]", _6=b"<</Type /Pages /Kids [2 0 R] /Count 1>>"),
    "contents in a circle": made(contents=b"[6 0 R]", _6=b"[6 0 R 6 0 R]"),
    "an object that is itself": made(contents=b"6 0 R", _6=b"6 0 R"),
    "forms that draw each other": made(
        _4=stream(b"/X Do"), _6=stream(b"/Y Do /Y Do " * 50, FORM), _7=stream(b"/X Do /X Do " * 50, FORM)
    ),
    "a stream of 200 MB": made(_4=packed(b" " * 200_000_000, 1)),
    "a stream packed twice": made(_4=packed(b"0 " * 50_000_000, 2)),
    "a hundred thousand contents": made(contents=b"[%s]" % (b"4 0 R " * 100_000)),
    "brackets that are not closed": made(_4=stream(b"[" * 1_000_000)),
    "dictionaries in dictionaries": made(_5=b"<</A " * 50_000 + b">>" * 50_000),
    "an array of a million pages": made(kids=b"[%s]" % (b"3 0 R " * 1_000_000)),
    "text of a million pieces": made(_4=stream(b"BT /F1 9 Tf %s ET" % (b"1 0 0 1 7 7 Tm (a) Tj " * 300_000))),
    "a length that lies": made(_4=b"<</Length 99999999999>>\nstream\n(x) Tj\nendstream"),
    "a count that lies": made(kids=b"[3 0 R] /Count 999999999"),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_hostile_pdf_costs_no_more_than_the_limits(what: str) -> None:
    """It is read, or refused; the process that reads does no more than it may, and reads the next."""
    parsers = Parsers(Limits(cpu_seconds=5, memory=400_000_000))
    try:
        try:
            names = await parsers.read_document(1, HOSTILE[what])
            assert names.own is None and len(names.possible) <= MOST_OFFERED
        except NotReadError:
            pass
        assert (await parsers.read_document(1, pdf(*CITED, stamp=STAMP))).own == ARXIV
    finally:
        await parsers.close()


@given(st.data())
def test_a_damaged_pdf_never_raises(data: st.DataObject) -> None:
    content = bytearray(pdf(*CITED, stamp=STAMP, info={"Title": "A b"}, xmp=XMP.format("", "10.1000/x")))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    assert len(read_names(bytes(content)).possible) <= MOST_OFFERED
