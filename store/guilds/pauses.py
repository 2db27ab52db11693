"""Pausing a subscription, because somebody asked for it or its channel was lost, and notifying its creator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import aiosqlite

from store.guilds import outbox
from store.guilds.following import from_text
from store.guilds.subscriptions import Scope, Subscription, get_in
from store.storage.database import Database
from store.text.timestamps import stamp


class Notice(NamedTuple):
    """What a creator is still to be told: that the subscription, which posts in `target_id`, is paused."""

    subscription_id: int
    creator_id: int
    query: str
    target_id: int
    reason: str


async def pause(db: Database, scope: Scope, token: str, reason: str, now: datetime) -> Subscription:
    """Hold back what waits and what comes, until it is resumed. A post that was begun is finished."""
    async with db.write() as connection:
        subscription = await get_in(connection, scope, token)
        if not subscription.pause:
            await _pause(connection, [subscription.id], "asked", reason, now)
        return await get_in(connection, scope, token)


async def resume(db: Database, scope: Scope, token: str, now: datetime, *, post_held: bool) -> Subscription:
    """Go on. What was held is posted at the next time of the subscription, or is dropped."""
    async with db.write() as connection:
        subscription = await get_in(connection, scope, token)
        await connection.execute(
            "UPDATE subscriptions SET pause = NULL, pause_reason = NULL, paused_since = NULL, notice = NULL"
            " WHERE id = ?",
            [subscription.id],
        )
        if post_held:
            await outbox.release(connection, subscription.id, subscription.options.schedule.due(now), now)
        else:
            await outbox.drop_held(connection, subscription.id, now)
        return await get_in(connection, scope, token)


async def channel_lost(
    connection: aiosqlite.Connection,
    target_id: int,
    reason: str,
    now: datetime,
    *,
    tried: int | None = None,
    not_out: Sequence[int] = (),
) -> list[int]:
    """The channel is gone or closed to us: its subscriptions pause, their creators are to be told once.

    `tried` is the message that met it, if one did. The messages that are surely not out, `not_out`, give their papers
    back, those of them that are for this channel. One that may be out stays, to be looked for on resuming, unless
    nobody is left to resume. Returns the ids of the subscriptions that were paused.
    """
    async with connection.execute(
        "SELECT id, pause FROM subscriptions WHERE target_id = ? AND deleted IS NULL", [target_id]
    ) as rows:
        following = [(subscription_id, pause) async for subscription_id, pause in rows]
    paused = [subscription_id for subscription_id, kind in following if kind != "lost"]
    if tried is not None:
        await outbox.retry_later(connection, tried, now, reason, unsure=True)
    await _pause(connection, paused, "lost", reason, now)
    await connection.executemany("UPDATE subscriptions SET notice = ? WHERE id = ?", [(reason, i) for i in paused])
    async with connection.execute(
        "SELECT id FROM posts WHERE target_id = ? AND state <> 'posted'", [target_id]
    ) as rows:
        unfinished = [post_id async for (post_id,) in rows]
    for post_id in unfinished:
        if post_id in not_out or not following:
            await outbox.withdraw(connection, post_id, now)
    return paused


async def notices(db: Database) -> list[Notice]:
    """What creators are still to be told."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT id, creator_id, query, target_id, notice FROM subscriptions WHERE notice IS NOT NULL"
        ) as rows,
    ):
        return [Notice(row[0], row[1], from_text(row[2]).canonical(), *row[3:]) async for row in rows]


async def mark_notified(db: Database, subscription_id: int) -> None:
    """The creator has been told, as far as that is possible."""
    async with db.write() as connection:
        await connection.execute("UPDATE subscriptions SET notice = NULL WHERE id = ?", [subscription_id])


async def _pause(
    connection: aiosqlite.Connection, ids: Sequence[int], kind: Literal["asked", "lost"], reason: str, now: datetime
) -> None:
    for subscription_id in ids:
        await connection.execute(
            "UPDATE subscriptions SET pause = ?, pause_reason = ?, paused_since = ? WHERE id = ?",
            [kind, reason, stamp(now), subscription_id],
        )
        await outbox.hold(connection, subscription_id, now)
