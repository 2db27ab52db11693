"""Entries with other papers' identifiers: they take nothing away, and the order in which records come does not matter."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeds.formats import reader
from store import ingest
from store.catalog import merges, papers
from store.models import Identifier, Paper, PaperRecord, ParsedSource, SourceKind
from store.storage.database import Database
from tests.support.made import DAY, arxiv, names, record, source

PEOPLE = ["Ada Byron", "Grace Hopper", "Mary Shelley", "Emmy Noether", "Lise Meitner", "Sofia Kovalevskaya"]
THINGS = ["Looms", "Engines", "Rivers", "Invariants", "Fission", "Rotation", "Silk", "Compilers", "Monsters", "Rings"]


def doi(value: str) -> tuple[Identifier, ...]:
    return (Identifier(scheme="doi", value=value),)


def given_by(kind: SourceKind, *numbers: int) -> list[PaperRecord]:
    """Records of one service about papers that have nothing in common."""
    return [
        record(
            f"{THINGS[number % 10]} and {THINGS[number // 10 % 10]} of Kind {number}",
            authors=names(PEOPLE[number % 6]),
            identifiers=arxiv(f"2401.{number:05}") if kind == "arxiv" else doi(f"10.5555/{number}"),
            source=source(kind, kind),
        )
        for number in numbers
    ]


async def take(db: Database, *records: PaperRecord, name: str = "a file") -> None:
    await ingest.take(db, name, ParsedSource(papers=records), now=DAY)


async def everything(db: Database) -> list[Paper]:
    return [paper async for page in papers.in_pages(db) for paper in page]


def read(text: str) -> tuple[PaperRecord, ...]:
    return reader.read("theirs.bib", text.encode(), DAY).papers


async def test_one_entry_with_the_identifiers_of_sixty_papers_unites_none(db: Database) -> None:
    real = [*given_by("arxiv", *range(30)), *given_by("crossref", *range(100, 130))]
    await take(db, *real)
    before = await everything(db)
    ids = [*(f"arXiv:2401.{n:05}" for n in range(30)), *(f"10.5555/{n}" for n in range(100, 130))]
    (entry,) = read(f"@misc{{x, title={{{real[0].title}}}, author={{Nobody}}, note={{{' '.join(ids)}}}}}")
    every = tuple(i for one in real for i in one.identifiers)
    for identifiers in (entry.identifiers, every):
        await take(db, entry.model_copy(update={"identifiers": identifiers}))
    after = await everything(db)
    assert after[:60] == before
    assert len(after) == 61
    assert not await merges.latest(db)
    # Nor do the identifiers lead to it.
    assert await papers.by_identifiers(db, every) == before


async def test_a_large_file_of_such_entries_takes_nothing_away(db: Database) -> None:
    for start in range(0, 2000, 1000):
        await take(db, *given_by("arxiv", *range(start, start + 1000)))
    before = await everything(db)
    entries = [
        f"@misc{{x{n}, title={{Kind {n} Taken from All}}, author={{Nobody {n}}}, eprint={{2401.{n:05}}}, archiveprefix={{arXiv}},"
        f" doi={{10.5555/{n // 2}}}, abstract={{{'silk ' * 40}}}}}"
        for n in range(2000)
    ]
    text = "\n".join(entries)
    assert len(text) > 640_000
    for _ in range(2):
        await take(db, *read(text))
        after = await everything(db)
        assert after[:2000] == before
        assert len(after) == 4000
    assert not await merges.latest(db)


async def test_a_service_takes_over_the_key_that_a_stranger_had(db: Database) -> None:
    fake = record(
        "Fishing in Cold Waters", authors=names("Nobody"), identifiers=arxiv("2401.00007"), source=source("f")
    )
    (real,) = given_by("arxiv", 7)
    await take(db, fake)
    await take(db, real)
    await take(db, fake)
    one, other = await everything(db)
    assert (one.title, other.title) == (fake.title, real.title)
    assert await papers.by_identifiers(db, real.identifiers) == [other]
    # What people say of the real one is found by its key.
    await take(db, real.model_copy(update={"source": source("refs.bib", "bibtex"), "authors": ()}))
    assert [len(paper.sources) for paper in await everything(db)] == [1, 2]


async def test_a_service_may_rewrite_its_record_altogether(db: Database) -> None:
    (first,) = given_by("arxiv", 7)
    await take(db, first)
    await take(db, first.model_copy(update={"title": "Something Quite Different", "authors": names("Mary Shelley")}))
    (paper,) = await everything(db)
    assert paper.title == "Something Quite Different"


async def test_a_list_of_values_leads_to_its_paper_by_the_first_or_the_one_that_others_have(db: Database) -> None:
    listed = tuple(i for n in range(30) for i in doi(f"10.5555/{n}"))
    alone = record("Fishing in Cold Waters", authors=names("Nobody"), identifiers=listed)
    (real,) = given_by("crossref", 7)
    await take(db, real, alone, real.model_copy(update={"identifiers": listed, "source": source("refs.bib", "bibtex")}))
    real_paper, other = await everything(db)
    assert await papers.by_identifiers(db, listed) == [other, real_paper]
    assert len(real_paper.sources) == 2


def works() -> list[PaperRecord]:
    """Records of three works, each with a chain of evidence from one to the next, and of a stranger to all."""
    found = []
    for number in range(3):
        (preprint,), (published,) = given_by("arxiv", number), given_by("crossref", number)
        both = (*preprint.identifiers, *published.identifiers)
        retitled = {"title": f"Another Name of Kind {number}", "source": source("dblp", "dblp"), "identifiers": both}
        found += [preprint, published, preprint.model_copy(update=retitled)]
    return [*found, record("Fishing in Waters", authors=names("Nobody"), identifiers=found[0].identifiers)]


WORKS = works()


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("empty") / "lectern.db"
    asyncio.run(taken(path, []))
    return path


async def taken(path: Path, batches: Sequence[Sequence[PaperRecord]]) -> set[frozenset[tuple[str, str]]]:
    """The papers, as their records, after these batches."""
    db = await Database.open(path)
    for batch in batches:
        await take(db, *batch)
    found = {
        frozenset((claim.name, paper.identifiers[0].value) for claim in paper.sources) for paper in await everything(db)
    }
    await db.close()
    return found


@given(st.permutations(WORKS), st.sets(st.integers(1, len(WORKS) - 1)))
@settings(max_examples=25)
async def test_order_and_batches_do_not_matter(empty_store: Path, order: list[PaperRecord], cuts: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lectern.db"
        copy(empty_store, path)
        ends = [*sorted(cuts), len(order)]
        batches = [order[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        expected = {
            frozenset((name, f"2401.{number:05}") for name in ("arxiv", "crossref", "dblp")) for number in range(3)
        }
        assert await taken(path, batches) == expected | {frozenset([("page.txt", "2401.00000")])}
