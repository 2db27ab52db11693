"""Taking back what a guild's members added: what others added of the same papers stays, and everybody's papers do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from store.catalog import records
from store.errors import NotFoundError, StoreError
from store.guilds import own_additions, own_authors, own_papers, percolator, removed_matches
from store.guilds.own_papers import Owner
from store.models import Handle
from store.storage.connection import Connection
from store.storage.database import Database


class NotAllowedError(StoreError):
    """Only whoever added it can take it back, or somebody with the permission Manage Channels."""


async def take_back(db: Database, owner: Owner, number: int, person: int, *, manager: bool) -> int:
    """Undo an addition; of how many papers it said something. `manager` is whether the person may undo others' too.

    Raises `NotFoundError` where nothing of it is left, and `NotAllowedError`.
    """
    async with db.write() as connection:
        added_by = await own_additions.person_of(connection, owner, number)
        if added_by is None:
            raise NotFoundError
        if added_by != person and not manager:
            raise NotAllowedError
        handles = await own_additions.delete_addition(connection, owner, number)
        await _follow(connection, owner, handles)
    return len(handles)


async def remove_paper(db: Database, owner: Owner, handle: Handle, person: int, *, manager: bool) -> None:
    """Undo what a person added of one paper, or for a `manager` what anybody did; the errors of `take_back`."""
    async with db.write() as connection:
        people = await own_additions.people_of(connection, owner, handle)
        if not people:
            raise NotFoundError
        if person not in people and not manager:
            raise NotAllowedError
        handles = await own_additions.delete_paper(connection, owner, handle, None if manager else person)
        await _follow(connection, owner, handles)


async def _follow(connection: Connection, owner: Owner, handles: Sequence[Handle]) -> None:
    """Bring all that follows from records to what is left of them."""
    gone = []
    for handle in handles:
        await asyncio.sleep(0)  # Comparing takes some time; nothing else should wait for all of it.
        left = (await own_papers.load_records(connection, owner, [handle])).get(handle, [])
        in_catalogue = await records.load_by_handle(connection, handle) is not None
        if left:
            view = (await own_papers.load_by_handles(connection, owner, [handle]))[handle]
            await own_papers.save(connection, owner, view, in_catalogue=in_catalogue)
            await own_authors.save(connection, owner, handle, view.authors)
        else:
            await own_additions.delete_rest(connection, owner, handle)
        await own_additions.assign_keys(connection, owner, handle, left)
        if not left and not in_catalogue:
            gone.append(handle)
    await removed_matches.forget(connection, owner, gone)
    seen = await own_papers.load_by_handles(connection, owner, handles)
    await percolator.forget_unmatched(connection, owner, list(seen.values()))
