"""Removing a paper that is in the store by mistake, and taking that back."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import TypeAdapter

from store import own_intake
from store.catalog import authorships, novelty_percentile, records, removed_papers
from store.catalog.entity_resolution import PaperChange
from store.dividing import divide_waiting
from store.embeddings import vectors
from store.guilds import removed_matches
from store.intake_log.operation import OfPaper, Operation, perform
from store.lookup.index.writer import update_names, update_titles
from store.models import Handle, Paper
from store.search import full_text
from store.storage.connection import Connection
from store.storage.database import Database


async def remove(db: Database, handle: Handle, now: datetime | None = None) -> Paper | None:
    """Remove the paper that goes by this handle for everybody; None where there is none.

    No source brings it back. What subscriptions were to be told of it is dropped; what was posted stays recorded. What
    guilds' members added of it stays theirs.
    """
    removed = await perform(db, REMOVE, OfPaper(handle=handle, now=now or datetime.now(UTC)))
    if removed is not None:
        await divide_waiting(db)
    return removed


async def _remove(connection: Connection, asked: OfPaper) -> Paper | None:
    found = await records.load_by_handle(connection, asked.handle)
    if found is None:
        return None
    before = await removed_papers.remove(connection, found, asked.now)
    await update_names(connection, await authorships.release(connection, before))
    await update_titles(connection, [(found.paper_id, found.paper.title, None)])
    await full_text.remove(connection, found.paper_id, found.paper)
    await novelty_percentile.follow(connection, [], [found.paper])
    await removed_matches.drop_removed(connection, found.handle, asked.now)
    await own_intake.outlive(connection, found.handle)
    return found.paper


async def bring_back(db: Database, handle: Handle, now: datetime | None = None) -> Paper | None:
    """Undo the removal of the paper of this handle: all is as it was; None where it was not removed."""
    paper = await perform(db, BRING_BACK, OfPaper(handle=handle, now=now or datetime.now(UTC)))
    if paper is not None:
        await divide_waiting(db)
    return paper


async def _bring_back(connection: Connection, asked: OfPaper) -> Paper | None:
    removed = await removed_papers.by_handle(connection, asked.handle)
    if removed is None:
        return None
    paper = await removed_papers.bring_back(connection, removed.before, asked.now)
    await update_names(connection, await authorships.restore(connection, [removed.before]))
    await update_titles(connection, [(removed.before.paper_id, None, paper.title)])
    change = PaperChange(removed.before.paper_id, "new", None, paper)
    await full_text.index(connection, [change])
    await vectors.follow(connection, [change])
    await novelty_percentile.follow(connection, [change])
    await removed_matches.expect_again(connection, paper.handle, asked.now)
    await own_intake.follow(connection, [change], asked.now, notify=False)
    return paper


_PAPER: TypeAdapter[Paper | None] = TypeAdapter(Paper | None)
REMOVE = Operation("remove", OfPaper, _PAPER, _remove)
BRING_BACK = Operation("bring back", OfPaper, _PAPER, _bring_back)
