"""Matching by the inverted index finds exactly what trying every subscription finds."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from store import ingest
from store.catalog.papers import by_handles
from store.guilds import subscriptions
from store.guilds.subscription_keys import keys_of, keys_of_subject
from store.guilds.subscriptions import Options, Scope
from store.models import PaperRecord, ParsedSource
from store.search.matcher import FoldedPaper, Rejection, matches
from store.search.query import Clause, Query, Term
from store.storage.database import Database
from store.text.person_names import answers_to
from tests.search.test_full_text import RECORDS, queries

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NAMES = st.lists(st.sampled_from(["qi", "zehan", "z", "q", "li", "l", "wei"]), min_size=1, max_size=4)


@settings(max_examples=25)
@given(st.lists(queries(), min_size=1, max_size=8), st.lists(RECORDS, max_size=8), st.lists(RECORDS, max_size=4))
def test_the_ledger_has_what_trying_everything_finds(
    asked: list[Query], earlier: list[PaperRecord], records: list[PaperRecord]
) -> None:
    asyncio.run(_agrees(asked, earlier, records))


async def _agrees(asked: list[Query], earlier: list[PaperRecord], records: list[PaperRecord]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = await Database.open(Path(folder) / "store.db", readers=1)
        try:
            await ingest.take(db, "a", ParsedSource(papers=tuple(earlier)), now=NOW)
            async with db.read() as connection, connection.execute("SELECT handle FROM papers") as rows:
                known = [row[0] async for row in rows]
            before = {paper.handle: paper for paper in await by_handles(db, known)}
            for query in asked:
                await subscriptions.create(db, Scope(1, 2), 2, 3, query, Options(), NOW)
            await ingest.take(db, "a", ParsedSource(papers=tuple(records)), now=NOW)
            async with db.read() as connection, connection.execute("SELECT handle FROM papers") as rows:
                handles = [row[0] async for row in rows]
            expected = set()
            for paper in await by_handles(db, handles):
                for number, query in enumerate(asked, 1):
                    verdict = matches(query, paper)
                    old = matches(query, before[paper.handle]) if paper.handle in before else None
                    if verdict and not (old and not isinstance(old, Rejection)) and paper != before.get(paper.handle):
                        expected.add((number, paper.handle, isinstance(verdict, Rejection)))
            async with (
                db.read() as connection,
                connection.execute("SELECT subscription_id, handle, state = 'excluded' FROM ledger") as rows,
            ):
                assert {(row[0], row[1], bool(row[2])) async for row in rows} == expected
        finally:
            await db.close()


@given(NAMES, NAMES)
def test_a_name_that_is_asked_for_stands_under_a_key_of_the_name(asked: list[str], name: list[str]) -> None:
    if not answers_to(name, asked):
        return
    query = Query(clauses=(Clause(alternatives=(Term(kind="author", value=" ".join(asked)),)),))
    subject = FoldedPaper("", "", (tuple(name),), (" ".join(name),), frozenset(), False, None)
    assert keys_of_subject(subject) & set(keys_of(query, {}))


@given(
    queries(),
    st.dictionaries(st.sampled_from(["w:web", "w:agents", "s:agent", "s:web", "s:survey", "c:cs"]), st.integers(0, 9)),
)
def test_the_keys_do_not_depend_on_the_counts_for_being_right(query: Query, counts: dict[str, int]) -> None:
    subject = FoldedPaper("web agents survey long tools", "mr ben grosse", (), (), frozenset({"cs"}), True, "2024-02")
    if isinstance(matches(query, subject), tuple):
        assert keys_of_subject(subject) & set(keys_of(query, counts))
