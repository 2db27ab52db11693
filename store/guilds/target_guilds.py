"""Whose the channels are to which messages go."""

from __future__ import annotations

import json
from collections.abc import Collection

from store.storage.connection import Connection

_AMONG = "target_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
_BEGUN = f"posts.state <> 'posted' AND posts.{_AMONG}"
_OWNER = "CASE WHEN person_id IS NULL THEN owner ELSE 0 END"
_GUILDS = (
    f"SELECT target_id, guild_id FROM subscriptions WHERE deleted IS NULL AND {_AMONG}",  # noqa: S608
    "SELECT posts.target_id, guild_id FROM posts JOIN subscriptions ON subscriptions.id = subscription_id"  # noqa: S608
    f" WHERE {_BEGUN}",
    f"SELECT target_id, {_OWNER} FROM scheduled_messages"  # noqa: S608
    f" WHERE post_id IS NULL AND dropped IS NULL AND {_AMONG}",
    f"SELECT posts.target_id, {_OWNER} FROM posts JOIN scheduled_messages ON post_id = posts.id"  # noqa: S608
    f" WHERE {_BEGUN}",
)
"""SQL: what tells whose a channel is, by the indexes of what waits and of what was begun."""


async def guilds_of(connection: Connection, target_ids: Collection[int]) -> dict[int, int]:
    """The guild of each channel to which something is to be sent, 0 for direct messages."""
    known = dict.fromkeys(target_ids, 0)
    wanted = json.dumps(list(known))
    for statement in _GUILDS:
        async with connection.execute(statement, [wanted]) as rows:
            async for target_id, guild_id in rows:
                known[target_id] = max(known[target_id], guild_id)
    return known
