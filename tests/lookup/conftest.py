from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from store.lookup import Lookup
from store.storage.database import Database
from tests.lookup.library import AUTHORS, PAPERS, write_authors, write_papers


@pytest.fixture
async def lookup(db: Database) -> AsyncIterator[Lookup]:
    """Over the papers and authors of `library`."""
    opened = await Lookup.open(db)
    await write_papers(db, dict(enumerate(PAPERS, 1)))
    await write_authors(db, dict(enumerate(AUTHORS, 1)))
    yield opened
    await opened.ready()
    await opened.close()


@pytest.fixture
async def empty(db: Database) -> AsyncIterator[Lookup]:
    """Over a store without papers."""
    opened = await Lookup.open(db)
    yield opened
    await opened.close()
