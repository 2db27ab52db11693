"""The ledger: what became of every paper and subscription that matched. All changes of state are here.

pending ─► posting ─► posted | over_cap; pending ◄─► held while paused; dropped, silent and excluded are never posted.
A post is one message; its token, fixed before the first try, is the nonce and stands in the message's buttons.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import aiosqlite
from pydantic import AwareDatetime

from store.guilds.pauses import pause_all
from store.guilds.subscriptions import Token
from store.models import Frozen
from store.storage.database import Database
from store.text.timestamps import moment_of, stamp

LONGEST_WAIT = timedelta(hours=2)
"""Longer than between two tries of a message; a next try beyond it was set by a clock that was wrong since."""


class Entry(NamedTuple):
    """One row: the subscription and the paper."""

    subscription_id: int
    paper_id: int


class Planned(Frozen):
    """A message to begin: the rows it shows, and the rows that its digest leaves over the cap."""

    subscription_id: int
    part: int
    shown: tuple[Entry, ...]
    over_cap: tuple[Entry, ...] = ()


class Post(Frozen):
    """A message that was begun. `unsure` where a try may have had its effect though no answer came.

    If it is out, it is newer than the Discord id `after_id`.
    """

    id: int
    token: Token
    subscription_id: int
    target_id: int
    after_id: int
    state: str
    part: int
    started: AwareDatetime
    tries: int
    unsure: bool
    next_try: AwareDatetime
    why: str | None
    message_id: int | None

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be tried now."""
        return not now < self.next_try <= now + LONGEST_WAIT


class Backlog(NamedTuple):
    """Papers that are to be posted by now and are not yet; `since` is when the first of them was due."""

    here: int
    everywhere: int
    since: datetime | None


async def backlog(db: Database, guild_id: int, now: datetime) -> Backlog:
    """What is late, in the guild and in all."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT count(*) FILTER (WHERE guild_id = ?), count(*), min(due) FROM ledger"
            " JOIN subscriptions ON subscriptions.id = subscription_id"
            " WHERE state IN ('pending', 'posting') AND due <= ?",
            [guild_id, stamp(now)],
        ) as rows,
    ):
        row = await rows.fetchone()
    here, everywhere, since = row or (0, 0, None)
    return Backlog(here, everywhere, datetime.fromisoformat(since) if since else None)


async def begin(connection: aiosqlite.Connection, planned: Sequence[Planned], now: datetime) -> list[Post]:
    """Fix the nonces of a digest's messages, in the transaction in which their rows were found pending.

    They count as unsure from here on, so that their first try needs no further commit.
    """
    posts = []
    for plan in planned:
        async with connection.execute(
            "INSERT INTO posts"
            " (token, subscription_id, target_id, after_id, state, part, started, tries, unsure, next_try)"
            " SELECT ?, id, target_id, coalesce((SELECT max(message_id) FROM posts"
            "  WHERE posts.target_id = subscriptions.target_id), anchor_id), 'posting', ?, ?, 0, 1, ?"
            " FROM subscriptions WHERE id = ? RETURNING *",
            [
                secrets.token_urlsafe(12),
                plan.part,
                stamp(now),
                stamp(now),
                plan.subscription_id,
            ],
        ) as rows:
            row = await rows.fetchone()
        if row is None:
            raise RuntimeError("an inserted post has no row")
        post = _post(row)
        for state, entries in (("posting", plan.shown), ("over_cap", plan.over_cap)):
            await connection.executemany(
                "UPDATE ledger SET state = ?, post_id = ?, changed = ? WHERE subscription_id = ? AND paper_id = ?"
                " AND state = 'pending'",
                [(state, post.id, stamp(now), *entry) for entry in entries],
            )
        posts.append(post)
    return posts


async def cover(connection: aiosqlite.Connection, target_id: int, now: datetime) -> None:
    """Rows whose paper is in the channel already, by another subscription, are posted with that message."""
    await connection.execute(
        "UPDATE ledger SET state = 'posted', changed = ?, post_id = (SELECT other.post_id FROM ledger AS other"
        "  WHERE other.paper_id = ledger.paper_id AND other.target_id = ledger.target_id AND other.state = 'posted')"
        " WHERE state = 'pending' AND target_id = ? AND EXISTS (SELECT 1 FROM ledger AS other"
        "  WHERE other.paper_id = ledger.paper_id AND other.target_id = ledger.target_id AND other.state = 'posted')",
        [stamp(now), target_id],
    )


OPEN = (
    "state <> 'posted' AND NOT EXISTS (SELECT 1 FROM subscriptions"
    " WHERE subscriptions.target_id = posts.target_id AND pause = 'lost' AND deleted IS NULL)"
)
"""Messages that were begun and are not known to be out; not those of channels that are lost."""


async def open_targets(connection: aiosqlite.Connection, now: datetime) -> list[int]:
    """The channels in which a message that was begun is to be tried now."""
    async with connection.execute(
        f"SELECT DISTINCT target_id FROM posts WHERE {OPEN} AND NOT (next_try > ? AND next_try <= ?)",  # noqa: S608
        [stamp(now), stamp(now + LONGEST_WAIT)],
    ) as rows:
        return [row[0] async for row in rows]


async def next_tries(connection: aiosqlite.Connection) -> list[datetime]:
    """The first moment at which a message is to be tried again, if there is one."""
    async with connection.execute(f"SELECT min(next_try) FROM posts WHERE {OPEN}") as rows:  # noqa: S608
        row = await rows.fetchone()
    return [moment_of(row[0])] if row and row[0] else []


async def open_posts(connection: aiosqlite.Connection, target_id: int) -> list[Post]:
    """A channel's messages that were begun and are not known to be out, in their order."""
    async with connection.execute(
        f"SELECT * FROM posts WHERE target_id = ? AND {OPEN} ORDER BY id",  # noqa: S608
        [target_id],
    ) as rows:
        return [_post(row) async for row in rows]


