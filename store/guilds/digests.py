"""What is due in a channel, as messages: one a paper and channel, with all the reasons, grouped by subscription."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import aiosqlite

from store.catalog.records import load
from store.guilds import outbox
from store.guilds.outbox import Entry, Planned, Post
from store.guilds.subscriptions import Scope
from store.models import Frozen, Paper
from store.search.matcher import Reason
from store.search.query import Query, parse
from store.storage.database import Database
from store.text.timestamps import moment_of, stamp


class Item(Frozen):
    """A paper in a message, with the reasons of all its subscriptions there."""

    paper: Paper
    reasons: tuple[Reason, ...]


class Digest(Frozen):
    """A message's content. `part` counts from 1; `over_cap` papers are kept back behind a button of the last part."""

    query: Query
    scope: Scope
    role_id: int | None
    part: int
    parts: int
    items: tuple[Item, ...]
    over_cap: int


Split = Callable[[Sequence[Item]], Sequence[int]]
"""How many of the items go into each message; their sum is the number of the items."""


async def due_targets(connection: aiosqlite.Connection, now: datetime) -> list[int]:
    """The channels in which papers are due, but for those in which a message waits for its next try."""
    async with connection.execute(
        "SELECT DISTINCT target_id FROM ledger WHERE state = 'pending' AND due <= ? EXCEPT"  # noqa: S608
        f" SELECT target_id FROM posts WHERE {outbox.OPEN} AND state = 'posting'",
        [stamp(now)],
    ) as rows:
        return [row[0] async for row in rows]


async def next_due(db: Database) -> datetime | None:
    """When papers will be due, or a message is to be tried again."""
    async with db.read() as connection:
        async with connection.execute(
            "SELECT due FROM ledger WHERE state = 'pending' AND NOT EXISTS (SELECT 1 FROM posts"  # noqa: S608
            f" WHERE posts.target_id = ledger.target_id AND posts.state = 'posting' AND {outbox.OPEN})"
            " ORDER BY due LIMIT 1"
        ) as rows:
            row = await rows.fetchone()
        moments = [moment_of(row[0])] if row else []
        return min([*moments, *await outbox.next_tries(connection)], default=None)


async def begin_due(db: Database, target_id: int, now: datetime, split: Split) -> list[Post]:
    """Begin the messages of everything that is due in a channel: their nonces are committed when this returns."""
    async with db.write() as connection:
        await outbox.cover(connection, target_id, now)
        planned: list[Planned] = []
        for lead, shown, over_cap in _grouped(await _waiting(connection, target_id), stamp(now)):
            items = await _items(connection, [entry for entries in shown for entry in entries])
            at = 0
            counts = [count for count in split(items) if count]
            for part, count in enumerate(counts, 1):
                entries = tuple(entry for group in shown[at : at + count] for entry in group)
                rest = tuple(over_cap) if part == len(counts) else ()
                planned.append(Planned(subscription_id=lead, part=part, shown=entries, over_cap=rest))
                at += count
        return await outbox.begin(connection, planned, now)


async def content(db: Database, post: Post) -> Digest:
    """What a message that was begun is to show."""
    async with db.read() as connection:
        return await _content(connection, post)


