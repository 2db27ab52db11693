"""Novelty: copied papers are the least novel, unheard-of ones the most, whatever the order in which papers came."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import correction, ingest, own_intake, removal
from store.catalog import novelty_percentile
from store.catalog.merge import merge
from store.catalog.novelty import LEAST_EARLIER, Novelty
from store.catalog.novelty_percentile import LEAST_COMPARED, novelty
from store.guilds import hidden_papers, own_additions
from store.library import Library
from store.models import Paper, PaperRecord, ParsedSource
from store.storage.database import Database
from store.text.handles import handle
from tests.guilds.channels import NOW
from tests.support.made import names, record

GUILD, OTHER, PERSON = 100, 101, 7
TOPICS = [[f"{topic}{letter}" for letter in "abcdefghijklmnop"] for topic in ("loom", "tide", "soil", "moon", "rail")]


def made(number: int, published: str | None, draw: random.Random, **fields: object) -> PaperRecord:
    """A paper on one of the topics, with some words of its own."""
    abstract = " ".join([*draw.choices(draw.choice(TOPICS), k=20), *(f"rare{draw.randrange(400)}" for _ in range(8))])
    given: dict[str, object] = {"abstract": abstract, "category": "cs.CL", "authors": names(f"Ann Author{number}")}
    return record(f"Paper number{number} of its kind", published=published, **(given | fields))


def corpus(earlier: int = LEAST_EARLIER, compared: int = LEAST_COMPARED) -> list[PaperRecord]:
    draw = random.Random(1)
    dates = [f"20{draw.randint(10, 22)}" for _ in range(earlier)]
    dates += [f"2024-{draw.randint(1, 12):02}" for _ in range(compared)]
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


@settings(max_examples=10)
@given(st.randoms(use_true_random=False), st.integers(5, 40), st.sampled_from([30, 2000]))
def test_the_order_in_which_papers_came_does_not_matter(draw: random.Random, batch: int, sample: int) -> None:
    asyncio.run(_in_any_order(draw, batch, sample))


async def _in_any_order(draw: random.Random, batch: int, sample: int) -> None:
    """Asked in between as well, with changes and removals, by a sample of the store as large ones have it, or by all."""
    papers = corpus(40, LEAST_COMPARED + 5)
    paper = asked(papers[3].abstract)
    results = []
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(novelty_percentile, "SAMPLE", sample)
        patch.setattr(novelty_percentile, "LEAST_EARLIER", 20)
        patch.setattr("store.catalog.novelty.LEAST_EARLIER", 20)
        for name, ask_between in (("once", False), ("slowly", True)):
            db = await Database.open(Path(folder) / name, readers=1)
            extra = made(999, "2012", random.Random(5), abstract=papers[3].abstract)
            order = [*papers, extra]
            draw.shuffle(order)
            for start in range(0, len(order), batch if ask_between else len(order)):
                await take(db, order[start : start + batch] if ask_between else order)
                if ask_between:
                    await novelty(db, paper)
            async with db.read() as connection, connection.execute("SELECT handle, title FROM papers") as rows:
                handles = {row["title"]: row["handle"] async for row in rows}
            await removal.remove(db, handles[extra.title], NOW)
            await correction.correct(db, handles[papers[5].title], {"abstract": "loomz corrected"}, NOW)
            await correction.correct(db, handles[papers[6].title], {"published": "2024-02"}, NOW)
            results.append(told(await novelty(db, paper)))
            await db.close()
    assert results[0] is not None and results[0] == results[1]


async def test_a_later_paper_leaves_what_was_measured(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one of the same date or before does not."""
    monkeypatch.setattr(novelty_percentile, "SAMPLE", 1)
    monkeypatch.setattr(novelty_percentile, "LEAST_EARLIER", 0)
    await take(db, corpus())
    assert await novelty(db, asked())
    for date, measured in (("2025", 0), ("2024-06-15", None), ("2001", LEAST_COMPARED)):
        before = await _revisions(db)
        await take(db, [made(int(date[:4]), date, random.Random(6), category="q-bio")])
        assert await novelty(db, asked())
        again = sum(one not in before for one in await _revisions(db))
        assert again == measured or (measured is None and 0 < again < LEAST_COMPARED)


async def _revisions(db: Database) -> set[tuple[int, int]]:
    async with (
        db.read() as connection,
        connection.execute("SELECT paper_id, revision FROM novelty_distances") as rows,
    ):
        return {(row[0], row[1]) async for row in rows}
