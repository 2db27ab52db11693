"""Scheduled messages: what a channel or a person is to be told at a time, other than new papers, each exactly once.

A message is known by its key, which says what it tells and to whom: what is scheduled again under the same key is not
sent again, whatever happened in between. Its token, the nonce, follows from the key, so that even an older copy of the
store finds in a channel what was sent. Sending goes by the outbox, as for posts.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime

from store.guilds import outbox
from store.guilds.own_papers import Owner
from store.guilds.posts import Post
from store.models import Frozen, Handle
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.handles import Token
from store.text.timestamps import moment_of, stamp

KEPT = timedelta(days=7)
"""How long a message is of use where nothing else is said: somebody who comes back from a week away still reads it."""
NO_ANSWER_AGAIN_AFTER = timedelta(seconds=30)
"""When somebody's channel is asked for again if Discord gave no answer; by choice, as most outages last minutes."""
LATE = "its time had passed before it could be sent"
"""Why a message was dropped that expired."""
_WAITING = "post_id IS NULL AND dropped IS NULL"
_OPEN = (
    "coalesce((SELECT max(pause IS NOT 'lost') FROM subscriptions"
    " WHERE subscriptions.target_id = scheduled_messages.target_id AND deleted IS NULL), 1)"
)
"""SQL: whether the channel of a message is not lost, as `store.guilds.posts.OPEN` says."""
_NEXT = (
    f"{_WAITING} AND {_OPEN} AND NOT EXISTS (SELECT 1 FROM posts"  # noqa: S608
    " WHERE posts.target_id = scheduled_messages.target_id AND posts.state = 'posting')"
)
"""SQL: messages that can be begun once they are due: no other one waits for its next try in their channel."""


class NewMessage(NamedTuple):
    """A message to schedule, for the channel `target_id`, or for the person `person_id` by direct message.

    `content` is JSON of the model of its kind, `reason` says as a sentence why it is sent, `handle` which paper it is
    about. If it is out, it is newer than the Discord id `anchor_id`. After `expires` it is of no use.
    """

    key: str
    owner: Owner
    kind: str
    content: str
    reason: str
    due: datetime
    expires: datetime
    target_id: int | None = None
    person_id: int | None = None
    handle: Handle | None = None
    anchor_id: int = 0


class ScheduledMessage(Frozen):
    """A message as it is; `sent` and `message_id` where it is out, `dropped` says why it will never be."""

    key: str
    owner: Owner
    kind: str
    content: str
    reason: str
    target_id: int | None
    person_id: int | None
    handle: Handle | None
    due: AwareDatetime
    dropped: str | None
    sent: AwareDatetime | None = None
    message_id: int | None = None


class Begun(NamedTuple):
    """A message that was begun; `is_fresh` where it never was before, so that it is surely not out."""

    post: Post
    is_fresh: bool


def token_of(key: str) -> Token:
    """The token of the message with this key: 96 bits of BLAKE2b."""
    return base64.urlsafe_b64encode(hashlib.blake2b(key.encode(), digest_size=12).digest()).decode()


async def schedule(connection: Connection, message: NewMessage) -> bool:
    """Schedule a message in the caller's transaction; False where one of its key was scheduled before."""
    cursor = await connection.execute(
        "INSERT INTO scheduled_messages"
        " (key, token, owner, target_id, person_id, kind, content, reason, handle, anchor_id, due, expires)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
        [
            message.key,
            token_of(message.key),
            message.owner,
            message.target_id,
            message.person_id,
            message.kind,
            message.content,
            message.reason,
            message.handle,
            message.anchor_id,
            stamp(message.due),
            stamp(message.expires),
        ],
    )
    return cursor.rowcount > 0


async def drop(connection: Connection, prefix: str, why: str) -> int:
    """Those whose keys begin like this are no longer wanted, unless they were begun; returns how many."""
    cursor = await connection.execute(
        f"UPDATE scheduled_messages SET dropped = ? WHERE key >= ? AND key < ? AND {_WAITING}",  # noqa: S608
        [why, prefix, prefix + chr(sys.maxunicode)],
    )
    return cursor.rowcount


async def due_after(connection: Connection, prefix: str, since: datetime) -> list[datetime]:
    """The times, after a moment, of those whose keys begin like this and that are not dropped."""
    async with connection.execute(
        "SELECT due FROM scheduled_messages WHERE key >= ? AND key < ? AND due > ? AND dropped IS NULL",
        [prefix, prefix + chr(sys.maxunicode), stamp(since)],
    ) as rows:
        return [moment_of(row[0]) async for row in rows]


async def due_targets(connection: Connection, now: datetime) -> list[int]:
    """The channels, as far as they are known and not lost, in which messages are due."""
    async with connection.execute(
        "SELECT DISTINCT target_id FROM scheduled_messages"  # noqa: S608
        f" WHERE {_NEXT} AND due <= ? AND target_id IS NOT NULL",
        [stamp(now)],
    ) as rows:
        return [target_id async for (target_id,) in rows]


