"""When a subscription stands still, as somebody asked or as its channel was lost, and telling its creator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import aiosqlite

from store.guilds.subscriptions import Scope, Subscription, drop, get_in
from store.storage.database import Database
from store.text.timestamps import stamp


async def pause(db: Database, scope: Scope, token: str, reason: str, now: datetime) -> Subscription:
    """Hold back what waits and what comes, until it is resumed. A post that was begun is finished."""
    async with db.write() as connection:
        subscription = await get_in(connection, scope, token)
        if not subscription.pause:
            await pause_all(connection, [subscription.id], "asked", reason, now)
        return await get_in(connection, scope, token)


async def pause_all(
    connection: aiosqlite.Connection, ids: Sequence[int], kind: Literal["asked", "lost"], reason: str, now: datetime
) -> None:
    """Pause subscriptions in the caller's transaction."""
    await connection.executemany(
        "UPDATE subscriptions SET pause = ?, pause_reason = ?, paused_since = ? WHERE id = ?",
        [(kind, reason, stamp(now), subscription_id) for subscription_id in ids],
    )
    await connection.executemany(
        "UPDATE ledger SET state = 'held', changed = ? WHERE subscription_id = ? AND state = 'pending'",
        [(stamp(now), subscription_id) for subscription_id in ids],
    )


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
            await connection.execute(
                "UPDATE ledger SET state = 'pending', due = ?, changed = ?"
                " WHERE subscription_id = ? AND state = 'held'",
                [stamp(subscription.options.schedule.due(now)), stamp(now), subscription.id],
            )
        else:
            await drop(connection, subscription.id, ("held",), "left out when it was resumed", now)
        return await get_in(connection, scope, token)


async def notices(db: Database) -> list[tuple[int, int, str, int, str]]:
    """What creators are still to be told: subscription, person, query, where it posts, and why it is paused."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT id, creator_id, query, target_id, notice FROM subscriptions WHERE notice IS NOT NULL"
        ) as rows,
    ):
        return [(row[0], row[1], row[2], row[3], row[4]) async for row in rows]


async def told(db: Database, ids: Sequence[int]) -> None:
    """Their creators have been told, as far as that is possible."""
    async with db.write() as connection:
        await connection.executemany("UPDATE subscriptions SET notice = NULL WHERE id = ?", [(i,) for i in ids])
