"""What the tests of this folder have in common: papers arrive, channels subscribe, a Discord takes every message."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, time
from typing import Any

from store import ingest
from store.guilds import aliases, digests, outbox, post_contents, subscriptions
from store.guilds.explain import explain
from store.guilds.posts import Post
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import Options, Scope, Subscription
from store.models import Handle, PaperRecord, ParsedSource, Source
from store.search.parser import parse
from store.storage.database import Database

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LAB = Scope(100, 200)
DAILY = Schedule(cadence="daily", at=time(8, 30), zone="Europe/Berlin")


def record(title: str, **fields: object) -> PaperRecord:
    source = Source(kind="arxiv", name="arXiv", retrieved=NOW)
    return PaperRecord.model_validate({"source": source, "title": title, **fields})


async def arrive(db: Database, *records: PaperRecord | str, at: datetime = NOW, notify: bool = True) -> None:
    papers = tuple(record(given) if isinstance(given, str) else given for given in records)
    await ingest.take(db, "arXiv", ParsedSource(papers=papers), notify=notify, now=at)


async def subscribe(
    db: Database, query: str, scope: Scope = LAB, *, at: datetime = NOW, anchor_id: int = 0, **options: object
) -> Subscription:
    chosen = Options.model_validate(options)
    return await subscriptions.create(db, scope, scope.channel_id, 7, parse(query), chosen, at, anchor_id)


async def begin(
    db: Database, at: datetime = NOW, target: int = LAB.channel_id, sizes: Sequence[int] | None = None
) -> list[Post]:
    """What is due is begun: all in one message each, or so many papers in each message."""
    return await digests.begin_due(db, target, at, lambda items, _: [len(items)] if sizes is None else sizes)


async def deliver(db: Database, at: datetime = NOW, target: int = LAB.channel_id) -> list[digests.Digest]:
    """What is due, posted by a Discord that takes everything, all in one message each."""
    posts = await begin(db, at, target)
    shown = [await digests.content(db, post) for post in posts]
    async with db.write() as connection:
        for post in posts:
            await outbox.mark_posted(connection, post.id, 1000 + post.id, at)
    return shown


async def change(db: Database, event: Any, *arguments: Any, **options: Any) -> Any:
    """One function that takes a connection, in a transaction of its own."""
    async with db.write() as connection:
        return await event(connection, *arguments, **options)


async def read(db: Database, function: Any, *arguments: Any) -> Any:
    """One function that takes a connection and only reads."""
    async with db.read() as connection:
        return await function(connection, *arguments)


async def rows(db: Database, table: str = "ledger") -> list[Mapping[str, Any]]:
    async with db.read() as connection, connection.execute(f"SELECT * FROM {table} ORDER BY id") as found:
        return [dict(row) async for row in found]


async def states(db: Database) -> list[str]:
    """Of the matches, in the order in which the papers came."""
    async with db.read() as connection, connection.execute("SELECT state FROM ledger ORDER BY matched, id") as found:
        return [row[0] async for row in found]


async def outcomes(db: Database, title: str, scope: Scope = LAB) -> list[str]:
    """What became of a paper for each subscription of the channel."""
    async with (
        db.read() as connection,
        connection.execute("SELECT handle FROM papers WHERE title = ?", [title]) as found,
    ):
        ((handle,),) = await found.fetchall()
    return [outcome.state for outcome in (await explain(db, scope, scope.guild_id, handle))[1]]


def titles(digest: digests.Digest | post_contents.Cause) -> list[str]:
    return [item.paper.title for item in digest.items]


def meant_by(db: Database, guild_id: int, kind: aliases.AliasKind, query: str) -> Handle | None:
    """What the query stands for in the guild, on a connection as look-ups have it."""
    with closing(sqlite3.connect(db.path)) as connection:
        return aliases.meant_by(connection, guild_id, kind, query)
