# ruff: noqa: S608 - statements are made of constants only.
"""What becomes of matches when their paper is removed from the store, and when it is back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from store.guilds.outbox import DELETED, move
from store.guilds.own_papers import OWNER_SQL, Owner
from store.guilds.transitions import MatchState, in_sql, states_before
from store.models import Handle
from store.storage.connection import Connection

REMOVED = "the paper was removed from the store before it was posted"
"""The note of matches whose paper is no longer there."""
HIDDEN = "the paper was hidden on this server before it was posted"
"""The note of matches whose paper the guild's managers hid."""


async def drop_removed(connection: Connection, handle: Handle, now: datetime) -> None:
    """A paper is removed for everybody: where no member's records of it are left, nobody is told of it any more."""
    where = (
        "handle = ? AND NOT EXISTS (SELECT 1 FROM own_papers WHERE own_papers.handle = ledger.handle AND owner ="
        f" (SELECT {OWNER_SQL} FROM subscriptions WHERE subscriptions.id = subscription_id))"
    )
    await move(connection, "remove", "dropped", now, where, [handle], note=REMOVED)


async def drop_missing(connection: Connection, match_ids: Sequence[int], now: datetime) -> None:
    """The papers of these matches, which wait again as their message was given up, were removed meanwhile."""
    where, values = "id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))", [json.dumps(match_ids)]
    await move(connection, "remove", "dropped", now, where, values, note=REMOVED)


async def drop_hidden(connection: Connection, handles: Iterable[Handle], now: datetime) -> None:
    """Of these papers, nobody is told where they are hidden."""
    where = (
        "handle IN (SELECT value FROM json_each(?)) AND EXISTS (SELECT 1 FROM hidden_papers"
        " WHERE hidden_papers.handle = ledger.handle AND owner ="
        f" (SELECT {OWNER_SQL} FROM subscriptions WHERE subscriptions.id = subscription_id))"
    )
    await move(connection, "remove", "dropped", now, where, [json.dumps(list(handles))], note=HIDDEN)


async def expect_hidden_again(connection: Connection, owner: Owner, handle: Handle, now: datetime) -> None:
    """A paper is no longer hidden from an owner: what was dropped for that waits again, as in `expect_again`."""
    of_owner = f"subscription_id IN (SELECT id FROM subscriptions WHERE {OWNER_SQL} = ?)"
    await _expect(connection, f"handle = ? AND note = ? AND {of_owner}", [handle, HIDDEN, owner], now)


async def expect_again(connection: Connection, handle: Handle, now: datetime) -> None:
    """A paper that was removed is back: what was dropped then waits again, as far as its subscription goes on."""
    await _expect(connection, "handle = ? AND note = ?", [handle, REMOVED], now)


async def _expect(connection: Connection, matches: str, values: Sequence[str | int], now: datetime) -> None:
    outcomes: list[tuple[MatchState, str, str | None]] = [
        ("pending", "deleted IS NULL AND pause IS NULL", None),
        ("held", "deleted IS NULL AND pause IS NOT NULL", None),
        ("dropped", "deleted IS NOT NULL", DELETED),
    ]
    for state, condition, note in outcomes:
        where = f"{matches} AND EXISTS (SELECT 1 FROM subscriptions WHERE id = subscription_id AND {condition})"
        await move(connection, "bring_back", state, now, where, values, note=note)


async def forget(
    connection: Connection,
    owner: Owner,
    handles: Iterable[Handle],
    subscriptions: Iterable[int] | None = None,
) -> None:
    """What an owner was not sent of papers that they have no more is forgotten, so that these are new if they return.

    With `subscriptions`, by their ids, that of these only.
    """
    only = "" if subscriptions is None else " AND subscription_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
    unsent = in_sql(states_before("remove", "match", None))
    await connection.execute(
        f"DELETE FROM ledger WHERE handle IN (SELECT value FROM json_each(?)) AND {unsent}"
        f" AND subscription_id IN (SELECT id FROM subscriptions WHERE {OWNER_SQL} = ?){only}",
        [json.dumps(list(handles)), owner, *([json.dumps(list(subscriptions))] if subscriptions is not None else [])],
    )
