"""Texts too long for a button, stored under a token that fits into one, so that buttons work after a restart.

A token leads to its text only in the channel and for the purpose that it was kept for. Without that, a person could
type the text of a draft as a title, or bring a token from another guild.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
    (token,) = await keep_all(db, purpose, scope, [text], now)
    return token


async def keep_all(
    db: Database, purpose: Purpose, scope: tuple[int, int], texts: Sequence[str], now: datetime | None = None
) -> list[Handle]:
    """Store texts at once; returns their tokens. The rest as for `keep`."""
    now = now or datetime.now(UTC)
    kept = {_token(purpose, scope, text): text for text in texts}
    used = await _used_since(db, kept, now - _TOUCHED_EVERY)
    if wanted := {token: text for token, text in kept.items() if token not in used}:
        try:
            await _write(db.write, wanted, now)
        except GuildStoreUnavailableError:
            await _write(db.write_papers, wanted, now)
    return [_token(purpose, scope, text) for text in texts]


async def _write(write: Transaction, texts: Mapping[Handle, str], now: datetime) -> None:
    async with write() as connection:
        await connection.execute("DELETE FROM questions WHERE asked < ?", [stamp(now - KEPT)])
        await connection.executemany(
            "INSERT INTO questions (token, question, asked) VALUES (?, ?, ?)"
            " ON CONFLICT (token) DO UPDATE SET asked = excluded.asked",
            [(token, text, stamp(now)) for token, text in texts.items()],
        )


async def recall(
    db: Database, purpose: Purpose, scope: tuple[int, int], token: Handle, now: datetime | None = None
) -> str | None:
    """The text of that token; None where it was last used too long ago, or kept for something or somewhere else.

    `scope` and `now` are as for `keep`.
    """
    text = (await _used_since(db, [token], (now or datetime.now(UTC)) - KEPT)).get(token)
    return text if text is not None and _token(purpose, scope, text) == token else None


def _token(purpose: Purpose, scope: tuple[int, int], text: str) -> Handle:
    return handle("kept", purpose, *map(str, scope), text)


async def _used_since(db: Database, tokens: Iterable[Handle], moment: datetime) -> dict[Handle, str]:
    """The texts by token, also of those that were kept in the file of papers, because PostgreSQL was gone."""
    wanted, found = list(tokens), dict[Handle, str]()
    with suppress(GuildStoreUnavailableError):
        found = await _read(db.read, wanted, moment)
    left = [token for token in wanted if token not in found]
    return found | await _read(db.read_papers, left, moment) if left else found


async def _read(read: Transaction, tokens: Sequence[Handle], moment: datetime) -> dict[Handle, str]:
    async with (
        read() as connection,
        connection.execute(
            "SELECT token, question FROM json_each(?) AS wanted JOIN questions ON token = wanted.value"
            " WHERE asked >= ?",
            [json.dumps(tokens), stamp(moment)],
        ) as rows,
    ):
        return {row[0]: row[1] async for row in rows}
