from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.text import identifiers
from store.text.identifiers import MOST, find


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("arXiv:2407.13168v2 [cs.CL]", ["arxiv:2407.13168"]),
        ("https://arxiv.org/pdf/2407.13168v1.pdf", ["arxiv:2407.13168"]),
        ("<https://arxiv.org/abs/2411.02337>", ["arxiv:2411.02337"]),
        ("https://huggingface.co/papers/2407.13168", ["arxiv:2407.13168"]),
        ("hep-th/9901001v3, math.GT/0309136", ["arxiv:hep-th/9901001", "arxiv:math/0309136"]),
        ("https://arxiv.org/abs/cs/0105016", ["arxiv:cs/0105016"]),
        ("https://doi.org/10.48550/arXiv.2407.13168", ["arxiv:2407.13168"]),
        ("(https://doi.org/10.1145/3372297.3417237).", ["doi:10.1145/3372297.3417237"]),
        ("DOI 10.1000/A(B)C, then", ["doi:10.1000/a(b)c"]),
        ("doi.org/10.1000%2Fxyz", ["doi:10.1000/xyz"]),
        ("10.18653/v1/2024.findings-emnlp.123", ["doi:10.18653/v1/2024.findings-emnlp.123"]),
        ("https://aclanthology.org/2023.acl-long.5/ and P19-1001", ["acl:2023.acl-long.5", "acl:P19-1001"]),
        ("https://dblp.org/rec/conf/acl/DevlinCLT19", ["dblp:conf/acl/DevlinCLT19"]),
        ("https://openalex.org/W2741809807", ["openalex:W2741809807"]),
        ("W2741809807, W4 and AW2741809807", ["openalex:W2741809807"]),
        ("https://openreview.net/forum?id=aB3_dE-f10&noteId=x", ["openreview:aB3_dE-f10"]),
        ("https://openreview.net/pdf?id=aB3_dE-f10", ["openreview:aB3_dE-f10"]),
        ("2407.13168 2407.13168v3 arXiv:2407.13168", ["arxiv:2407.13168"]),
        ("2401.1234 1234.5678 2013.12345 192.168.10.12345 12.2401.12345 2024-01-02 10.1234/", []),
    ],
)
def test_finds_identifiers_in_order_and_once(text: str, found: list[str]) -> None:
    assert [f"{one.scheme}:{one.value}" for one in find(text)] == found


def test_a_doi_of_the_acl_also_says_the_anthology_id() -> None:
    for doi, acl in (("10.18653/v1/2020.acl-main.1", "2020.acl-main.1"), ("10.3115/v1/p14-1001", "P14-1001")):
        (named,) = find(doi)
        assert [(one.scheme, one.value) for one in identifiers.names_of(named)] == [("doi", doi), ("acl", acl)]
    assert [one.scheme for one in identifiers.names_of(find("10.1000/xyz")[0])] == ["doi"]


@pytest.mark.parametrize(
    "text", ["2407.13168", " arXiv:2407.13168v9 ", "https://arxiv.org/abs/2407.13168", "oai:arXiv.org:2407.13168v1"]
)
def test_a_text_is_an_arxiv_id(text: str) -> None:
    named = identifiers.arxiv(text)
    assert named is not None
    assert named.value == "2407.13168"


@pytest.mark.parametrize("text", ["", "see 2407.13168 there", "2407.1316", "2413.13168", "cs.CL"])
def test_a_text_is_no_arxiv_id(text: str) -> None:
    assert identifiers.arxiv(text) is None


def test_a_field_may_hold_several_dois() -> None:
    found = identifiers.of_dois("10.1103/PhysRevD.93.016005, doi:10.1103/PhysRevD.98.079901;https://doi.org/10.1000/x")
    assert [one.value for one in found] == ["10.1103/physrevd.93.016005", "10.1103/physrevd.98.079901", "10.1000/x"]


@given(
    st.text()
    | st.lists(
        st.sampled_from(["10.1234/", "arXiv:", "2407.13168", "cs/0105016", "P19-1001", ")", "%00", " ", "v1"])
    ).map("".join)
)
def test_any_text_gives_bounded_plain_identifiers(text: str) -> None:
    found = find(text)
    assert len(found) == len(set(found)) <= MOST
    for one in found:
        assert one.value.isascii()
        assert one.value.isprintable()
        assert 0 < len(one.value) <= 250


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("oai:arXiv.org:2605.00001v3", 3),
        ("http://arxiv.org/abs/cs/0101001v12", 12),
        ("https://arxiv.org/pdf/2605.00001v2.pdf", 2),
        ("2605.00001", None),
        ("2605.00001v0", None),
        ("v2", None),
        ("1" * 1000 + "v2", None),
    ],
)
def test_the_version_is_what_a_form_of_an_arxiv_id_ends_with(text: str, version: int | None) -> None:
    assert identifiers.arxiv_version(text) == version
