"""Whom people mean by the names of a real collection, which is beside the repository where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.library import Library
from store.lookup import Lookup
from store.lookup.resolve import Several, Sure
from store.storage.database import Database
from tests.bench._store import corpus, fill

PAPERS = Path(__file__).parents[3] / "shared" / "lookup" / "papers.jsonl.gz"


@pytest.fixture
async def library(db: Database) -> Library:
    if not PAPERS.exists():
        pytest.skip("the collection is absent")
    families = ("Smith", "Manning", "Collins")
    await fill(db, (row for row in corpus(PAPERS) if any(name.endswith(families) for name in row.authors)))
    return Library(db, await Lookup.open(db))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("noah smith", ["Noah Smith", "Noah A. Smith"]),
        ("christopher manning", ["Christopher Manning", "Christopher D. Manning"]),
        ("Noah A. Smith", ["Noah A. Smith"]),
        ("michael collins", ["Michael Collins"]),
        ("Smith", ["Noah A. Smith", "David A. Smith", "David Smith", "Aaron Smith", "Noah Smith"]),
    ],
)
async def test_the_one_of_many_papers_is_opened_or_offered(library: Library, query: str, names: list[str]) -> None:
    decision = await library.view().resolve_author(query)
    assert isinstance(decision, Several | Sure)
    hits = decision.hits if isinstance(decision, Several) else (decision.hit,)
    assert [hit.text for hit in hits] == names
