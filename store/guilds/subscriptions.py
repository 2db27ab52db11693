"""Subscriptions: what a channel follows. Every function takes the scope that asks, so that none sees another's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, Field

from store.errors import NotFoundError
from store.guilds import follows, outbox, percolator, subscription_keys
from store.guilds.following import Following, from_text, to_text
from store.guilds.follows import FollowedPaper
from store.guilds.schedule import Schedule
from store.models import Frozen, Handle
from store.search.query import Query
from store.storage.connection import Connection, Row
from store.storage.database import Database
from store.text.handles import Token, new_token
from store.text.timestamps import stamp

PostForm = Literal["full", "compact"]
MAX_CAP = 25
MAX_PER_CHANNEL = 50
"""Subscriptions of one channel, so that a list of them and a day of work stay bounded."""


class Scope(NamedTuple):
    """Who asks: a channel of a guild, or a direct message, where `guild_id` is 0."""

    guild_id: int
    channel_id: int


class Pause(Frozen):
    """Why and since when nothing is posted: somebody asked for it, or the channel was lost."""

    kind: Literal["asked", "lost"]
    reason: str
    since: AwareDatetime


class Options(Frozen):
    """What a person chooses for a subscription, beside the query. Without a `form`, few papers are shown in full."""

    schedule: Schedule = Schedule()
    role_id: int | None = None
    cap: int = Field(default=10, ge=1, le=MAX_CAP)
    form: PostForm | None = None
    once: bool = False
    """Whether papers are left out that another channel of the server has had, which everybody there can read."""


class Subscription(Frozen):
    """A subscription as it is; `waiting` counts the papers that are still to be posted, `last_post` is the newest."""

    id: int
    token: Token
    scope: Scope
    target_id: int
    creator_id: int
    query: Query
    options: Options
    created: AwareDatetime
    pause: Pause | None
    waiting: int
    last_post: AwareDatetime | None
    widened: bool = False
    """Whether it was made when queries did not find other forms of their words, and has words that they do now."""


class TooManyError(ValueError):
    """This channel has as many subscriptions as it can have; delete one of them first."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


_SELECT = (
    "SELECT *, (SELECT count(*) FROM ledger WHERE subscription_id = subscriptions.id"
    "  AND state IN ('pending', 'held', 'posting')) AS waiting,"
    " (SELECT max(posted) FROM ledger JOIN posts ON posts.id = post_id"
    "  WHERE ledger.subscription_id = subscriptions.id) AS last_post,"
    " coalesce(created < (SELECT value FROM settings WHERE key = 'word_forms_since'), 0) AS older FROM subscriptions"
)


async def create(
    db: Database,
    scope: Scope,
    target_id: int,
    creator_id: int,
    query: Query,
    options: Options,
    now: datetime,
    anchor_id: int = 0,
    papers: Sequence[FollowedPaper] = (),
    people: Sequence[Handle] = (),
) -> Subscription:
    """Store a subscription, once for each anchor; it matches what is stored from now on. Raises `TooManyError`.

    `anchor_id` is a Discord id from about now, such as the interaction's: a post that may or may not be out is looked
    for in what came after it, or after an earlier post there. `papers` and `people` are followed in place of a query.
    """
    token = new_token()
    async with db.write() as connection:
        async with connection.execute(
            "SELECT count(*) FROM subscriptions WHERE guild_id = ? AND channel_id = ? AND deleted IS NULL", scope
        ) as rows:
            row = await rows.fetchone()
        if row and row[0] >= MAX_PER_CHANNEL:
            raise TooManyError
        async with connection.execute(
            "INSERT INTO subscriptions (token, guild_id, channel_id, target_id, creator_id, query, cadence, at,"
            " weekday, zone, role_id, cap, form, once, created, anchor_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
            [
                token,
                *scope,
                target_id,
                creator_id,
                *_columns(query, options),
                stamp(now),
                anchor_id,
            ],
        ) as rows:
            row = await rows.fetchone()
        if not row:
            return await _find(connection, "anchor_id = ?", [anchor_id], scope)
        await subscription_keys.register(connection, row[0], query)
        if isinstance(query, Following):
            await follows.add(connection, row[0], papers, people)
        return await get_in(connection, scope, token)


async def get(db: Database, scope: Scope, token: str) -> Subscription:
    """The subscription of that name, if it is this channel's. Raises `NotFoundError`."""
    async with db.read() as connection:
        return await get_in(connection, scope, token)


async def get_for(db: Database, scope: Scope, person_id: int, token: str) -> Subscription:
    """The subscription of that name, if it is this channel's or what that person follows; raises `NotFoundError`."""
    for one in await of_person(db, person_id):
        if one.token == token:
            return one
    return await get(db, scope, token)


async def get_in(connection: Connection, scope: Scope, token: str) -> Subscription:
    """As `get`, in the caller's transaction."""
    return await _find(connection, "token = ?", [token], scope)


