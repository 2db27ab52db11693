"""What a server remembers of papers: who first showed one to a channel, and in which channel it was posted as new."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import AwareDatetime

from store.guilds.own_papers import Owner
from store.models import Frozen, Handle
from store.storage.connection import Connection
from store.text.timestamps import stamp


class Seen(Frozen):
    """Where and when a paper was shown: by a person, or without one as a new paper of a subscription."""

    person_id: int | None
    channel_id: int
    at: AwareDatetime


class Memory(Frozen):
    """What a server remembers of a paper: where it was shown first, and how many notes its members shared on it."""

    first: Seen | None = None
    notes: int = 0


NOTHING = Memory()


async def note_shared(
    connection: Connection, owner: Owner, handle: Handle, person_id: int, channel_id: int, now: datetime
) -> None:
    """Somebody showed a paper to a channel; only the first one is kept."""
    await connection.execute(
        "INSERT INTO shared_papers (owner, handle, person, channel_id, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [owner, handle, person_id, channel_id, stamp(now)],
    )


async def seen(
    connection: Connection, guild_id: int, handles: Iterable[Handle], before: datetime
) -> Mapping[Handle, tuple[Seen, ...]]:
    """Where papers were shown on a server before a moment, the first place first; not those that were nowhere."""
    wanted = {"handles": json.dumps(list(handles)), "guild": guild_id, "before": stamp(before)}
    async with connection.execute(
        "SELECT handle, person AS person_id, channel_id, at FROM shared_papers"
        " WHERE owner = :guild AND handle IN (SELECT value FROM json_each(:handles)) AND at < :before UNION ALL"
        " SELECT handle, NULL, posts.target_id, min(posted) FROM ledger"
        " JOIN subscriptions ON subscriptions.id = ledger.subscription_id JOIN posts ON posts.id = post_id"
        " WHERE handle IN (SELECT value FROM json_each(:handles)) AND guild_id = :guild AND ledger.state = 'posted'"
        " AND posted < :before GROUP BY handle, posts.target_id ORDER BY 4, 3",
        wanted,
    ) as rows:
        found: dict[Handle, list[Seen]] = defaultdict(list)
        async for row in rows:
            found[row["handle"]].append(Seen.model_validate({name: row[name] for name in Seen.model_fields}))
    return {handle: tuple(places) for handle, places in found.items()}


async def follow(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: who showed the one has shown the other."""
    await connection.executemany(
        "INSERT INTO shared_papers (owner, handle, person, channel_id, at)"
        " SELECT owner, ?, person, channel_id, at FROM shared_papers WHERE handle = ?"
        " ON CONFLICT (owner, handle) DO UPDATE"
        " SET person = excluded.person, channel_id = excluded.channel_id, at = excluded.at"
        "  WHERE excluded.at < shared_papers.at",
        [(survivor, gone) for gone, survivor in merged],
    )
