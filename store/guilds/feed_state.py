"""Where each feed stands: its last good run, its counts, what it rejected, and from where to go on."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from store.guilds.following import Following, from_text
from store.models import Frozen, Problem
from store.search.query import Query
from store.storage.connection import Row
from store.storage.database import Database
from store.text.arxiv_taxonomy import ARCHIVES, archive_of, full_category
from store.text.timestamps import stamp

FeedStatus = Literal["good", "empty", "repeated", "unreadable", "unreachable"]


class FeedState(Frozen):
    """A feed after its last run.

    `empty` is a good answer without papers on a day that should have some; `repeated` an old batch where a new one is
    overdue. `items`, `new` and `rejected` are of the last run that gave papers; `failures` counts runs without an
    answer in a row. `cursor` is the feed's own: validators, batch, resumption token.
    """

    name: str
    state: FeedStatus
    detail: str | None = None
    tried: AwareDatetime
    last_good: AwareDatetime | None = None
    items: int = 0
    new: int = 0
    rejected: tuple[Problem, ...] = ()
    next_try: AwareDatetime
    failures: int = 0
    cursor: dict[str, str] = Field(default_factory=dict)

    @property
    def first_good(self) -> datetime | None:
        """When it was heard first; None where that was not noted, as by former versions."""
        noted = self.cursor.get("first_good")
        return datetime.fromisoformat(noted) if noted else None


def feed_names(category: str) -> tuple[str, str]:
    """The feeds that bring a category or archive: its announcements, and the harvest of its archive."""
    return f"arXiv {category}", f"arXiv {archive_of(category)} (OAI-PMH)"


async def followed_categories(db: Database, channel_ids: Collection[int] | None = None) -> list[str]:
    """The fewest categories and archives in which every paper that a subscription can match is announced.

    Of the subscriptions of these channels, or of all. One that requires no category can match a paper of any archive.
    """
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT DISTINCT query FROM subscriptions WHERE deleted IS NULL"
            " AND (CAST(:channels AS TEXT) IS NULL"
            "  OR channel_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:channels)))",
            {"channels": None if channel_ids is None else json.dumps(list(channel_ids))},
        ) as rows,
    ):
        wanted = {category for row in await rows.fetchall() for category in announced_in(from_text(row[0]))}
    return sorted(c for c in wanted if "." not in c or archive_of(c) not in wanted)


def announced_in(query: Query) -> frozenset[str]:
    """The categories and archives in which every paper that the query can match is announced."""
    if isinstance(query, Following):
        return frozenset(query.categories)
    for clause in query.required:
        named = {full_category(term.value) for term in clause.alternatives if term.kind == "cat"}
        if len(named) == len(clause.alternatives) and all(archive_of(name) in ARCHIVES for name in named):
            return frozenset(named)
    return ARCHIVES


async def get(db: Database, name: str) -> FeedState | None:
    """The feed of that name; None before its first run."""
    async with db.read() as connection, connection.execute("SELECT * FROM feeds WHERE name = ?", [name]) as rows:
        row = await rows.fetchone()
    return _state(row) if row else None


async def every_feed(db: Database) -> list[FeedState]:
    """Every feed that was ever read, by name."""
    async with db.read() as connection, connection.execute("SELECT * FROM feeds ORDER BY name") as rows:
        return [_state(row) async for row in rows]


async def save(db: Database, feed: FeedState) -> None:
    """Keep how a run went."""
    async with db.write() as connection:
        await connection.execute(
            "INSERT INTO feeds (name, state, detail, tried, last_good, items, new, rejected, next_try,"
            " failures, cursor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET state = excluded.state, detail = excluded.detail, tried = excluded.tried,"
            " last_good = excluded.last_good, items = excluded.items, new = excluded.new,"
            " rejected = excluded.rejected, next_try = excluded.next_try, failures = excluded.failures,"
            " cursor = excluded.cursor",
            [
                feed.name,
                feed.state,
                feed.detail,
                stamp(feed.tried),
                stamp(feed.last_good) if feed.last_good else None,
                feed.items,
                feed.new,
                json.dumps([problem.model_dump() for problem in feed.rejected]),
                stamp(feed.next_try),
                feed.failures,
                json.dumps(feed.cursor),
            ],
        )


def _state(row: Row) -> FeedState:
    return FeedState.model_validate(
        {**dict(row), "rejected": json.loads(row["rejected"]), "cursor": json.loads(row["cursor"])}
    )
