"""Our own messages that a channel has and the store does not know, as after an older backup was put back.

Their papers come in again from the feeds, and are then in the channel already. Outbox rows follow in
`store.guilds.outbox.mark_in_channel`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from store.models import Handle
from store.storage.connection import Connection
from store.text.handles import Token
from store.text.timestamps import stamp


class FoundPost(NamedTuple):
    """A message of ours in a channel, with the papers that it shows."""

    message_id: int
    token: Token
    posted: datetime
    handles: tuple[Handle, ...]


async def newest_known(connection: Connection, target_id: int) -> int:
    """A Discord id: no message of ours that is older is unknown to the store."""
    async with connection.execute(
        "SELECT coalesce((SELECT max(message_id) FROM posts WHERE target_id = :target),"
        " (SELECT min(anchor_id) FROM subscriptions WHERE target_id = :target), 0)",
        {"target": target_id},
    ) as rows:
        ((message_id,),) = await rows.fetchall()
    return int(message_id)


async def save(connection: Connection, target_id: int, found: Sequence[FoundPost]) -> int:
    """Remember the messages that the store does not know; returns how many they are."""
    async with connection.execute(
        "SELECT token FROM posts WHERE token IN (SELECT value FROM json_each(?))",
        [json.dumps([post.token for post in found])],
    ) as rows:
        known = {row[0] for row in await rows.fetchall()}
    unknown = [post for post in found if post.token not in known]
    await connection.executemany(
        "INSERT INTO found_posts (target_id, handle, message_id, token, posted) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [
            (target_id, handle, post.message_id, post.token, stamp(post.posted))
            for post in unknown
            for handle in post.handles or ("",)
        ],
    )
    return len(unknown)


async def of_pending(connection: Connection, target_id: int) -> list[tuple[int, str, Token, int, str]]:
    """Messages that show papers which are pending in a channel.

    For each one of their subscriptions, the ids of the matches as JSON, and the token, id and time of the message.
    """
    async with connection.execute(
        "SELECT min(subscription_id), json_group_array(ledger.id), token, message_id, posted FROM ledger"
        " JOIN found_posts USING (target_id, handle) WHERE ledger.target_id = ? AND state = 'pending'"
        " GROUP BY token, message_id, posted",
        [target_id],
    ) as rows:
        return [(row[0], row[1], row[2], row[3], row[4]) for row in await rows.fetchall()]


async def merge_papers(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: a message that shows the one shows the other."""
    await connection.executemany(
        "INSERT INTO found_posts SELECT target_id, ?, message_id, token, posted FROM found_posts WHERE handle = ?"
        " ON CONFLICT DO NOTHING",
        [(survivor, gone) for gone, survivor in merged],
    )
