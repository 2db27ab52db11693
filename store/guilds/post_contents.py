"""What a message that was sent was for: the subscriptions with their reasons, and the papers that it left out."""

from __future__ import annotations

from collections import defaultdict

from store.guilds import items
from store.guilds.following import from_text
from store.guilds.items import Item
from store.guilds.own_papers import EVERYBODY, OWNER_SQL, Owner
from store.guilds.subscriptions import Scope
from store.models import Frozen, Handle
from store.search.query import Query
from store.storage.database import Database


class Cause(Frozen):
    """A subscription that a message was posted for, with its papers there."""

    query: Query
    creator_id: int
    items: tuple[Item, ...]


_OF_MESSAGE = (
    "FROM ledger JOIN posts ON posts.id = post_id JOIN subscriptions ON subscriptions.id = ledger.subscription_id"
    " WHERE posts.token = ? AND guild_id = ? AND ? IN (channel_id, subscriptions.target_id)"
)
"""SQL: the matches of a message, if it is in the channel of this scope."""


async def over_cap(db: Database, scope: Scope, token: str) -> list[Item]:
    """The papers that a digest of this channel left behind its button."""
    async with db.read() as connection:
        async with connection.execute(
            f"SELECT handle, reasons, {OWNER_SQL} {_OF_MESSAGE} AND ledger.state = 'over_cap'"
            " ORDER BY matched, ledger.id",
            [token, *scope],
        ) as rows:
            found = list(await rows.fetchall())
        owner = found[0][2] if found else EVERYBODY
        return await items.load(connection, owner, [(handle, reasons) for handle, reasons, _ in found])


async def causes(db: Database, scope: Scope, token: str) -> list[Cause]:
    """Why a message is in this channel; nothing for a message of another."""
    async with db.read() as connection:
        async with connection.execute(
            f"SELECT subscriptions.id, query, creator_id, handle, reasons, {OWNER_SQL} {_OF_MESSAGE}"
            " AND ledger.state <> 'over_cap' ORDER BY subscriptions.id, matched, ledger.id",
            [token, *scope],
        ) as rows:
            found = await rows.fetchall()
        matches: dict[tuple[int, str, int, Owner], list[tuple[Handle, str]]] = defaultdict(list)
        for subscription_id, query, creator_id, handle, reasons, owner in found:
            matches[subscription_id, query, creator_id, owner].append((handle, reasons))
        return [
            Cause(
                query=from_text(query),
                creator_id=creator,
                items=tuple(await items.load(connection, owner, of_subscription)),
            )
            for (_, query, creator, owner), of_subscription in matches.items()
        ]