async def people_without_channel(connection: Connection, now: datetime) -> list[int]:
    """Those to whom messages are due, and whose channel of direct messages is not known."""
    async with connection.execute(
        "SELECT DISTINCT person_id FROM scheduled_messages"  # noqa: S608
        f" WHERE {_WAITING} AND due <= ? AND target_id IS NULL",
        [stamp(now)],
    ) as rows:
        return [person_id async for (person_id,) in rows]


async def found_channel(connection: Connection, person_id: int, target_id: int) -> None:
    """The channel of direct messages with somebody is known."""
    await connection.execute(
        f"UPDATE scheduled_messages SET target_id = ? WHERE person_id = ? AND target_id IS NULL AND {_WAITING}",  # noqa: S608
        [target_id, person_id],
    )


async def put_off(connection: Connection, person_id: int, now: datetime, *, is_refused: bool) -> None:
    """Somebody cannot be written to now: what is due is tried again later, or dropped once it is of no use."""
    wait = outbox.AGAIN_AFTER if is_refused else NO_ANSWER_AGAIN_AFTER
    await connection.execute(
        "UPDATE scheduled_messages SET due = ?, dropped = iif(expires <= ?, ?, NULL)"  # noqa: S608
        f" WHERE person_id = ? AND target_id IS NULL AND due <= ? AND {_WAITING}",
        [stamp(now + wait), stamp(now), LATE, person_id, stamp(now)],
    )


async def next_due(db: Database) -> datetime | None:
    """When the next message is due."""
    async with (
        db.read() as connection,
        connection.execute(f"SELECT min(due) FROM scheduled_messages WHERE {_NEXT}") as rows,  # noqa: S608
    ):
        ((due,),) = await rows.fetchall()
    return moment_of(due) if due else None


async def begin_due(db: Database, target_id: int, now: datetime) -> list[Begun]:
    """Begin what is due in a channel, the first one first: its nonces are committed when this returns.

    What expired is dropped. What a channel has had already, as an older copy of the store finds, counts as sent.
    """
    async with db.write() as connection:
        await connection.execute(
            f"UPDATE scheduled_messages SET dropped = ? WHERE target_id = ? AND expires <= ? AND {_WAITING}",  # noqa: S608
            [LATE, target_id, stamp(now)],
        )
        async with connection.execute(
            "SELECT scheduled_messages.id, scheduled_messages.token, begun,"  # noqa: S608
            " iif(begun, anchor_id, max(anchor_id, (SELECT coalesce(max(message_id), 0) FROM posts"
            "  WHERE posts.target_id = scheduled_messages.target_id))),"
            " found_posts.message_id, found_posts.posted"
            " FROM scheduled_messages LEFT JOIN found_posts USING (target_id, token)"
            f" WHERE target_id = ? AND due <= ? AND {_WAITING} ORDER BY due, scheduled_messages.id",
            [target_id, stamp(now)],
        ) as rows:
            due = list(await rows.fetchall())
        begun = []
        for ident, token, was_begun, after_id, message_id, posted in due:
            post = await outbox.begin_message(connection, token, target_id, after_id, now)
            await connection.execute(
                "UPDATE scheduled_messages SET post_id = ?, anchor_id = ?, begun = 1 WHERE id = ?",
                [post.id, after_id, ident],
            )
            if message_id:
                await outbox.mark_posted(connection, post.id, message_id, moment_of(posted))
            else:
                begun.append(Begun(post, not was_begun))
        return begun


async def content(db: Database, post: Post, now: datetime) -> ScheduledMessage | None:
    """What a message that was begun says; None where it expired in the meantime."""
    async with db.read() as connection:
        found = await _select(connection, "post_id = ? AND expires > ?", [post.id, stamp(now)])
    return found[0] if found else None


async def by_token(db: Database, owner: Owner, person_id: int, token: str) -> ScheduledMessage | None:
    """The message of this token, if it is one of the owner's channels, or a direct message to that person."""
    async with db.read() as connection:
        where = "scheduled_messages.token = ? AND iif(person_id IS NULL, owner = ?, person_id = ?)"
        found = await _select(connection, where, [token, owner, person_id])
    return found[0] if found else None


async def by_key(connection: Connection, key: str) -> ScheduledMessage | None:
    """The message of this key, if one was scheduled."""
    return next(iter(await _select(connection, "key = ?", [key])), None)


async def about(connection: Connection, owner: Owner, handle: Handle) -> list[ScheduledMessage]:
    """All of the owner's messages about a paper, in the order of their times."""
    return await _select(connection, "handle = ? AND owner = ?", [handle, owner])


async def follow(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: what is about the one is about the other."""
    await connection.executemany(
        "UPDATE scheduled_messages SET handle = ? WHERE handle = ?", [(survivor, gone) for gone, survivor in merged]
    )


async def _select(connection: Connection, where: str, values: Sequence[str | int]) -> list[ScheduledMessage]:
    async with connection.execute(
        "SELECT key, owner, kind, content, reason, scheduled_messages.target_id, person_id, handle, due, dropped,"  # noqa: S608
        " posted AS sent, message_id FROM scheduled_messages LEFT JOIN posts ON posts.id = post_id"
        f" WHERE {where} ORDER BY due, scheduled_messages.id",
        values,
    ) as rows:
        return [ScheduledMessage.model_validate(dict(row)) async for row in rows]
