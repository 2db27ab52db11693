from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seeds.formats import ris
from store.models import ParsedSource
from tests.seeds.making import ids, names, only, source


def read(text: str | bytes) -> ParsedSource:
    return ris.read(text.encode() if isinstance(text, str) else text, source("ris"))


def test_a_record_is_read_whole() -> None:
    record = only(
        read(
            "TY  - JOUR\r\nAU  - Byron, Ada\r\nAU  - King, M. L., Jr.\r\nTI  - On looms\r\n"
            "T2  - Looms\r\nDA  - 2026/05/04/\r\n"
            "PY  - 2026\r\nAB  - We weave\r\n      cloth.\r\nDO  - 10.1000/A\r\n"
            "UR  - https://arxiv.org/abs/2605.00001\r\nER  - \r\n"
        )
    )
    assert (record.title, record.abstract, record.venue) == ("On looms", "We weave cloth.", "Looms")
    assert names(record) == ["Ada Byron", "M. L. King, Jr."]
    assert record.published == "2026-05-04"
    assert ids(record) == ["doi:10.1000/a", "arxiv:2605.00001"]
    assert [f"{link.kind} {link.url}" for link in record.links] == ["abstract https://arxiv.org/abs/2605.00001"]


def test_records_without_an_end_tag_are_separate_and_bad_ones_are_reported_with_their_line() -> None:
    reading = read(
        "Provider: somebody\n\nTY  - JOUR\nT1  - One\nY1  - 2026/00/00/\n\nTY  - JOUR\nAU  - Nobody\nER  -\n"
        "TY  - CONF\nTI  - Three\nXX  - what\nER  - \nTY  - BOOK\nBT  - Four\n"
    )
    assert [(one.title, one.published) for one in reading.papers] == [("One", "2026"), ("Three", None), ("Four", None)]
    assert [(problem.line, problem.message) for problem in reading.problems] == [
        (7, "this record is not read: it has no title")
    ]


def test_a_file_without_records_is_a_problem() -> None:
    assert [problem.message for problem in read("Dear Sir,").problems] == ["there is no RIS record in it"]


@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(["TY  - JOUR\n", "ER  - \n", "TI  - x\n", "AU  - ,\n", "AU  - a,b\n", "y\n", "DA  - //\n"])
    ).map(lambda parts: "".join(parts).encode())
)
def test_any_content_is_read_without_exception(content: bytes) -> None:
    for one in read(content).papers:
        assert one.title
