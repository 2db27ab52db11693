from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.text import person_identifiers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://orcid.org/0000-0002-1825-0097", ["orcid:0000-0002-1825-0097"]),
        ("0000-0002-1694-233x and again 0000-0002-1694-233X", ["orcid:0000-0002-1694-233X"]),
        ("0000-0002-1825-0098 1000-0002-1825-00971 12-0000-0002-1825-0097", []),
        ("openalex.org/A5023888391, https://openalex.org/authors/a5023888392", ["openalex:A5023888391", "openalex:A5023888392"]),
        ("A5023888391", ["openalex:A5023888391"]),
        ("A4 paper, A12345 and BA5023888391", []),
        ("https://www.semanticscholar.org/author/Ada-Example/1741101?sort=year", ["s2:1741101"]),
        ("https://www.semanticscholar.org/author/1741101", ["s2:1741101"]),
        ("https://dblp.org/pid/12/345-6.html", ["dblp:12/345-6"]),
        ("https://dblp.uni-trier.de/pid/h/AdaExample.xml", ["dblp:h/AdaExample"]),
        ("dblp:12/3456", ["dblp:12/3456"]),
        ("https://dblp.org/rec/conf/acl/Example19 and 12/345", []),
    ],
)  # fmt: skip
def test_finds_identifiers_in_order_and_once(text: str, found: list[str]) -> None:
    assert [f"{one.scheme}:{one.value}" for one in person_identifiers.find(text)] == found


@pytest.mark.parametrize(
    "text", ["0000-0002-1825-0097", "openalex.org/A5023888391", "semanticscholar.org/author/1741101", "dblp:12/345-6"]
)
def test_the_address_of_a_person_is_read_as_the_same_person(text: str) -> None:
    (one,) = person_identifiers.find(text)
    assert person_identifiers.find(person_identifiers.address(one)) == (one,)


def test_an_orcid_alone_is_told_from_a_text_with_one() -> None:
    assert person_identifiers.orcid(" https://orcid.org/0000-0002-1825-0097 ") is not None
    assert person_identifiers.orcid("Ada 0000-0002-1825-0097") is None


@given(st.text(alphabet="0123456789-X/Aadblp:.org \n", max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert len(person_identifiers.find(text)) <= person_identifiers.MOST
