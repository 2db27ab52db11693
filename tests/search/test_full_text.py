"""Search over the store agrees with what a query means for each paper, after any sequence of changes."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import ingest
from store.catalog import authorships, entity_resolution
from store.catalog.seen_records import SeenRecords
from store.models import Authorship, Paper, PaperRecord, ParsedSource, Source
from store.search import full_text
from store.search.matcher import Rejection, matches
from store.search.parser import QueryError, parse
from store.search.query import Query
from store.storage.database import Database

WORDS = ["web", "agents", "agent", "surveys", "long", "tools", "MR-Ben", "größe", "=agents", "surveying"]
NAMES = ["Zehan Qi", "Z. Qi", "Qi Zehan", "Xiao Liu", "Xiao A. Liu", "Team GLM", "!!"]
CATEGORIES = ["cs.CL", "CL", "cs.AI", "math.CO", "quant-ph", "Computer Science"]
DATES = ["2024", "2024-02", "2024-02-29", "2023-12-31", "2025-01-01"]


def texts(smallest: int = 0) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), min_size=smallest, max_size=5).map(" ".join)


RECORDS = st.builds(
    PaperRecord,
    source=st.sampled_from(["a.bib", "b.bib"]).map(
        lambda name: Source(kind="bibtex", name=name, retrieved=datetime(2026, 1, 1, tzinfo=UTC))
    ),
    title=texts(1),
    abstract=st.none() | texts(),
    authors=st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(
        lambda names: tuple(Authorship(name=name, position=place) for place, name in enumerate(names, 1))
    ),
    published=st.none() | st.sampled_from(DATES),
    category=st.none() | st.sampled_from(CATEGORIES),
    cross_lists=st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True).map(tuple),
    has_code=st.none() | st.booleans(),
    identifiers=st.just(()),
)
TERMS = st.one_of(
    st.sampled_from(WORDS),
    texts(1).map(lambda words: f'"{words}"'),
    st.sampled_from([*NAMES[:-1], "Qi", "X Liu", "Liu Xiao"]).map(lambda name: f'author:"{name}"'),
    st.sampled_from(["cs.CL", "CL", "cs", "math.CO", "quant-ph", "AI"]).map(lambda code: f"cat:{code}"),
    st.sampled_from(["code:yes", "code:no"]),
)
BOUNDS = st.builds(
    "{}:{}".format, st.sampled_from(["since", "until"]), st.sampled_from([*DATES, "2024-02-28", "2024-12"])
)
CLAUSES = st.one_of(st.lists(TERMS | BOUNDS, min_size=1, max_size=3).map("|".join), TERMS.map(lambda term: f"-{term}"))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    try:
        return parse(" ".join(draw(st.lists(CLAUSES, min_size=1, max_size=4))))
    except QueryError:
        return parse("web")


async def _store(db: Database, records: list[PaperRecord]) -> list[Paper]:
    async with db.write() as connection:
        changes, _ = await entity_resolution.resolve(connection, records, SeenRecords(), datetime.now(UTC))
        await authorships.update(connection, changes, {})
        await full_text.index(connection, changes)
    return [change.after for change in changes]


@settings(max_examples=40)
@given(st.lists(st.lists(RECORDS, max_size=5), max_size=4), st.lists(queries(), min_size=1, max_size=6))
def test_search_finds_what_matches_says(batches: list[list[PaperRecord]], asked: list[Query]) -> None:
    asyncio.run(_agrees(batches, asked))


async def _agrees(batches: list[list[PaperRecord]], asked: list[Query]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = await Database.open(Path(folder) / "store.db", readers=1)
        try:
            known: dict[str, Paper] = {}
            for batch in batches:
                known.update({paper.handle: paper for paper in await _store(db, batch)})
            for query in asked:
                page = await full_text.search(db, query, limit=100)
                verdicts = {handle: matches(query, paper) for handle, paper in known.items()}
                expected = {handle for handle, said in verdicts.items() if said and not isinstance(said, Rejection)}
                assert set(page.handles) == expected, query.canonical()
                assert page.total == len(expected)
                dates = [known[handle].published or "" for handle in page.handles]
                assert dates == sorted(dates, reverse=True)
        finally:
            await db.close()


async def test_pages_do_not_overlap_and_the_total_counts_all(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "store.db")
    source = Source(kind="bibtex", name="a.bib", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
    await _store(db, [PaperRecord(source=source, title=f"Agents number {n}", published="2024") for n in range(25)])
    pages = [await full_text.search(db, parse("agents"), limit=10, offset=offset) for offset in (0, 10, 20)]
    await db.close()
    assert {page.total for page in pages} == {25}
    assert len({handle for page in pages for handle in page.handles}) == 25


async def test_very_many_matches_are_not_counted_to_the_end(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the first ones are found by reading the papers in order, which gives the same."""
    source = Source(kind="bibtex", name="a.bib", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
    records = [
        PaperRecord(source=source, title=f"Agents {number}", published=f"2024-01-{number:02}", citations=number % 7)
        for number in range(1, 21)
    ]
    await ingest.take(db, "a.bib", ParsedSource(papers=tuple(records)))
    for query in ("agents", "agents since:2024-01-05", "agents -7", "agents|tools", "since:2024"):
        for order in get_args(full_text.SearchOrder):
            read = parse(query)
            looked_up = await full_text.search(db, read, 5, 5, order=order)
            monkeypatch.setattr(full_text, "MOST_LOOKED_UP", 3)
            monkeypatch.setattr(full_text, "MOST_COUNTED", 10)
            in_order = await full_text.search(db, read, 5, 5, order=order)
            monkeypatch.undo()
            assert in_order.handles == looked_up.handles and len(in_order.handles) == 5
            assert (looked_up.total, in_order.total) == (looked_up.total, 11)
