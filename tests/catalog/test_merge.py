"""Merging: which source decides what the card shows."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.views import paper_text
from store.catalog.merge import SOURCE_PRECEDENCE, merge
from store.models import Paper, SourceKind
from tests.support.made import DAY, arxiv, names, record, source

HANDLE = "a" * 13


def test_every_kind_of_source_has_its_place() -> None:
    assert sorted(SOURCE_PRECEDENCE) == sorted(get_args(SourceKind))


@pytest.mark.parametrize(("better", "worse"), [*pairwise(SOURCE_PRECEDENCE)])
def test_the_better_source_decides(better: SourceKind, worse: SourceKind) -> None:
    one = record("The Better Title", source=source("better", better), abstract=None)
    other = record("The Other Title", source=source("worse", worse), abstract="An abstract.", withdrawn=True)
    paper = merge(HANDLE, [other, one])
    assert (paper.title, paper.abstract, paper.withdrawn) == ("The Better Title", "An abstract.", True)
    assert [claim.value for claim in paper.disagreements[0].claims] == ["The Better Title", "The Other Title"]


@given(st.permutations(SOURCE_PRECEDENCE), st.integers(1, len(SOURCE_PRECEDENCE)))
def test_the_order_of_records_does_not_matter(kinds: list[SourceKind], count: int) -> None:
    records = [record(f"Title {kind}", source=source(kind, kind), citations=len(kind)) for kind in kinds[:count]]
    assert merge(HANDLE, records).model_copy(update={"citations": None, "citations_source": None}) == merge(
        HANDLE, records[::-1]
    ).model_copy(update={"citations": None, "citations_source": None})


def test_preprint_and_publication_are_both_dated() -> None:
    preprint = record(source=source("arXiv", "arxiv"), published="2024-11-05", identifiers=arxiv("2411.01234"))
    listed = record(source=source("DBLP", "dblp"), published="2024", venue="CoRR")
    print_ = record(source=source("ACL", "bibtex"), published="2025-11", venue="EMNLP 2025")
    paper = merge(HANDLE, [listed, print_, preprint])
    assert (paper.preprinted, paper.in_venue, paper.venue) == ("2024-11-05", "2025-11", "EMNLP 2025")
    assert paper_text.facts(paper) == "arXiv 5 Nov 2024 · published in EMNLP 2025"
    assert differing(paper) == {"venue": [["EMNLP 2025", "CoRR"]]}, "the card shows both dates"


def differing(paper: Paper) -> dict[str, list[list[str]]]:
    """The values of each field on which sources differ, for each time that they do."""
    found: dict[str, list[list[str]]] = {}
    for one in paper.disagreements:
        found.setdefault(one.field, []).append([claim.value for claim in one.claims])
    return found


def test_two_dates_of_one_version_are_a_disagreement() -> None:
    preprint = record(source=source("arXiv", "arxiv"), published="2024-11-05", identifiers=arxiv("2411.01234"))
    again = record(source=source("OpenAlex", "openalex"), published="2024-12-24")
    print_ = record(source=source("ACL", "bibtex"), published="2025-11", venue="EMNLP 2025")
    other = record(source=source("DBLP", "dblp"), published="2026", venue="EMNLP 2025")
    paper = merge(HANDLE, [preprint, again, print_, other])
    assert differing(paper) == {"preprinted": [["2024-11-05", "2024-12-24"]], "in_venue": [["2026", "2025-11"]]}
    assert paper_text.differing(paper) == "date of the preprint, year of publication"
    undated = record(source=source("list", "ris"), published="2023")
    assert differing(merge(HANDLE, [preprint, print_, undated]))["in_venue"] == [["2025-11", "2023"]]
    agreeing = record(source=source("list", "ris"), published="2025")
    assert differing(merge(HANDLE, [preprint, print_, agreeing])) == {}


def test_another_spelling_of_a_name_is_a_disagreement() -> None:
    one = record(source=source("arXiv", "arxiv"), authors=names("Zehan Qi", "Noah Smith", "Ada Müller"))
    same = record(source=source("page", "csl"), authors=names("Z. Qi", "Noah A. Smith", "Ada Muller"))
    assert differing(merge(HANDLE, [one, same])) == {}
    other = record(source=source("S2", "s2"), authors=names("Zehan Qui", "Noah Smith", "Ada Loom"))
    paper = merge(HANDLE, [other, one, same])
    assert differing(paper) == {"authors": [["Zehan Qi", "Zehan Qui"], ["Ada Müller", "Ada Loom"]]}
    (first, _) = paper.disagreements
    assert [(c.source.name, [s.name for s in c.others]) for c in first.claims] == [("arXiv", ["page"]), ("S2", [])]
    assert paper_text.differing(paper) == "spelling of names"


def test_another_order_or_length_of_the_list_is_no_spelling() -> None:
    one = record(source=source("arXiv", "arxiv"), authors=names("Zehan Qi", "Noah Smith"))
    turned = record(source=source("a", "csl"), authors=names("Noah Smith", "Zehan Qi"))
    longer = record(source=source("b", "ris"), authors=names("Zehan Qi", "Noah Smyth", "Ada Bee"))
    else_ = record(source=source("c", "bibtex"), authors=names("Zehan Qi", "Rosa Quark"))
    assert differing(merge(HANDLE, [one, turned, longer, else_])) == {}


def test_dates_that_do_not_tell_preprint_and_publication_apart_are_one() -> None:
    one = record(source=source("a", "bibtex"), published="2024", venue="EMNLP 2024")
    other = record(source=source("arXiv", "arxiv"), published="2024-11-05", identifiers=arxiv("2411.01234"))
    assert merge(HANDLE, [one, other]).in_venue is None
    later = record(source=source("b", "bibtex"), published="2025", venue="TACL")
    assert merge(HANDLE, [one, later]).in_venue is None
    corrected = record(source=source("me", "operator"), published="2023", corrects=("published",))
    paper = merge(HANDLE, [later, other, corrected])
    assert (paper.published, paper.preprinted, paper.in_venue) == ("2023", None, None)


def test_of_citations_the_newest_is_shown_and_comes_first() -> None:
    old = record(source=source("OpenAlex", "openalex", DAY), citations=7)
    new = record(source=source("page", "author_page", DAY + timedelta(days=1)), citations=9)
    also = record(source=source("list", "ris", DAY), citations=7)
    (found,) = merge(HANDLE, [old, new, also]).disagreements
    assert [(c.value, c.source.name, [s.name for s in c.others]) for c in found.claims] == [
        ("9", "page", []),
        ("7", "OpenAlex", ["list"]),
    ]
