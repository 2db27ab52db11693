"""Texts too long for a button, stored under a token that fits into one, so that buttons work after a restart.

A token leads to its text only in the channel and for the purpose that it was kept for. Without that, a person could
type the text of a draft as a title, or bring a token from another guild.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal

from store.errors import GuildStoreUnavailableError
from store.models import Handle
from store.storage.connection import Transaction
from store.storage.database import Database
from store.text.handles import handle
from store.text.timestamps import stamp

Purpose = Literal[
    "search",
    "title",
    "author",
    "draft",
    "form",
    "outside",
    "identifier",
    "setup",
    "papers",
    "compare",
    "ask",
    "follow",
]
"""A query whose pages are turned, a title or name for which something is picked, a subscription to confirm, a form to
open again, a paper or person that a service found, an identifier of a paper to add, how far setting up is, which of
an author's papers, what is compared, what was asked, papers to follow once confirmed."""

KEPT = timedelta(days=90)
"""How long after its last use a text can be recalled."""
_TOUCHED_EVERY = timedelta(days=1)
"""How often the time of last use is written at most, so that paging through results writes nothing."""


async def keep(
    db: Database, purpose: Purpose, scope: tuple[int, int], text: str, now: datetime | None = None
) -> Handle:
    """Store a text; returns its token, the same for the same purpose, scope and text.

    `scope` is a guild's id, 0 for a direct message, and a channel's. `now` is the present unless it is given.
    """
    token, now = _token(purpose, scope, text), now or datetime.now(UTC)
    if await _used_since(db, token, now - _TOUCHED_EVERY) is None:
        try:
            await _write(db.write, token, text, now)
        except GuildStoreUnavailableError:
            await _write(db.write_papers, token, text, now)
    return token


async def _write(write: Transaction, token: Handle, text: str, now: datetime) -> None:
    async with write() as connection:
        await connection.execute("DELETE FROM questions WHERE asked < ?", [stamp(now - KEPT)])
        await connection.execute(
            "INSERT INTO questions (token, question, asked) VALUES (?, ?, ?)"
            " ON CONFLICT (token) DO UPDATE SET asked = excluded.asked",
            [token, text, stamp(now)],
        )


async def recall(
    db: Database, purpose: Purpose, scope: tuple[int, int], token: Handle, now: datetime | None = None
) -> str | None:
    """The text of that token; None where it was last used too long ago, or kept for something or somewhere else.

    `scope` and `now` are as for `keep`.
    """
    text = await _used_since(db, token, (now or datetime.now(UTC)) - KEPT)
    return text if text is not None and _token(purpose, scope, text) == token else None


def _token(purpose: Purpose, scope: tuple[int, int], text: str) -> Handle:
    return handle("kept", purpose, *map(str, scope), text)


async def _used_since(db: Database, token: Handle, moment: datetime) -> str | None:
    """Also where it was kept in the file of papers, because PostgreSQL was gone."""
    with suppress(GuildStoreUnavailableError):
        if (text := await _read(db.read, token, moment)) is not None:
            return text
    return await _read(db.read_papers, token, moment)


async def _read(read: Transaction, token: Handle, moment: datetime) -> str | None:
    async with (
        read() as connection,
        connection.execute(
            "SELECT question FROM questions WHERE token = ? AND asked >= ?", [token, stamp(moment)]
        ) as rows,
    ):
        row = await rows.fetchone()
    return row[0] if row else None
