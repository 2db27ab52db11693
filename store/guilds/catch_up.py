"""Catching up: what was posted and shown in some channels since a moment, and what of it somebody follows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pydantic import AwareDatetime

from store.guilds.own_papers import Owner
from store.models import Frozen, Handle
from store.storage.connection import Connection
from store.text.timestamps import moment_of, stamp

MOST = 500
"""Papers that are looked at, the newest: nobody reads more, and each is compared with what the person follows."""


class Missed(Frozen):
    """A paper that came to channels, the last time at `last`; `person_id` is who showed it, None for posts alone."""

    handle: Handle
    channels: tuple[int, ...]
    person_id: int | None
    last: AwareDatetime


async def missed(connection: Connection, guild_id: int, channels: Sequence[int], since: datetime) -> list[Missed]:
    """What came to these channels of a server, or of direct messages with guild 0, the last one first."""
    async with connection.execute(
        "SELECT handle, json_group_array(DISTINCT channel_id) AS channels, max(person) AS person_id, max(at) AS last"
        " FROM (SELECT handle, posts.target_id AS channel_id, CAST(NULL AS INTEGER) AS person, posted AS at FROM posts"
        "  JOIN ledger ON ledger.post_id = posts.id WHERE posts.state = 'posted' AND posted >= :since"
        "  AND posts.target_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:channels)) UNION ALL"
        "  SELECT handle, channel_id, person, at FROM shared_papers WHERE owner = :guild AND at >= :since"
        "  AND channel_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:channels)))"
        " GROUP BY handle ORDER BY last DESC, handle LIMIT :most",
        {"guild": guild_id, "channels": json.dumps(list(channels)), "since": stamp(since), "most": MOST},
    ) as rows:
        return [
            Missed(
                handle=row["handle"],
                channels=tuple(json.loads(row["channels"])),
                person_id=row["person_id"],
                last=row["last"],
            )
            async for row in rows
        ]


async def reasons(
    connection: Connection, person_id: int, handles: Iterable[Handle]
) -> Mapping[Handle, tuple[str, ...]]:
    """Which of what somebody follows for themselves brought papers: the tokens of those subscriptions."""
    async with connection.execute(
        "SELECT handle, token FROM ledger JOIN subscriptions ON subscriptions.id = subscription_id"
        " WHERE guild_id = 0 AND creator_id = ? AND deleted IS NULL AND state <> 'excluded'"
        " AND handle IN (SELECT value FROM json_each(?))",
        [person_id, json.dumps(list(handles))],
    ) as rows:
        found: dict[Handle, list[str]] = defaultdict(list)
        async for handle, token in rows:
            found[handle].append(token)
    return {handle: tuple(tokens) for handle, tokens in found.items()}


async def last_time(connection: Connection, owner: Owner, person_id: int) -> datetime | None:
    """When somebody last caught up there."""
    async with connection.execute(
        "SELECT at FROM catch_ups WHERE owner = ? AND person = ?", [owner, person_id]
    ) as rows:
        row = await rows.fetchone()
    return moment_of(row[0]) if row else None


async def note(connection: Connection, owner: Owner, person_id: int, now: datetime) -> None:
    """Somebody catches up now."""
    await connection.execute(
        "INSERT INTO catch_ups (owner, person, at) VALUES (?, ?, ?)"
        " ON CONFLICT (owner, person) DO UPDATE SET at = excluded.at",
        [owner, person_id, stamp(now)],
    )
