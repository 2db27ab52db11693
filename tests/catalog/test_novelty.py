"""Novelty: copied papers are the least novel, unheard-of ones the most, whatever the order in which papers came."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import aiosqlite
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import correction, ingest, own_intake, removal, separation
from store.catalog import novelty_percentile
from store.catalog.merge import merge
from store.catalog.novelty import CANDIDATES, LEAST_EARLIER, Novelty, Weighed, WordCounts, earlier_candidates
from store.catalog.novelty_percentile import COMPARED, LEAST_COMPARED, SAMPLE, novelty, stored
from store.catalog.papers import in_pages
from store.guilds import hidden_papers, own_additions
from store.library import Library
from store.models import Identifier, Paper, PaperRecord, ParsedSource
from store.storage.database import Database
from store.text.handles import handle
from tests.guilds.channels import NOW
from tests.support.made import arxiv, names, record, source

GUILD, OTHER, PERSON = 100, 101, 7
TOPICS = [[f"{topic}{letter}" for letter in "abcdefghijklmnop"] for topic in ("loom", "tide", "soil", "moon", "rail")]


def made(number: int, published: str | None, draw: random.Random, title: str = "", **fields: object) -> PaperRecord:
    """A paper on one of the topics, with some words of its own."""
    abstract = " ".join([*draw.choices(draw.choice(TOPICS), k=20), *(f"rare{draw.randrange(400)}" for _ in range(8))])
    given: dict[str, object] = {"abstract": abstract, "category": "cs.CL", "authors": names(f"Ann Author{number}")}
    return record(title or f"Paper number{number} of its kind", published=published, **(given | fields))


def corpus(earlier: int = LEAST_EARLIER, compared: int = LEAST_COMPARED) -> list[PaperRecord]:
    draw = random.Random(1)
    dates = [f"20{draw.randint(10, 22)}" for _ in range(earlier)]
    dates += [f"2024-{draw.randint(1, 12):02}" for _ in range(compared - 1)] + ["2024"]
    return [made(number, published, draw) for number, published in enumerate(dates)]


def asked(abstract: str | None = "loom", **fields: object) -> Paper:
    """A paper that the store does not hold."""
    given = {"abstract": abstract, "category": "cs.CL", "published": "2024-12-31"}
    return merge(handle("asked"), [record("Asked", **(given | fields))])


async def take(db: Database, papers: Sequence[PaperRecord]) -> None:
    await ingest.take(db, "made", ParsedSource(papers=tuple(papers)), now=NOW)


def told(found: Novelty | None) -> object:
    return found and (found.percentile, found.compared, [(n.paper.title, n.similarity, n.words) for n in found.nearest])


@pytest.fixture
async def library(db: Database) -> AsyncIterator[Library]:
    await take(db, corpus())
    opened = await Library.open(db.path)
    yield opened
    await opened.close()


async def test_a_copy_is_least_novel_and_unheard_of_words_are_most(library: Library) -> None:
    original = corpus()[3]
    assert original.abstract
    copied = await library.view().novelty(asked(original.abstract))
    assert copied and (copied.percentile, copied.compared) == (0, LEAST_COMPARED)
    assert (copied.category, copied.year) == ("cs.CL", "2024")
    assert copied.nearest[0].paper.title == original.title and len(copied.nearest) == 3
    assert set(copied.nearest[0].words) <= set(original.abstract.split())
    words = original.abstract.split()
    random.Random(2).shuffle(words)
    shuffled = await library.view().novelty(asked(" ".join(words)))
    assert told(shuffled) == told(copied)
    unheard = await library.view().novelty(asked(" ".join(f"unheard{letter}" for letter in "abcdefghij")))
    assert unheard and (unheard.percentile, unheard.nearest) == (100, ())


async def test_the_percentile_is_the_share_of_papers_that_are_nearer(library: Library) -> None:
    assert await novelty(library.db, asked())
    kept = {one: value for one, value, _ in await _kept(library.db)}
    for paper in await library.view().papers(list(kept)[:5]):
        found = await novelty(library.db, paper.model_copy(update={"handle": handle("another")}))
        assert found and found.percentile == 100 * sum(v < kept[paper.handle] for v in kept.values()) // len(kept)


async def test_what_several_ask_for_at_once_is_measured_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []

    async def noted(connection: aiosqlite.Connection, paper: Paper, known: Weighed) -> list[Paper] | None:
        measured.append(paper.title)
        return await earlier_candidates(connection, paper, known)

    monkeypatch.setattr(novelty_percentile, "earlier_candidates", noted)
    found = await asyncio.gather(*(novelty(library.db, asked()) for _ in range(4)))
    assert len({str(told(one)) for one in found}) == 1 and found[0]
    assert measured.count("Asked") == 4 and len(measured) == 4 + LEAST_COMPARED


async def test_only_what_is_surely_earlier_counts(db: Database) -> None:
    draw = random.Random(3)
    text = "shuttles weave punched cards"
    dates = ["2024-12", "2024", "2025", None, "2024-12-31", "2024-12-30"]
    await take(db, [*corpus(), *(made(900 + n, date, draw, abstract=text) for n, date in enumerate(dates))])
    found = await novelty(db, asked(text))
    assert found and [one.paper.published for one in found.nearest] == ["2024-12-30"]


@pytest.mark.parametrize("fields", [{"abstract": None}, {"published": None}, {"category": None}, {"category": "q-bio"}])
async def test_without_what_it_needs_nothing_is_said(library: Library, fields: dict[str, object]) -> None:
    assert await library.view().novelty(asked(**fields)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("earlier", "compared", "said"), [(0, 0, True), (1, 0, False), (0, 1, False)])
async def test_a_small_store_says_nothing(db: Database, earlier: int, compared: int, said: bool) -> None:
    await take(db, corpus(LEAST_EARLIER - earlier, LEAST_COMPARED - compared))
    assert bool(await novelty(db, asked(published="2024"))) is said
    of_the_group = [paper async for page in in_pages(db) for paper in page if paper.published == "2024"]
    assert not any([await novelty(db, paper) for paper in of_the_group]), "no paper is compared with itself"
    assert not await novelty(db, asked(published="2010"))


async def test_papers_without_an_abstract_are_not_compared_with(db: Database) -> None:
    papers = corpus()
    await take(db, [*papers[:-1], papers[-1].model_copy(update={"abstract": None})])
    assert await novelty(db, asked()) is None


async def test_hidden_papers_are_not_named_and_own_papers_do_not_count(library: Library) -> None:
    here, elsewhere = library.view(GUILD), library.view(OTHER)
    original = corpus()[3]
    paper = asked(original.abstract)
    before = await here.novelty(paper)
    assert before and told(await elsewhere.novelty(paper)) == told(before)
    added = made(950, "2024-01", random.Random(4), abstract="unheard words of a draft")
    addition = own_additions.Addition(GUILD, PERSON)
    await own_intake.take(library.db, addition, "/add", ParsedSource(papers=(added,)), NOW)
    (hidden, *_) = before.nearest
    async with library.db.write() as connection:
        await hidden_papers.hide(connection, GUILD, hidden.paper, PERSON, NOW)
    after = await here.novelty(paper)
    assert after and after.percentile == before.percentile
    assert hidden.paper.title not in [one.paper.title for one in after.nearest]
    assert told(await elsewhere.novelty(paper)) == told(before)
    draft = asked("unheard words of a draft")
    for view in (here, elsewhere):
        found = await view.novelty(draft)
        assert found and (found.percentile, found.nearest) == (100, ())


@settings(max_examples=5)
@given(st.randoms(use_true_random=False), st.integers(5, 40), st.sampled_from([12, 30, 2000]))
def test_the_order_in_which_papers_came_does_not_matter(draw: random.Random, batch: int, sample: int) -> None:
    asyncio.run(_in_any_order(draw, batch, sample))


async def _in_any_order(draw: random.Random, batch: int, sample: int) -> None:
    """Nor what was asked in between, or changed or removed; with a sample of the store, as large ones have it, or all."""
    papers = corpus(40, LEAST_COMPARED)
    texts = [paper.abstract for paper in papers[40:]]
    doi = (Identifier(scheme="doi", value="10.1145/1"),)
    twins = [
        made(900 + number, published, draw, abstract=texts[number], identifiers=identifiers, title=title)
        for number, (published, identifiers, title) in enumerate(
            [
                ("2011", (), ""),
                ("2012", (), "Tides of Ghent"),
                ("2025", (), ""),
                ("2012", arxiv("2401.00001"), "Looms of Basel"),
                ("2013", doi, "Silk"),
            ]
        )
    ]
    united = twins[4].model_copy(update={"identifiers": (*arxiv("2401.00001"), *doi), "source": source("dblp", "dblp")})
    results = []
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as opened:
            patch.setattr(novelty_percentile, "SAMPLE", sample)
            patch.setattr(novelty_percentile, "LEAST_EARLIER", 5)
            patch.setattr("store.catalog.novelty.LEAST_EARLIER", 5)
            for name, step in (("once", len(papers) + len(twins)), ("slowly", batch)):
                db = await Database.open(Path(folder) / name, readers=1)
                opened.push_async_callback(db.close)
                order = [*papers, *twins]
                draw.shuffle(order)
                for start in range(0, len(order), step):
                    await take(db, order[start : start + step])
                    await _holds(db)
                handles = {paper.title: paper.handle async for page in in_pages(db) for paper in page}
                for change in (
                    removal.remove(db, handles[twins[0].title], NOW),
                    removal.bring_back(db, handles[twins[0].title], NOW),
                    correction.correct(db, handles[twins[1].title], {"published": "2026"}, NOW),
                    correction.correct(db, handles[twins[2].title], {"published": "2010"}, NOW),
                    correction.correct(db, handles[papers[5].title], {"abstract": texts[5]}, NOW),
                    correction.correct(db, handles[papers[46].title], {"abstract": papers[6].abstract}, NOW),
                ):
                    await change
                    results.append(await _holds(db))
                await take(db, [united])
                await _holds(db)
                merged = [await separation.undo_merge(db, handles[twin.title], NOW) for twin in twins[3:]]
                assert any(merged)
                await _holds(db)
    once, slowly = results[: len(results) // 2], results[len(results) // 2 :]
    assert once[-1][0] is not None and once == slowly


async def _holds(db: Database) -> tuple[object, set[tuple[str, float]]]:
    """What is said, and the distances that are kept, which are those that are measured when none is kept."""
    said: list[tuple[object, set[tuple[str, float]]]] = []
    kept: dict[str, list[tuple[object, ...]]] = {}
    for _ in range(2):
        said.append((told(await novelty(db, asked())), {(one, value) for one, value, _ in await _kept(db)}))
        async with db.write() as connection:
            for table in ("novelty_words", "novelty_distances"):
                if len(said) == 1:
                    kept[table] = [tuple(row) for row in await connection.execute_fetchall(f"SELECT * FROM {table}")]
                await connection.execute(f"DELETE FROM {table}")
                if len(said) == 2:
                    await connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", kept[table])
    assert said[0] == said[1]
    return said[0]


async def test_a_later_paper_leaves_what_was_measured(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one of the same date or before does not."""
    monkeypatch.setattr(novelty_percentile, "SAMPLE", 1)
    monkeypatch.setattr(novelty_percentile, "LEAST_EARLIER", 0)
    await take(db, corpus())
    assert await novelty(db, asked())
    for date, measured in (("2025", 0), ("2024-06-15", None), ("2001", LEAST_COMPARED)):
        before = await _kept(db)
        await take(db, [made(int(date[:4]), date, random.Random(6), category="q-bio")])
        assert await novelty(db, asked())
        again = sum(one not in before for one in await _kept(db))
        assert again == measured or (measured is None and 0 < again < LEAST_COMPARED)


