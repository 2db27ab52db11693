"""Messages that were begun: which are to be tried now, and what is late.

A post is one message. Its token, fixed before the first try, is the nonce and stands in the message's buttons.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime

from store.guilds.transitions import PostState
from store.models import Frozen
from store.storage.connection import Connection, Row
from store.storage.database import Database
from store.text.handles import Token
from store.text.timestamps import moment_of, stamp

LONGEST_WAIT = timedelta(hours=2)
"""Longer than between two tries of a message; a next try beyond it was set by a clock that was wrong since."""

OPEN = (
    "coalesce((SELECT max(pause IS NOT 'lost') FROM subscriptions"
    " WHERE subscriptions.target_id = posts.target_id AND deleted IS NULL), 1)"
)
"""SQL: whether the channel of a message is not lost.

A channel is lost as long as all of its subscriptions are paused for it: who resumes one, or makes a new one, expects
that the bot may post there again. If it may not, the next try finds out.
"""
UNFINISHED = f"state <> 'posted' AND {OPEN}"
"""SQL: messages that were begun and are not known to be out; not those of channels that are lost."""


class Post(Frozen):
    """A message that was begun. `unsure` where a try may have had its effect though no answer came.

    If it is out, it is newer than the Discord id `after_id`. `part` counts the messages of a digest from 1. Without a
    subscription it is a scheduled message.
    """

    id: int
    token: Token
    subscription_id: int | None
    target_id: int
    after_id: int
    state: PostState
    part: int
    started: AwareDatetime
    tries: int
    unsure: bool
    next_try: AwareDatetime

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be tried now."""
        return not now < self.next_try <= now + LONGEST_WAIT


class Backlog(NamedTuple):
    """Papers that are to be posted by now and are not yet; `since` is when the first of them was due."""

    papers: int
    since: datetime | None


async def backlog(db: Database, channel_ids: Collection[int], now: datetime) -> Backlog:
    """What is late for the subscriptions of these channels."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT count(*), min(due) FROM ledger JOIN subscriptions ON subscriptions.id = subscription_id"
            " WHERE state IN ('pending', 'posting') AND due <= ?"
            " AND channel_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))",
            [stamp(now), json.dumps(list(channel_ids))],
        ) as rows,
    ):
        ((papers, since),) = await rows.fetchall()
    return Backlog(papers, moment_of(since) if since else None)


async def targets_to_try(connection: Connection, now: datetime) -> list[int]:
    """The channels in which a message that was begun is to be tried now."""
    async with connection.execute(
        f"SELECT DISTINCT target_id FROM posts WHERE {UNFINISHED} AND NOT (next_try > ? AND next_try <= ?)",  # noqa: S608
        [stamp(now), stamp(now + LONGEST_WAIT)],
    ) as rows:
        return [target_id async for (target_id,) in rows]


async def next_try(connection: Connection) -> datetime | None:
    """The first moment at which a message is to be tried again, if there is one."""
    async with connection.execute(f"SELECT min(next_try) FROM posts WHERE {UNFINISHED}") as rows:  # noqa: S608
        ((moment,),) = await rows.fetchall()
    return moment_of(moment) if moment else None


async def unfinished(connection: Connection, target_id: int) -> list[Post]:
    """A channel's messages that were begun and are not known to be out, in their order."""
    async with connection.execute(
        f"SELECT * FROM posts WHERE target_id = ? AND {UNFINISHED} ORDER BY id",  # noqa: S608
        [target_id],
    ) as rows:
        return [post_of(row) async for row in rows]


def post_of(row: Row) -> Post:
    """A row of the table."""
    return Post.model_validate({name: row[name] for name in Post.model_fields})
