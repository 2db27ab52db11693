from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database
from store.lookup import Lookup
from tests.lookup.library import AUTHORS, PAPERS, write_authors, write_papers


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "lectern.db")
    yield database
    await database.close()


@pytest.fixture
async def lookup(db: Database) -> AsyncIterator[Lookup]:
    """Over the papers and authors of `library`."""
    opened = await Lookup.open(db)
    await write_papers(db, dict(enumerate(PAPERS, 1)))
    await write_authors(db, dict(enumerate(AUTHORS, 1)))
    yield opened
    await opened.ready()
    await opened.close()
