"""Who may be the same person as an author, and what is said for it."""

from __future__ import annotations

import pytest

from store import ingest
from store.catalog import authors, same_person
from store.models import PaperRecord, ParsedSource
from store.storage.database import Database
from tests.support.made import names, page, record, source

FULL = "Noah A. Smith"
PAPERS = [
    record("Parsing with Sparsity", authors=names(FULL, "Ada Bee")),
    record("Grammars for Dialogue", authors=names("Ada Bee", FULL)),
    record("Structured Sparsity", authors=names("Noah Smith", "Ada Bee")),
]


async def take(db: Database, *records: PaperRecord) -> None:
    await ingest.take(db, "made", ParsedSource(papers=records))


async def found(db: Database, name: str) -> list[tuple[str, int, tuple[str, ...]]]:
    (author,) = await authors.namesakes(db, name)
    return [(c.author.name, c.author.papers, c.evidence) for c in await same_person.candidates(db, author.handle)]


async def test_a_fuller_name_is_found_from_both_sides(db: Database) -> None:
    await take(db, *PAPERS)
    said = ("with Ada Bee on both", "titles that share “sparsity”")
    assert await found(db, "Noah Smith") == [(FULL, 2, said)]
    assert await found(db, FULL) == [("Noah Smith", 1, said)]
    assert await found(db, "Ada Bee") == []


@pytest.mark.parametrize(
    "other",
    [
        record("Sparsity Once More", authors=names("Nathan Smith", "Ada Bee")),
        record("Sparsity Once More", authors=names("Noah B. Smith", "Ada Bee")),
        record("Sparsity Once More", authors=names("Noah Smith", FULL, "Ada Bee")),
        record("Orchards", authors=names("Noah Smith", "Cy Dee")),
    ],
    ids=["another first name", "another initial", "on a paper together", "nothing in common"],
)
async def test_who_cannot_be_the_same_person_is_not_offered(db: Database, other: PaperRecord) -> None:
    await take(db, *PAPERS[:2], other)
    assert await found(db, FULL) == []


async def test_the_likeliest_come_first_and_at_most_five(db: Database) -> None:
    middles = ["B.", "C.", "D.", "E.", "F.", "G."]
    await take(
        db,
        record("Sparsity", authors=names("N. Smith", "Ada Bee", "Cy Dee")),
        *(record(f"Orchards {m}", authors=names(f"Noah {m} Smith", "Ada Bee")) for m in middles),
        record("Sparsity of Trees", authors=names("Noah H. Smith", "Ada Bee", "Cy Dee")),
    )
    people = await found(db, "N. Smith")
    assert people[0][0] == "Noah H. Smith" and len(people) == 5


async def test_groups_and_pages_without_papers_have_none(db: Database) -> None:
    where = source("noah.txt")
    await take(db, *PAPERS)
    await ingest.take(db, "p", ParsedSource(pages=(page("N. Smith", where=where, h_index=3),)))
    assert await found(db, "N. Smith") == []
    assert await same_person.candidates(db, "a" * 13) == [] == await same_person.alike(db, "a" * 13)
