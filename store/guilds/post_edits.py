"""Posts that are to be edited, since a paper that they show was withdrawn or retracted.

An edit shows the post as it would be made now. It can be done twice, so that a crash needs no more than to repeat it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from store.guilds.posts import Post, post_of
from store.models import Handle
from store.storage.connection import Connection
from store.text.timestamps import stamp


async def add(connection: Connection, handles: Sequence[Handle], now: datetime) -> int:
    """The posts that show these papers are to be edited; returns how many.

    Not those that an older copy of the store sent: what else they showed is not known.
    """
    if not handles:
        return 0
    cursor = await connection.execute(
        "INSERT INTO post_edits (post_id, due) SELECT DISTINCT posts.id, ? FROM ledger JOIN posts ON posts.id = post_id"
        " WHERE handle IN (SELECT value FROM json_each(?)) AND ledger.state = 'posted' AND posts.state = 'posted'"
        " AND posts.subscription_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM found_posts WHERE found_posts.token = posts.token)"
        " ON CONFLICT (post_id) DO UPDATE SET due = excluded.due, tries = 0",
        [stamp(now), json.dumps(list(handles))],
    )
    return cursor.rowcount


class PostEdit(NamedTuple):
    """A post to edit, the id of its message, and since when that is due."""

    post: Post
    message_id: int
    due: str


async def due(connection: Connection, now: datetime, most: int) -> list[PostEdit]:
    """The posts to edit now, the longest due first."""
    async with connection.execute(
        "SELECT posts.*, post_edits.due AS edit_due FROM post_edits JOIN posts ON posts.id = post_id"
        " WHERE post_edits.due <= ? AND message_id IS NOT NULL ORDER BY post_edits.due, post_id LIMIT ?",
        [stamp(now), most],
    ) as rows:
        return [PostEdit(post_of(row), row["message_id"], row["edit_due"]) async for row in rows]


async def done(connection: Connection, edit: PostEdit) -> None:
    """A post is edited, or can never be; not where another of its papers was withdrawn in the meantime."""
    await connection.execute("DELETE FROM post_edits WHERE post_id = ? AND due = ?", [edit.post.id, edit.due])


async def later(connection: Connection, post_id: int, when: datetime, most_tries: int) -> None:
    """An edit had no success, and is tried again unless it was too often."""
    await connection.execute(
        "UPDATE post_edits SET due = ?, tries = tries + 1 WHERE post_id = ?", [stamp(when), post_id]
    )
    await connection.execute("DELETE FROM post_edits WHERE post_id = ? AND tries >= ?", [post_id, most_tries])