async def _kept(db: Database) -> set[tuple[str, float, int]]:
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT handle, distance, revision FROM novelty_distances JOIN papers ON papers.id = paper_id"
            " WHERE handle IN (SELECT handle FROM papers WHERE category = 'cs.CL' AND published GLOB '2024*'"
            "  ORDER BY handle LIMIT ?)",
            [LEAST_COMPARED],
        ) as rows,
    ):
        return {(row[0], row[1], row[2]) async for row in rows}


async def test_at_most_so_many_are_compared_and_looked_at(db: Database) -> None:
    text = "shuttles weave punched cards"
    draw = random.Random(7)
    alike = [made(900 + number, "2023", draw, abstract=text) for number in range(CANDIDATES + 5)]
    await take(db, [*corpus(compared=COMPARED + 5), *alike])
    found = await novelty(db, asked(text))
    assert found and (found.compared, len(found.nearest)) == (COMPARED, CANDIDATES)


async def test_earlier_papers_are_found_by_words_that_few_have(library: Library) -> None:
    """By two, or by one in the title."""
    draw = random.Random(8)
    one, two = "shuttles", "shuttles weave"
    by_title = made(902, "2023", draw, title="Shuttles everywhere", abstract=None)
    await take(
        library.db, [*(made(900 + n, "2023", draw, abstract=text) for n, text in enumerate((one, two))), by_title]
    )
    for common, found in ((2, {"Shuttles everywhere", "Paper number901 of its kind"}), (1900, set())):
        counts = WordCounts(papers=2000, stored=3_000_000, words={"shuttles": common, "weave": common, "asked": 1900})
        async with library.db.read() as connection:
            candidates = await earlier_candidates(connection, asked(two), Weighed(counts))
        assert candidates is not None and {paper.title for paper in candidates} == found


def test_the_number_of_papers_is_estimated_from_the_sample() -> None:
    handles = sorted(handle(str(number)) for number in range(50_000))
    assert stored(handles[:SAMPLE]) == pytest.approx(50_000, rel=0.1)
    assert stored(handles[:30]) == 30
