"""The shortest chain of co-authors, against a plain search in memory."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store import ingest
from store.catalog import authors, collaboration
from store.catalog.collaboration import TooFarError, shortest_chain
from store.models import ParsedSource
from store.storage.database import Database
from tests.support.made import names, record

PEOPLE = [f"Ada{letter} Weaver{letter}" for letter in "abcdefghij"]
groups = st.lists(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4, unique=True), min_size=1, max_size=9)


async def store(path: Path, bylines: list[list[str]]) -> Database:
    db = await Database.open(path)
    papers = tuple(record(f"Looms of Town {n}", authors=names(*people)) for n, people in enumerate(bylines))
    await ingest.take(db, "made", ParsedSource(papers=papers))
    return db


async def chain(db: Database, one: str, other: str) -> list[str] | None:
    (first, *_), (second, *_) = [await authors.namesakes(db, name) for name in (one, other)]
    found = await shortest_chain(db, first.handle, second.handle)
    return [author.name for author in await authors.by_handles(db, found)] if found else None


def steps(bylines: list[list[str]], one: str, other: str) -> int | None:
    """How many steps lie between, by a search over the lists themselves."""
    far, waiting = {one: 0}, deque([one])
    while waiting:
        person = waiting.popleft()
        for people in bylines:
            for near in people if person in people else ():
                if near not in far:
                    far[near] = far[person] + 1
                    waiting.append(near)
    return far.get(other)


@settings(max_examples=25, deadline=None)
@given(groups)
async def test_the_chain_is_as_short_as_can_be_and_each_wrote_with_the_next(bylines: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        db = await store(Path(folder) / "lectern.db", bylines)
        known = sorted({person for people in bylines for person in people})
        for other in known:
            found, wanted = await chain(db, known[0], other), steps(bylines, known[0], other)
            if wanted is None or wanted > collaboration.MOST_STEPS:
                assert found is None
                continue
            assert found is not None
            assert (found[0], found[-1], len(found)) == (known[0], other, wanted + 1)
            for one, two in pairwise(found):
                assert any(one in people and two in people for people in bylines)
            assert await chain(db, known[0], other) == found
        await db.close()


async def test_a_chain_has_six_steps_at_most(tmp_path: Path) -> None:
    db = await store(tmp_path / "lectern.db", [list(pair) for pair in pairwise(PEOPLE)])
    assert await chain(db, PEOPLE[0], PEOPLE[6]) == PEOPLE[:7]
    assert await chain(db, PEOPLE[0], PEOPLE[7]) is None
    await db.close()


async def test_what_bounds_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = await store(tmp_path / "lectern.db", [PEOPLE[:5], PEOPLE[4:]])
    assert await chain(db, PEOPLE[0], PEOPLE[9]) == [PEOPLE[0], PEOPLE[4], PEOPLE[9]]
    monkeypatch.setattr(collaboration, "MOST_VISITED", 3)
    with pytest.raises(TooFarError):
        await chain(db, PEOPLE[0], PEOPLE[9])
    monkeypatch.setattr(collaboration, "MOST_AUTHORS", 4)
    assert await chain(db, PEOPLE[0], PEOPLE[9]) is None, "papers of many connect nobody"
    await db.close()
