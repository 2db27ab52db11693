"""Merging: which source decides what the card shows."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.catalog.merge import SOURCE_PRECEDENCE, merge
from store.models import SourceKind
from tests.support.made import record, source

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
