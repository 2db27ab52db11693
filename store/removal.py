"""Removing a paper that is in the store by mistake, and taking that back."""

from __future__ import annotations

from datetime import UTC, datetime

from store import own_intake
from store.catalog import authorships, namesakes, novelty_percentile, records, removed_papers
from store.catalog.entity_resolution import PaperChange
from store.embeddings import vectors
from store.guilds import removed_matches
from store.lookup.index.writer import update_names, update_titles
from store.models import Handle, Paper
from store.search import full_text
from store.storage.database import Database


async def remove(db: Database, handle: Handle, now: datetime | None = None) -> Paper | None:
    """Remove the paper that goes by this handle for everybody; None where there is none.

    No source brings it back. What subscriptions were to be told of it is dropped; what was posted stays recorded. What
    guilds' members added of it stays theirs.
    """
    now = now or datetime.now(UTC)
    async with db.write() as connection:
        found = await records.load_by_handle(connection, handle)
        if found is None:
            return None
        before = await removed_papers.remove(connection, found, now)
        await update_names(connection, await authorships.release(connection, before))
        await update_titles(connection, [(found.paper_id, found.paper.title, None)])
        await full_text.remove(connection, found.paper_id, found.paper)
        await novelty_percentile.follow(connection, [], [found.paper])
        await removed_matches.drop_removed(connection, found.handle, now)
        await own_intake.outlive(connection, found.handle)
    await namesakes.divide_waiting(db)
    return found.paper


async def bring_back(db: Database, handle: Handle, now: datetime | None = None) -> Paper | None:
    """Undo the removal of the paper of this handle: all is as it was; None where it was not removed."""
    now = now or datetime.now(UTC)
    async with db.write() as connection:
        removed = await removed_papers.by_handle(connection, handle)
        if removed is None:
            return None
        paper = await removed_papers.bring_back(connection, removed.before)
        await update_names(connection, await authorships.restore(connection, [removed.before]))
        await update_titles(connection, [(removed.before.paper_id, None, paper.title)])
        change = PaperChange(removed.before.paper_id, "new", None, paper)
        await full_text.index(connection, [change])
        await vectors.follow(connection, [change])
        await novelty_percentile.follow(connection, [change])
        await removed_matches.expect_again(connection, paper.handle, now)
        await own_intake.follow(connection, [change], now, notify=False)
    await namesakes.divide_waiting(db)
    return paper
