"""Pausing a subscription, because somebody asked for it or its channel was lost, and notifying its creator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from store.guilds import outbox, scheduled_messages
from store.guilds.following import from_text
from store.guilds.own_papers import OWNER_SQL
from store.guilds.scheduled_messages import KEPT, NewMessage
from store.guilds.subscriptions import Scope, Subscription, get_in
from store.models import Frozen
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.timestamps import stamp


class LostChannel(Frozen):
    """What a creator is told: that the subscription, which posts in `target_id`, is paused, by Discord's `reason`."""

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
            "UPDATE subscriptions SET pause = NULL, pause_reason = NULL, paused_since = NULL WHERE id = ?",
            [subscription.id],
        )
        await scheduled_messages.drop(connection, _key(subscription.id), "the subscription was resumed")
        if post_held:
            await outbox.release(connection, subscription.id, subscription.options.schedule.due(now), now)
        else:
            await outbox.drop_held(connection, subscription.id, now)
        return await get_in(connection, scope, token)


async def channel_lost(
    connection: Connection,
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
    for subscription_id in paused:
        await _tell_creator(connection, subscription_id, reason, now)
    async with connection.execute(
        "SELECT id FROM posts WHERE target_id = ? AND state <> 'posted'", [target_id]
    ) as rows:
        unfinished = [post_id async for (post_id,) in rows]
    for post_id in unfinished:
        if post_id in not_out or not following:
            await outbox.withdraw(connection, post_id, now)
    return paused


def _key(subscription_id: int) -> str:
    """How the keys of messages about a subscription's lost channel begin."""
    return f"lost:{subscription_id}:"


async def _tell_creator(connection: Connection, subscription_id: int, reason: str, now: datetime) -> None:
    async with connection.execute(
        f"SELECT creator_id, query, target_id, {OWNER_SQL} FROM subscriptions WHERE id = ?",  # noqa: S608
        [subscription_id],
    ) as rows:
        ((creator_id, query, target_id, owner),) = await rows.fetchall()
    lost = LostChannel(query=from_text(query).canonical(), target_id=target_id, reason=reason)
    await scheduled_messages.schedule(
        connection,
        NewMessage(
            key=f"{_key(subscription_id)}{stamp(now)}",
            owner=owner,
            kind="lost_channel",
            content=lost.model_dump_json(),
            reason="You made this subscription.",
            due=now,
            expires=now + KEPT,
            person_id=creator_id,
        ),
    )


async def _pause(
    connection: Connection, ids: Sequence[int], kind: Literal["asked", "lost"], reason: str, now: datetime
) -> None:
    for subscription_id in ids:
        await connection.execute(
            "UPDATE subscriptions SET pause = ?, pause_reason = ?, paused_since = ? WHERE id = ?",
            [kind, reason, stamp(now), subscription_id],
        )
        await outbox.hold(connection, subscription_id, now)