async def withdraw(connection: aiosqlite.Connection, post_id: int, now: datetime) -> None:
    """A message that has nothing to show any more, and is not out, will never be."""
    await _give_back(connection, post_id, now)


async def trying(connection: aiosqlite.Connection, post_id: int) -> None:
    """A message that was surely not out is tried again: from here on it may be. Committed before anything is sent."""
    await connection.execute("UPDATE posts SET unsure = 1 WHERE id = ?", [post_id])


async def posted(connection: aiosqlite.Connection, post_id: int, message_id: int, now: datetime) -> None:
    """The message is out."""
    await connection.execute(
        "UPDATE posts SET state = 'posted', message_id = ?, posted = ?, why = NULL, unsure = 0 WHERE id = ?",
        [message_id, stamp(now), post_id],
    )
    await connection.execute(
        "UPDATE ledger SET state = 'posted', changed = ? WHERE post_id = ? AND state = 'posting'", [stamp(now), post_id]
    )


async def again(
    connection: aiosqlite.Connection, post_id: int, next_try: datetime, why: str, *, unsure: bool, failed: bool = False
) -> None:
    """A try had no success. `unsure`: some try may have had its effect; `failed`: the message is taken for wrong."""
    await connection.execute(
        "UPDATE posts SET state = ?, next_try = ?, why = ?, unsure = ?, tries = tries + 1 WHERE id = ?",
        ["failed" if failed else "posting", stamp(next_try), why, unsure, post_id],
    )


async def lost(
    connection: aiosqlite.Connection, post: Post, untried: Sequence[int], reason: str, now: datetime
) -> list[int]:
    """The channel is gone or closed to us: its subscriptions pause, their creators are to be told once.

    The messages that are surely not out, `untried`, give their papers back, those of them that are for this channel.
    One that may be out stays, to be looked for on resuming, unless nobody is left to resume. Returns what was paused.
    """
    async with connection.execute(
        "SELECT id, pause FROM subscriptions WHERE target_id = ? AND deleted IS NULL", [post.target_id]
    ) as rows:
        following = [(row[0], row[1]) async for row in rows]
    ids = [subscription_id for subscription_id, pause in following if pause != "lost"]
    await again(connection, post.id, now, reason, unsure=True)
    await pause_all(connection, ids, "lost", reason, now)
    await connection.executemany("UPDATE subscriptions SET notice = ? WHERE id = ?", [(reason, i) for i in ids])
    async with connection.execute(
        "SELECT id FROM posts WHERE target_id = ? AND state <> 'posted'", [post.target_id]
    ) as rows:
        unfinished = [row[0] async for row in rows]
    for post_id in unfinished:
        if post_id in untried or not following:
            await _give_back(connection, post_id, now)
    return ids


async def _give_back(connection: aiosqlite.Connection, post_id: int, now: datetime) -> None:
    """The rows of a message that never was wait again, or are dropped with their subscription."""
    await connection.execute(
        "UPDATE ledger SET changed = ?, post_id = NULL, state = (SELECT CASE WHEN deleted IS NOT NULL THEN 'dropped'"
        " WHEN pause IS NOT NULL THEN 'held' ELSE 'pending' END FROM subscriptions WHERE id = subscription_id),"
        " note = (SELECT CASE WHEN deleted IS NOT NULL THEN 'the subscription was deleted' END FROM subscriptions"
        "  WHERE id = subscription_id) WHERE post_id = ?",
        [stamp(now), post_id],
    )
    await connection.execute("DELETE FROM posts WHERE id = ?", [post_id])


def _post(row: aiosqlite.Row) -> Post:
    return Post(
        id=row["id"],
        token=row["token"],
        subscription_id=row["subscription_id"],
        target_id=row["target_id"],
        after_id=row["after_id"],
        state=row["state"],
        part=row["part"],
        started=row["started"],
        tries=row["tries"],
        unsure=bool(row["unsure"]),
        next_try=row["next_try"],
        why=row["why"],
        message_id=row["message_id"],
    )
