"""A paper is found by every title that a source gives it."""

from __future__ import annotations

import pytest

from store.lookup.resolve import Sure
from store.models import Authorship, Identifier, Source, SourceKind
from store.storage.database import Database
from store.view import View
from tests.guilds.channels import NOW, arrive, record

ARXIV = (Identifier(scheme="arxiv", value="2402.15481"),)
AUTHORS = (Authorship(name="Yiran Liu", position=1), Authorship(name="Ke Yang", position=2))
TITLES = (
    "Prejudice and Caprice: A Statistical Framework for Measuring Social Discrimination in Large Language Models",
    "Prejudice and Volatility: A Statistical Framework for Measuring Social Discrimination in Large Language Models",
    "Bias and Volatility: A Statistical Framework for Evaluating Large Language Model's Stereotypes",
)


@pytest.fixture
async def versions(db: Database) -> Database:
    """One paper under three titles, beside another."""
    kinds: tuple[SourceKind, ...] = ("arxiv", "s2", "author_page")
    for kind, title in zip(kinds, TITLES, strict=True):
        source = Source(kind=kind, name=kind, retrieved=NOW)
        await arrive(db, record(title, source=source, authors=AUTHORS, identifiers=ARXIV))
    await arrive(db, record("Prejudice in Tables of Numbers"))
    return db


@pytest.mark.parametrize("typed", [*TITLES, *(title.upper() for title in TITLES), *(title[:24] for title in TITLES)])
async def test_a_paper_is_found_by_each_of_its_titles(versions: Database, view: View, typed: str) -> None:
    found = await view.resolve_paper(typed)
    assert isinstance(found, Sure)
    (paper,) = await view.papers([found.hit.handle])
    assert paper.identifiers == ARXIV
    assert {claim.value for one in paper.disagreements if one.field == "title" for claim in one.claims} == set(TITLES)


async def test_a_short_beginning_says_nothing_of_other_titles(versions: Database, view: View) -> None:
    assert not isinstance(await view.resolve_paper("bias and"), Sure)