async def count(db: Database) -> int:
    """How many subscriptions there are, wherever."""
    async with (
        db.read() as connection,
        connection.execute("SELECT count(*) FROM subscriptions WHERE deleted IS NULL") as rows,
    ):
        row = await rows.fetchone()
    return int(row[0]) if row else 0


async def channels_of(db: Database, guild_id: int) -> list[int]:
    """The channels of a guild that have subscriptions."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT DISTINCT channel_id FROM subscriptions WHERE guild_id = ? AND deleted IS NULL ORDER BY channel_id",
            [guild_id],
        ) as rows,
    ):
        return [row[0] async for row in rows]


async def by_anchor(db: Database, scope: Scope, anchor_id: int) -> Subscription | None:
    """The subscription that was made with this anchor, if it was."""
    async with db.read() as connection:
        try:
            return await _find(connection, "anchor_id = ?", [anchor_id], scope)
        except NotFoundError:
            return None


async def in_channel(db: Database, scope: Scope) -> list[Subscription]:
    """This channel's subscriptions, the oldest first."""
    async with (
        db.read() as connection,
        connection.execute(
            f"{_SELECT} WHERE guild_id = ? AND ? IN (channel_id, target_id) AND deleted IS NULL ORDER BY id", scope
        ) as rows,
    ):
        return [_subscription(row) async for row in rows]


async def of_person(db: Database, person_id: int) -> list[Subscription]:
    """What somebody follows for themselves, by direct message, the oldest first."""
    async with (
        db.read() as connection,
        connection.execute(
            f"{_SELECT} WHERE guild_id = 0 AND creator_id = ? AND deleted IS NULL ORDER BY id", [person_id]
        ) as rows,
    ):
        return [_subscription(row) async for row in rows]


async def edit(db: Database, scope: Scope, token: str, query: Query, options: Options, now: datetime) -> Subscription:
    """Change the query and the options. Papers that wait are matched with the new query and get their new time."""
    schedule = options.schedule
    async with db.write() as connection:
        before = await get_in(connection, scope, token)
        await connection.execute(
            "UPDATE subscriptions SET query = ?, cadence = ?, at = ?, weekday = ?, zone = ?, role_id = ?, cap = ?,"
            " form = ?, once = ? WHERE id = ?",
            [
                *_columns(query, options),
                before.id,
            ],
        )
        if schedule != before.options.schedule:
            await outbox.reschedule(connection, before.id, schedule.due(now))
        if isinstance(query, Following):
            await follows.add(connection, before.id, [], [])
        elif query != before.query:
            await subscription_keys.register(connection, before.id, query)
            await percolator.rematch(connection, before.id, query, now)
        return await get_in(connection, scope, token)


async def delete(db: Database, scope: Scope, tokens: Sequence[str], now: datetime) -> int:
    """Delete those of the subscriptions that are this channel's; returns how many. Their ledger stays."""
    deleted = 0
    async with db.write() as connection:
        for token in tokens:
            try:
                subscription = await get_in(connection, scope, token)
            except NotFoundError:
                continue
            await connection.execute("UPDATE subscriptions SET deleted = ? WHERE id = ?", [stamp(now), subscription.id])
            await connection.execute("DELETE FROM subscription_keys WHERE subscription_id = ?", [subscription.id])
            await follows.forget(connection, subscription.id)
            await outbox.drop_waiting(connection, subscription.id, now)
            deleted += 1
    return deleted


def _columns(query: Query, options: Options) -> tuple[str | int | None, ...]:
    """The columns from `query` to `once`."""
    schedule = options.schedule
    at = f"{schedule.at:%H:%M}"
    when = schedule.cadence, at, schedule.weekday, schedule.zone
    return to_text(query), *when, options.role_id, options.cap, options.form, options.once


async def _find(connection: Connection, where: str, values: Sequence[str | int], scope: Scope) -> Subscription:
    async with connection.execute(
        f"{_SELECT} WHERE {where} AND guild_id = ? AND ? IN (channel_id, target_id) AND deleted IS NULL",
        [*values, *scope],
    ) as rows:
        row = await rows.fetchone()
    if not row:
        raise NotFoundError
    return _subscription(row)


def _subscription(row: Row) -> Subscription:
    query = from_text(row["query"])
    return Subscription(
        id=row["id"],
        token=row["token"],
        scope=Scope(row["guild_id"], row["channel_id"]),
        target_id=row["target_id"],
        creator_id=row["creator_id"],
        query=query,
        options=Options(
            schedule=Schedule(cadence=row["cadence"], at=row["at"], weekday=row["weekday"], zone=row["zone"]),
            role_id=row["role_id"],
            cap=row["cap"],
            form=row["form"],
            once=row["once"],
        ),
        created=row["created"],
        widened=bool(row["older"]) and any(term.has_forms for c in query.clauses for term in c.alternatives),
        pause=Pause(kind=row["pause"], reason=row["pause_reason"], since=row["paused_since"]) if row["pause"] else None,
        waiting=row["waiting"],
        last_post=row["last_post"],
    )