async def over_cap(db: Database, scope: Scope, token: str) -> list[Item]:
    """The papers that a digest of this channel left behind its button."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT ledger.subscription_id, paper_id FROM ledger JOIN posts ON posts.id = post_id"
            " JOIN subscriptions ON subscriptions.id = ledger.subscription_id WHERE posts.token = ?"
            " AND guild_id = ? AND ? IN (channel_id, subscriptions.target_id) AND ledger.state = 'over_cap'"
            " ORDER BY matched, paper_id",
            [token, *scope],
        ) as rows,
    ):
        return await _items(connection, [Entry(*row) for row in await rows.fetchall()])


class Cause(Frozen):
    """A subscription that a message was posted for, with its papers there."""

    query: Query
    creator_id: int
    items: tuple[Item, ...]


async def causes(db: Database, scope: Scope, token: str) -> list[Cause]:
    """Why a message is in this channel; nothing for a message of another."""
    async with db.read() as connection:
        async with connection.execute(
            "SELECT ledger.subscription_id, paper_id, query, creator_id FROM ledger JOIN posts ON posts.id = post_id"
            " JOIN subscriptions ON subscriptions.id = ledger.subscription_id WHERE posts.token = ?"
            " AND guild_id = ? AND ? IN (channel_id, subscriptions.target_id) AND ledger.state <> 'over_cap'"
            " ORDER BY ledger.subscription_id, matched, paper_id",
            [token, *scope],
        ) as rows:
            found = await rows.fetchall()
        entries: dict[int, list[Entry]] = defaultdict(list)
        about = {}
        for subscription_id, paper_id, query, creator_id in found:
            entries[subscription_id].append(Entry(subscription_id, paper_id))
            about[subscription_id] = (parse(query), creator_id)
        return [
            Cause(query=query, creator_id=creator_id, items=tuple(await _items(connection, entries[subscription_id])))
            for subscription_id, (query, creator_id) in about.items()
        ]


class _Waiting(Frozen):
    entry: Entry
    due: str
    cap: int


async def _waiting(connection: aiosqlite.Connection, target_id: int) -> list[_Waiting]:
    """Rows that wait in a channel, in the order of announcement; not those whose paper is just being posted there."""
    async with connection.execute(
        "SELECT subscription_id, paper_id, due, cap FROM ledger JOIN subscriptions ON id = subscription_id"
        " WHERE ledger.target_id = ? AND state = 'pending' AND NOT EXISTS (SELECT 1 FROM ledger AS other WHERE"
        "  other.paper_id = ledger.paper_id AND other.target_id = ledger.target_id AND other.state = 'posting')"
        " ORDER BY matched, paper_id",
        [target_id],
    ) as rows:
        return [_Waiting(entry=Entry(row[0], row[1]), due=row[2], cap=row[3]) for row in await rows.fetchall()]


def _grouped(waiting: Sequence[_Waiting], now: str) -> list[tuple[int, list[list[Entry]], list[Entry]]]:
    """For each subscription that is due: the papers that it leads, each with all its rows, and its rows over the cap.

    A paper goes to the first subscription that has room for it; rows that are not due yet go along with it.
    """
    rows: dict[int, list[Entry]] = defaultdict(list)
    wanted: dict[int, list[int]] = defaultdict(list)
    cap: dict[int, int] = {}
    for row in waiting:
        rows[row.entry.paper_id].append(row.entry)
        if row.due <= now:
            wanted[row.entry.subscription_id].append(row.entry.paper_id)
            cap[row.entry.subscription_id] = row.cap
    leader: dict[int, int] = {}
    for subscription_id in sorted(wanted):
        free = [paper_id for paper_id in wanted[subscription_id] if paper_id not in leader]
        leader.update((paper_id, subscription_id) for paper_id in free[: cap[subscription_id]])
    return [
        (
            subscription_id,
            [rows[paper_id] for paper_id in paper_ids if leader.get(paper_id) == subscription_id],
            [Entry(subscription_id, paper_id) for paper_id in paper_ids if paper_id not in leader],
        )
        for subscription_id, paper_ids in sorted(wanted.items())
        if subscription_id in leader.values()
    ]


async def _items(connection: aiosqlite.Connection, entries: Sequence[Entry]) -> list[Item]:
    known = await load(connection, {entry.paper_id for entry in entries})
    reasons: dict[int, list[Reason]] = defaultdict(list)
    async with connection.execute(
        "SELECT paper_id, reasons FROM json_each(?) AS wanted JOIN ledger"
        " ON subscription_id = wanted.value ->> 0 AND paper_id = wanted.value ->> 1 ORDER BY wanted.key",
        [json.dumps(entries)],
    ) as rows:
        async for paper_id, said in rows:
            reasons[paper_id] += [Reason.model_validate(reason) for reason in json.loads(said)]
    return [
        Item(paper=paper, reasons=tuple(dict.fromkeys(said)))
        for paper_id, said in reasons.items()
        if (paper := known[paper_id].before)
    ]


async def _content(connection: aiosqlite.Connection, post: Post) -> Digest:
    async with connection.execute(
        "SELECT guild_id, channel_id, query, role_id FROM subscriptions WHERE id = ?", [post.subscription_id]
    ) as rows:
        row = await rows.fetchone()
    if row is None:
        raise RuntimeError("a post without its subscription")
    async with connection.execute(
        "SELECT subscription_id, paper_id, state FROM ledger WHERE post_id = ? ORDER BY matched, paper_id", [post.id]
    ) as rows:
        entries = [(Entry(r[0], r[1]), r[2]) for r in await rows.fetchall()]
    # The messages of one digest were begun in one transaction, at one moment.
    async with connection.execute(
        "SELECT count(*) FROM posts WHERE subscription_id = ? AND target_id = ? AND started = ?",
        [post.subscription_id, post.target_id, stamp(post.started)],
    ) as rows:
        parts = await rows.fetchone()
    return Digest(
        query=parse(row["query"]),
        scope=Scope(row["guild_id"], row["channel_id"]),
        role_id=row["role_id"],
        part=post.part,
        parts=max(post.part, parts[0] if parts else 1),
        items=tuple(await _items(connection, [entry for entry, state in entries if state != "over_cap"])),
        over_cap=sum(state == "over_cap" for _, state in entries),
    )
