"""Each fact of the paragraph on an author, for hundreds of authors, counted another way: by SQL over the store's rows."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commands.views import author_summary
from commands.views.author_summary import Fact
from store import author_profile, ingest
from store.library import Library
from store.models import Handle, PaperRecord, ParsedSource
from store.search.parser import parse
from tests.support.made import names, record

PAPERS, PEOPLE = 1500, 500
MOST_PAPERS = 100
"""More than anybody here has."""
SUBJECTS = (
    "web agents",
    "knowledge conflicts",
    "dependency parsing",
    "machine translation",
    "Markov logic",
    "silk looms",
)
FORMS = ("{} for {}", "A Study of {} and {}", "Toward {}: the Case of {}", "LOOM: {} with {}")
CATEGORIES = ("cs.CL", "cs.AI", "cs.LG", "math.CO", None)


def made() -> list[PaperRecord]:
    """Papers of groups of people who write on subjects that change with the years."""
    draw = random.Random(7)
    found = []
    for number in range(PAPERS):
        group = draw.randrange(PEOPLE // 10)
        people = [f"Ada{member} Group{group}" for member in draw.sample(range(10), draw.randint(1, 5))]
        year = draw.randint(2010, 2026)
        subjects = draw.sample(SUBJECTS[(group + year // 6) % 3 :][:3], 2)
        month = draw.choice(("", f"-{draw.randint(1, 12):02}", f"-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"))
        title = (
            draw.choice(FORMS).format(*subjects).title()
            if draw.random() < 0.5
            else draw.choice(FORMS).format(*subjects)
        )
        found.append(
            record(
                f"{title} in Town {number}",
                abstract=f"We look at {draw.choice(SUBJECTS)}s. It works." if draw.random() < 0.6 else None,
                authors=names(*people),
                published=f"{year}{month}" if draw.random() < 0.95 else None,
                category=draw.choice(CATEGORIES),
                cross_lists=tuple(draw.sample(("cs.CL", "stat.ML"), draw.randint(0, 2))),
                citations=draw.randrange(200),
            )
        )
    return found


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    library = await Library.open(tmp_path / "lectern.db")
    await ingest.take(library.db, "made", ParsedSource(papers=tuple(made())))
    yield library
    await library.close()


async def rows(library: Library, sql: str, handle: Handle) -> list[tuple[object, ...]]:
    """Of the author's papers."""
    of_author = "FROM authors AS a JOIN authorships AS w ON author_id = a.id JOIN papers AS p ON p.id = w.paper_id"
    async with library.db.read() as connection:
        found = await connection.execute_fetchall(f"{sql.format(of_author)} WHERE a.handle = ?", [handle])
    return [tuple(row) for row in found]


async def behind(library: Library, fact: Fact, papers: set[Handle], found: dict[str, set[Handle]]) -> int:
    """How many of an author's papers a fact follows from, by the full text of the whole store or by joint papers.

    What was `found` for a query, or by a person, is kept there: authors share subjects and papers.
    """
    view = library.view()
    key = fact.which.coauthor or fact.which.query
    if key not in found:
        found[key] = (
            {*await view.papers_of(fact.which.coauthor)}
            if fact.which.coauthor
            else {*(await view.search(parse(fact.which.query), PAPERS)).handles}
        )
    return len(papers & found[key])


@pytest.mark.parametrize("most_read", [author_profile.MOST_READ, 7])
async def test_every_fact_about_every_author_holds(
    library: Library, monkeypatch: pytest.MonkeyPatch, most_read: int
) -> None:
    monkeypatch.setattr(author_profile, "MOST_READ", most_read)
    view = library.view()
    async with library.db.read() as connection:
        rows_of_people = await connection.execute_fetchall("SELECT handle, papers FROM authors ORDER BY id")
    assert len(list(rows_of_people)) > 400
    people = [handle for handle, papers in rows_of_people if papers > most_read or most_read > MOST_PAPERS]
    told = bounded = 0
    by_query: dict[str, set[Handle]] = {}
    for handle in people:
        who, coauthors = await view.author(handle), await view.coauthors(handle)
        assert who is not None
        profile = await author_profile.load(view, who)
        found = await rows(library, "SELECT p.handle, p.published, p.citations {}", handle)
        years = sorted(int(str(published)[:4]) for _, published, _ in found if published)
        assert profile.papers == len(found)
        assert {one.year: one.papers for one in profile.years} == Counter(years)
        assert sum(one.citations for one in profile.years) == sum(int(str(c or 0)) for _, date, c in found if date)
        assert profile.undated == len(found) - len(years)
        papers = {str(one) for one, _, _ in found}
        for fact in author_summary.facts(profile, coauthors):
            assert await behind(library, fact, papers, by_query) == fact.papers, (handle, fact)
            told += 1
        text = author_summary.paragraph(profile, coauthors)
        assert re.match(rf"{len(found)} papers? ", text)
        numbers = {int(n) for n in re.findall(r"\((\d+)\)", text)}
        assert numbers <= {fact.papers for fact in author_summary.facts(profile, coauthors)}
        if profile.to_read[:1] and profile.to_read[0].reason == "most cited":
            assert profile.to_read[0].paper.citations == max(int(str(cited or 0)) for _, _, cited in found)
        assert {one.paper.handle for one in profile.to_read} <= papers
        bounded += profile.topics_since is not None
    assert told > (2000 if most_read > MOST_PAPERS else 200)
    assert bool(bounded) == (most_read < MOST_PAPERS), "topics of the newest papers only, and said so"
