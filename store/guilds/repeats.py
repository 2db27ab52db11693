"""Repeats: papers that another channel of the same server has had, for subscriptions that want each only once there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from store.guilds import outbox
from store.guilds.posts import OPEN
from store.storage.connection import Connection
from store.text.timestamps import stamp

NOTE = "another channel of this server has had it"
"""The note of matches that were dropped as repeats."""
IsPublic = Callable[[int], bool]
"""Whether everybody on its server can read a channel: only then did those who read the other channel have the paper."""


def nobody_knows(channel_id: int) -> bool:
    """Of no channel is it known that everybody can read it, so that nothing is a repeat."""
    return False


async def drop(connection: Connection, target_id: int, is_public: IsPublic, now: datetime) -> set[int]:
    """Drop what is due in a channel and was posted in another public one, where that is not wanted twice.

    Returns the ids of the matches that have to wait, as their paper is just being posted in another public channel.
    """
    async with connection.execute(
        "SELECT ledger.id, other.target_id, other.state FROM ledger"  # noqa: S608
        " JOIN subscriptions ON subscriptions.id = ledger.subscription_id"
        " JOIN ledger AS other ON other.handle = ledger.handle AND other.target_id <> ledger.target_id"
        " JOIN subscriptions AS theirs"
        "  ON theirs.id = other.subscription_id AND theirs.guild_id = subscriptions.guild_id"
        " JOIN posts ON posts.id = other.post_id"
        " WHERE ledger.target_id = ? AND ledger.state = 'pending' AND ledger.due <= ?"
        " AND subscriptions.once AND subscriptions.guild_id <> 0"
        f" AND (other.state = 'posted' OR other.state = 'posting' AND posts.state = 'posting' AND {OPEN})",
        [target_id, stamp(now)],
    ) as rows:
        found = [(match_id, state) async for match_id, channel_id, state in rows if is_public(channel_id)]
    had = {match_id for match_id, state in found if state == "posted"}
    where = "id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
    await outbox.move(connection, "in_guild", "dropped", now, where, [json.dumps(sorted(had))], note=NOTE)
    return {match_id for match_id, _ in found} - had
