"""Edits posts of papers that turn out to be withdrawn or retracted, so that they say it where they stand.

An edit that is done twice does no harm: it needs no nonce, and after a crash it is simply done again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.client import Lectern
from bot.workers.transport import (
    ChannelUnavailableError,
    DiscordTransport,
    MessageRejectedError,
    OutcomeUnknownError,
    RateLimitedError,
)
from commands.context import OUTBOX_CHANGED
from store.guilds import digests, post_edits
from store.guilds.post_edits import PostEdit
from store.storage.database import Database

logger = logging.getLogger(__name__)

IDLE_S = 10.0
"""Seconds after which it looks again, if nothing tells it to; as the delivery does."""
AT_ONCE = 10
"""Posts that are looked up together."""
AGAIN_AFTER = timedelta(minutes=5)
"""Until an edit is tried again; longer than most outages of Discord, and nobody waits for it."""
MOST_TRIES = 300
"""A day of tries."""


async def edit_posts(client: Lectern, db: Database, now: Callable[[], datetime]) -> None:
    """Edit what is due, one after the other, until cancelled."""
    await client.wait_until_ready()
    transport = DiscordTransport(client)
    while True:
        if not await edit_due(transport, db, now()):
            with suppress(TimeoutError):
                await client.wait_for(OUTBOX_CHANGED, timeout=IDLE_S)


async def edit_due(transport: DiscordTransport, db: Database, now: datetime) -> int:
    """Edit the posts that are due; returns how many these were."""
    async with db.read() as connection:
        due = await post_edits.due(connection, now, AT_ONCE)
    for edit in due:
        again = await _edit(transport, db, edit)
        async with db.write() as connection:
            if again is None:
                await post_edits.done(connection, edit)
            else:
                await post_edits.later(connection, edit.post.id, now + again, MOST_TRIES)
    return len(due)


async def _edit(transport: DiscordTransport, db: Database, edit: PostEdit) -> timedelta | None:
    """Edit a post; after which time it is to be tried again, None where it is done or can never be."""
    digest = await digests.content(db, edit.post)
    if not digest.items:
        return None
    try:
        await transport.edit(edit.post.target_id, edit.message_id, digest, edit.post.token)
    except RateLimitedError as error:
        return timedelta(seconds=error.retry_after) + AGAIN_AFTER
    except OutcomeUnknownError:
        return AGAIN_AFTER
    except (ChannelUnavailableError, MessageRejectedError, ValueError) as error:
        logger.warning("A post of a withdrawn paper cannot be edited: %s", error)
    return None
