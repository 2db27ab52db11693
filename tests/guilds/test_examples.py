"""Examples are found by what is said to find them, in the guild's own store and in no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store import examples, ingest, own_intake
from store.examples import Examples
from store.guilds.own_additions import Addition
from store.guilds.own_papers import EVERYBODY
from store.library import Library
from store.lookup.resolve import Sure
from store.models import PaperRecord, ParsedSource
from tests.support.made import names, record

GUILD = 42


@pytest.fixture
async def library(empty_file: Path) -> AsyncIterator[Library]:
    library = await Library.open(empty_file)
    yield library
    await library.close()


async def add(library: Library, *papers: PaperRecord, owner: int = EVERYBODY) -> None:
    parsed, now = ParsedSource(papers=papers), datetime.now(UTC)
    if owner:
        await own_intake.take(library.db, Addition(owner, 7), "/add", parsed, now)
    else:
        await ingest.take(library.db, "made.bib", parsed)


async def chosen(library: Library, owner: int = EVERYBODY) -> Examples:
    """The examples, which lead to what they are examples of."""
    view = library.view(owner)
    found = await examples.choose(view)
    assert found is not None
    if found.title:
        resolution = await view.resolve_paper(found.title)
        assert isinstance(resolution, Sure)
        assert resolution.hit.handle == found.paper.handle
    if found.name and found.author:
        resolution = await view.resolve_author(found.name)
        assert isinstance(resolution, Sure)
        assert resolution.hit.handle == found.author.handle
    return found


async def test_an_empty_store_has_none(library: Library) -> None:
    assert await examples.choose(library.view(GUILD)) is None


async def test_the_newest_paper_with_a_name_and_an_abstract_is_taken(library: Library) -> None:
    await add(
        library,
        record("WebRL: Training Agents on the Web", published="2024-11-04", abstract="We train agents.", category="CL"),
        record("OldRL: Training Agents Long Ago", published="2019-01-01", abstract="We train agents."),
        record("NewRL: Training Agents Anew", published="2025-01-01"),
        record("Agents are trained in a way that nobody remembers", published="2026-01-01", abstract="So it is."),
        record("Anonymous", published="2023-01-01", authors=names("Ashish Vaswani")),
    )
    found = await chosen(library)
    assert (found.title, found.word, found.category) == ("webrl", "training", "cs.CL")
    assert found.author is not None
    assert (found.author.name, found.name) == ("Ashish Vaswani", "ashish vawsani")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": "Ω"}, {"title": "ω", "word": None}),
        ({"title": "Two Words"}, {"title": "two words"}),
        ({"title": "Schönste Wörter"}, {"word": None}),
        ({"title": "T" * 900}, {"title": None}),
        ({"title": "注意力机制: 综述"}, {"title": "注意力机制", "word": None}),
        ({"authors": ()}, {"author": None, "name": None}),
        ({"authors": names("Li")}, {"name": "li"}),
        ({"authors": names("李明")}, {}),
        ({"authors": names("N" * 400)}, {"name": None}),
        ({"category": "cs.CL or: agents"}, {"category": None}),
        ({"category": "Medicine"}, {"category": None}),
        ({"category": "cond-mat.mes-hall"}, {"category": "cond-mat.mes-hall"}),
    ],
)
async def test_whatever_a_paper_holds(library: Library, fields: dict[str, Any], expected: dict[str, Any]) -> None:
    await add(library, record(**fields))
    found = await chosen(library)
    assert {name: getattr(found, name) for name in expected} == expected


async def test_what_cannot_be_told_apart_is_not_to_be_typed(library: Library) -> None:
    await add(
        library,
        record("BERT: One Thing", published="2020-01-01", authors=names("Ada Bee")),
        record("BERT: Quite Another", published="2021-01-01", authors=names("Max Cee")),
    )
    found = await chosen(library)
    assert (found.paper.title, found.title) == ("BERT: Quite Another", None)


async def test_a_guild_sees_its_own_papers_and_nobody_elses(library: Library) -> None:
    await add(library, record("WebRL: Training Agents on the Web", published="2024-11-04", abstract="We train."))
    ours = record("OurRL: Not For Others", published="2026-01-01", authors=names("Ada Bee"), abstract="Ours.")
    await add(library, ours, owner=GUILD)
    assert (await chosen(library, GUILD)).title == "ourrl"
    assert (await chosen(library)).title == "webrl"
    assert (await chosen(library, 43)).title == "webrl"
