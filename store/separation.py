"""Undoing a merge: papers that were taken for one become what they were, and what came since finds its place."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from pydantic import TypeAdapter

from store import ingest
from store.catalog import authorships, merges, novelty_percentile
from store.catalog.entity_resolution import PaperChange
from store.catalog.merges import Merge
from store.catalog.seen_records import SeenRecords
from store.dividing import divide_waiting
from store.embeddings import vectors
from store.guilds import merged_matches
from store.intake_log.operation import OfPaper, Operation, perform
from store.lookup.index.writer import update_names, update_titles
from store.models import Handle
from store.search import full_text
from store.storage.connection import Connection
from store.storage.database import Database


async def undo_merge(db: Database, handle: Handle, now: datetime | None = None) -> Merge | None:
    """Separate what was merged last into the paper of this handle, and keep it apart; None where nothing was merged.

    Records that came since are taken in again. Where they make a paper match a subscription, it is told of it.
    """
    merge = await perform(db, UNDO_MERGE, OfPaper(handle=handle, now=now or datetime.now(UTC)))
    if merge is not None:
        await divide_waiting(db)
    return merge


async def _undo_merge(connection: Connection, asked: OfPaper) -> Merge | None:
    merge = await merges.last_of(connection, asked.handle)
    if merge is None:
        return None
    separated = await merges.undo(connection, merge, asked.now)
    survivor, *others = separated.papers
    await update_names(connection, await authorships.restore(connection, merge.papers))
    changes = [
        PaperChange(survivor.paper_id, "changed", separated.merged, survivor.paper),
        *(PaperChange(other.paper_id, "new", None, other.paper) for other in others),
    ]
    await update_titles(
        connection, [(c.paper_id, c.before.title if c.before else None, c.after.title) for c in changes]
    )
    await full_text.index(connection, changes)
    await vectors.follow(connection, changes)
    await novelty_percentile.follow(connection, changes)
    pairs = [(other.handle, survivor.handle) for other in reversed(others)]
    await merged_matches.separate_papers(connection, pairs, asked.now)
    follow = partial(ingest.announce, connection, now=asked.now, notify=True, asked_by=None)
    await ingest.store_papers(connection, separated.later, {}, SeenRecords(), asked.now, follow)
    return merge


UNDO_MERGE: Operation[OfPaper, Merge | None] = Operation("undo merge", OfPaper, TypeAdapter(Merge | None), _undo_merge)
