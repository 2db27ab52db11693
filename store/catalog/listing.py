"""Every paper of the store, in the order in which they came in."""

from __future__ import annotations

from collections.abc import AsyncIterator

from store.catalog import papers
from store.models import Paper
from store.storage.database import Database

PAGE = 500


async def everything(db: Database) -> AsyncIterator[list[Paper]]:
    """All papers, page by page. What comes in meanwhile comes last or not at all."""
    last = 0
    while True:
        async with (
            db.read() as connection,
            connection.execute("SELECT id, handle FROM papers WHERE id > ? ORDER BY id LIMIT ?", [last, PAGE]) as rows,
        ):
            page = [(int(row["id"]), str(row["handle"])) async for row in rows]
        if not page:
            return
        last = page[-1][0]
        yield await papers.by_handles(db, [handle for _, handle in page])
