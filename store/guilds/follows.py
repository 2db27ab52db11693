"""The rows of subscriptions that follow papers: what they follow, what was voted, and which papers wait for a score."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from store.guilds.own_papers import EVERYBODY, OWNER_SQL, Owner
from store.guilds.schedule import Schedule, stored_schedule
from store.models import Handle
from store.similarity.feedback import MAX_VOTES
from store.similarity.terms import Vector
from store.storage.connection import Connection
from store.text.timestamps import moment_of, stamp

MOST_PAPERS = 200
"""Papers that one subscription follows, which bounds what is read of it."""


class FollowedPaper(NamedTuple):
    """A paper that is followed, perhaps because its author is; `year` has a fraction."""

    handle: Handle
    title: str
    author: str | None
    year: float | None
    terms: Vector


class PaperVote(NamedTuple):
    """What somebody said of a paper, with its terms."""

    wanted: bool
    terms: Vector


class Follow(NamedTuple):
    """A subscription that follows papers, as it has to be known to score papers for it."""

    id: int
    version: int
    owner: Owner
    target_id: int
    query: str
    schedule: Schedule
    paused: bool


class Content(NamedTuple):
    """What one subscription follows, and the newest votes, the oldest of them first."""

    papers: tuple[FollowedPaper, ...]
    votes: tuple[PaperVote, ...]


async def add(
    connection: Connection, subscription_id: int, papers: Iterable[FollowedPaper], people: Iterable[Handle]
) -> None:
    """A subscription follows these papers and people from now on, beside what it does already."""
    await connection.execute(
        "INSERT INTO follows (subscription_id, version) VALUES (?, 1)"
        " ON CONFLICT (subscription_id) DO UPDATE SET version = follows.version + 1",
        [subscription_id],
    )
    await connection.executemany(
        "INSERT OR IGNORE INTO followed_papers (subscription_id, handle, title, author, year, terms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(subscription_id, *paper[:4], paper.terms.to_bytes()) for paper in papers],
    )
    await connection.executemany(
        "INSERT OR IGNORE INTO followed_people (subscription_id, author) VALUES (?, ?)",
        [(subscription_id, author) for author in people],
    )


async def forget(connection: Connection, subscription_id: int) -> None:
    """A subscription is deleted: nothing of what it followed is needed any more."""
    for table in ("follows", "followed_papers", "followed_people", "paper_votes"):
        await connection.execute(f"DELETE FROM {table} WHERE subscription_id = ?", [subscription_id])  # noqa: S608


async def wait_for_score(connection: Connection, handles: Iterable[Handle], owner: Owner | None, now: datetime) -> None:
    """New papers are to be scored, in the transaction that stores them; nothing is kept where nobody follows papers."""
    await connection.executemany(
        "INSERT OR IGNORE INTO unscored_papers (handle, owner, came)"
        " SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM follows)",
        [(handle, EVERYBODY if owner is None else owner, stamp(now)) for handle in handles],
    )


async def unscored(connection: Connection, limit: int | None) -> list[tuple[Handle, Owner, datetime]]:
    """Papers that wait, first come first, with whose follows they are for and when they came; at most so many."""
    async with connection.execute(
        "SELECT handle, owner, came FROM unscored_papers ORDER BY came, owner, handle LIMIT ?",
        [sys.maxsize if limit is None else limit],
    ) as rows:
        return [(row[0], row[1], moment_of(row[2])) async for row in rows]


async def take(connection: Connection, papers: Sequence[tuple[Handle, Owner]]) -> set[tuple[Handle, Owner]]:
    """Those of the papers that still wait; from this transaction on they do not."""
    async with connection.execute(
        "DELETE FROM unscored_papers WHERE (handle, owner) IN"
        " (SELECT value ->> 0, CAST(value ->> 1 AS INTEGER) FROM json_each(?)) RETURNING handle, owner",
        [json.dumps(papers)],
    ) as rows:
        return {(row[0], row[1]) async for row in rows}


async def every(connection: Connection) -> list[Follow]:
    """All subscriptions that follow papers."""
    async with connection.execute(
        f"SELECT subscriptions.id, version, {OWNER_SQL}, target_id, query, cadence, at, weekday, zone, pause"  # noqa: S608
        " FROM follows JOIN subscriptions ON subscriptions.id = subscription_id WHERE deleted IS NULL ORDER BY 1"
    ) as rows:
        return [
            Follow(row[0], row[1], row[2], row[3], row[4], stored_schedule(*row[5:9]), row[9] is not None)
            async for row in rows
        ]


async def content(connection: Connection, subscription_id: int) -> Content:
    """What one of them follows."""
    async with connection.execute(
        "SELECT handle, title, author, year, terms FROM followed_papers WHERE subscription_id = ?"
        " ORDER BY author IS NOT NULL, year DESC, handle LIMIT ?",
        [subscription_id, MOST_PAPERS],
    ) as rows:
        papers = tuple([FollowedPaper(row[0], row[1], row[2], row[3], Vector.from_bytes(row[4])) async for row in rows])
    async with connection.execute(
        "SELECT wanted, terms FROM paper_votes WHERE subscription_id = ? ORDER BY voted DESC, handle LIMIT ?",
        [subscription_id, MAX_VOTES],
    ) as rows:
        votes = [PaperVote(bool(row[0]), Vector.from_bytes(row[1])) async for row in rows]
    return Content(papers, tuple(reversed(votes)))


async def people(connection: Connection) -> list[tuple[int, Owner, Handle]]:
    """The people whom subscriptions follow, with whose they are."""
    async with connection.execute(
        f"SELECT subscriptions.id, {OWNER_SQL}, author FROM followed_people"  # noqa: S608
        " JOIN subscriptions ON subscriptions.id = subscription_id WHERE deleted IS NULL ORDER BY 1, 3"
    ) as rows:
        return [(row[0], row[1], row[2]) async for row in rows]


async def voted_on(connection: Connection, scope: tuple[int, int], token: str) -> dict[Handle, list[int]]:
    """The papers of a message in this channel that such subscriptions brought, with those subscriptions.

    `scope` is a guild's id, 0 for a direct message, and a channel's.
    """
    async with connection.execute(
        "SELECT handle, ledger.subscription_id FROM ledger JOIN posts ON posts.id = post_id"
        " JOIN subscriptions ON subscriptions.id = ledger.subscription_id JOIN follows ON follows.subscription_id ="
        " subscriptions.id WHERE posts.token = ? AND guild_id = ? AND ? IN (channel_id, subscriptions.target_id)"
        " AND deleted IS NULL AND ledger.state <> 'over_cap' ORDER BY matched, ledger.id",
        [token, *scope],
    ) as rows:
        found: dict[Handle, list[int]] = {}
        async for handle, subscription_id in rows:
            found.setdefault(handle, []).append(subscription_id)
        return found


async def vote(
    connection: Connection,
    subscription_id: int,
    person_id: int,
    handle: Handle,
    terms: Vector,
    now: datetime,
    *,
    wanted: bool,
) -> bool:
    """A person says whether such papers are wanted; the same once more takes it back. Returns whether it counts now."""
    key = [subscription_id, person_id, handle]
    cursor = await connection.execute(
        "DELETE FROM paper_votes WHERE subscription_id = ? AND person_id = ? AND handle = ? AND wanted = ?",
        [*key, wanted],
    )
    counts = cursor.rowcount == 0
    if counts:
        await connection.execute(
            "INSERT INTO paper_votes (subscription_id, person_id, handle, wanted, voted, terms)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (subscription_id, person_id, handle)"
            " DO UPDATE SET wanted = excluded.wanted, voted = excluded.voted, terms = excluded.terms",
            [*key, wanted, stamp(now), terms.to_bytes()],
        )
    await connection.execute("UPDATE follows SET version = version + 1 WHERE subscription_id = ?", [subscription_id])
    return counts


async def count_votes(connection: Connection, subscription_id: int) -> tuple[int, int]:
    """How many votes a subscription has for papers, and against."""
    async with connection.execute(
        "SELECT coalesce(sum(wanted), 0), coalesce(sum(1 - wanted), 0) FROM paper_votes WHERE subscription_id = ?",
        [subscription_id],
    ) as rows:
        ((up, down),) = await rows.fetchall()
    return up, down
