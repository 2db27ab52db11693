"""Watches: papers of which a channel, or somebody by direct message, wants to know what happens to them.

What a subscription posted is watched in its channel without being asked for, and what somebody saved to a list of the
team for them, until they end that for the paper or for the whole server. Somebody's own watches belong to them alone,
wherever they were asked for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from store.errors import StoreError
from store.guilds.own_papers import OWNER_SQL, Owner
from store.models import Frozen, Handle, Paper
from store.storage.connection import Connection
from store.text.timestamps import stamp

MOST = 200
"""Papers that one channel or person watches at most, each of which services are asked about every week."""
UNASKED_FOR = timedelta(days=365)
"""How long after a paper was posted all that happens to it is told; later only what speaks against it. By choice: most
preprints that are published are so within a year (`docs/watching.md`)."""


class TooManyWatchedError(StoreError):
    """So many papers are watched here that no more can be; end some of them in /watch first."""


Because = Literal["asked", "posted", "saved"]
"""Why a paper is watched."""


class Watcher(NamedTuple):
    """Who is told: the channel `target_id` of a guild, or the person `person_id`; the other one is 0."""

    owner: Owner
    target_id: int
    person_id: int

    @property
    def name(self) -> str:
        """The same as a part of a key."""
        return f"p{self.person_id}" if self.person_id else str(self.target_id)


class Watch(Frozen):
    """A paper that was asked for; `title` as it was then."""

    handle: Handle
    title: str
    asked_by: int
    since: AwareDatetime


class Watching(NamedTuple):
    """A watcher of a paper, why, and since when."""

    watcher: Watcher
    because: Because
    since: str

    @property
    def asked(self) -> bool:
        """Whether somebody asked for it, rather than that it was posted or saved."""
        return self.because == "asked"


def of_person(person_id: int) -> Watcher:
    """Somebody for themselves."""
    return Watcher(-person_id, 0, person_id)


async def start(connection: Connection, watcher: Watcher, paper: Paper, person: int, now: datetime) -> bool:
    """Watch a paper; False where that was asked for before. Raises `TooManyWatchedError`."""
    watched = await asked_for(connection, watcher)
    if any(one.handle == paper.handle for one in watched):
        return False
    if len(watched) >= MOST:
        raise TooManyWatchedError
    await connection.execute(
        "INSERT INTO watches (owner, target_id, person_id, handle, title, asked_by, since)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (target_id, person_id, handle) DO UPDATE SET owner = excluded.owner,"
        " title = excluded.title, asked_by = excluded.asked_by, since = excluded.since, ended = NULL",
        [*watcher, paper.handle, paper.title, person, stamp(now)],
    )
    return True


async def end(connection: Connection, watcher: Watcher, handle: Handle, title: str, person: int, now: datetime) -> None:
    """Watch a paper no more, whether it was asked for or posted."""
    await connection.execute(
        "INSERT INTO watches (owner, target_id, person_id, handle, title, asked_by, since, ended)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (target_id, person_id, handle) DO UPDATE SET ended = excluded.ended",
        [*watcher, handle, title, person, stamp(now), stamp(now)],
    )


async def asked_for(connection: Connection, watcher: Watcher) -> list[Watch]:
    """What a channel or person asked for, the last one first."""
    async with connection.execute(
        "SELECT handle, title, asked_by, since FROM watches WHERE (owner, target_id, person_id) = (?, ?, ?)"
        " AND ended IS NULL ORDER BY since DESC, handle",
        watcher,
    ) as rows:
        return [Watch.model_validate(dict(row)) async for row in rows]


async def count_unasked(connection: Connection, watcher: Watcher, now: datetime) -> int:
    """How many papers are watched because they were posted to a channel lately; for a person, or saved by them."""
    async with connection.execute(
        "SELECT count(DISTINCT handle) FROM ("  # noqa: S608
        f" SELECT ledger.handle AS handle {POSTED} AND {_TOLD} = (?, ?, ?) AND posts.posted > ?"
        f" UNION ALL SELECT handle {SAVED} AND saved_by = ? AND saved > ?)",
        [*watcher, since := stamp(now - UNASKED_FOR), watcher.person_id, since],
    ) as rows:
        ((found,),) = await rows.fetchall()
    return int(found)


async def turn_unasked(connection: Connection, owner: Owner, person: int, now: datetime, *, on: bool) -> None:
    """Whether what is posted is watched without being asked for, on a server or by a person."""
    if on:
        await connection.execute("DELETE FROM unasked_watches_off WHERE owner = ?", [owner])
    else:
        await connection.execute(
            "INSERT OR IGNORE INTO unasked_watches_off (owner, person, at) VALUES (?, ?, ?)",
            [owner, person, stamp(now)],
        )


async def is_unasked_on(connection: Connection, owner: Owner) -> bool:
    """Whether what is posted there is watched."""
    rows = await connection.execute_fetchall("SELECT 1 FROM unasked_watches_off WHERE owner = ?", [owner])
    return not list(rows)


async def watching(connection: Connection, handles: Iterable[Handle]) -> dict[Handle, list[Watching]]:
    """Who watches these papers, each watcher of a paper once."""
    wanted = json.dumps(list(handles))
    found: dict[Handle, dict[Watcher, Watching]] = defaultdict(dict)
    async with connection.execute(
        f"SELECT ledger.handle, {_TOLD_COLUMNS}, max(posts.posted) {POSTED}"  # noqa: S608
        " AND ledger.handle IN (SELECT value FROM json_each(?)) GROUP BY 1, 2, 3, 4",
        [wanted],
    ) as rows:
        async for handle, owner, target_id, person_id, posted in rows:
            watcher = Watcher(owner, target_id, person_id)
            found[handle][watcher] = Watching(watcher, "posted", posted)
    async with connection.execute(
        f"SELECT handle, saved_by, max(saved) {SAVED} AND handle IN (SELECT value FROM json_each(?)) GROUP BY 1, 2",  # noqa: S608
        [wanted],
    ) as rows:
        async for handle, person, saved in rows:
            found[handle].setdefault(of_person(person), Watching(of_person(person), "saved", saved))
    async with connection.execute(
        "SELECT handle, owner, target_id, person_id, since, ended FROM watches"
        " WHERE handle IN (SELECT value FROM json_each(?))",
        [wanted],
    ) as rows:
        async for handle, owner, target_id, person_id, since, ended in rows:
            watcher = Watcher(owner, target_id, person_id)
            found[handle].pop(watcher, None)
            if ended is None:
                found[handle][watcher] = Watching(watcher, "asked", since)
    return {handle: list(of_paper.values()) for handle, of_paper in found.items() if of_paper}


async def any_asked(connection: Connection) -> bool:
    """Whether anybody asked for anything."""
    return bool(list(await connection.execute_fetchall("SELECT 1 FROM watches WHERE ended IS NULL LIMIT 1")))


async def follow(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: who watched the one watches the other."""
    await connection.executemany(
        "INSERT OR IGNORE INTO watches (owner, target_id, person_id, handle, title, asked_by, since, ended)"
        " SELECT owner, target_id, person_id, ?, title, asked_by, since, ended FROM watches WHERE handle = ?",
        merged := [(survivor, gone) for gone, survivor in merged],
    )
    await connection.executemany("DELETE FROM watches WHERE handle = ?", [(gone,) for _, gone in merged])


_TOLD_COLUMNS = (
    f"{OWNER_SQL}, iif(subscriptions.guild_id, ledger.target_id, 0), iif(subscriptions.guild_id, 0, creator_id)"
)
_TOLD = f"({_TOLD_COLUMNS})"
"""SQL: the watcher of what a subscription posted; of a direct message, the person."""
POSTED = (
    "FROM ledger JOIN posts ON posts.id = ledger.post_id AND posts.state = 'posted'"
    " JOIN subscriptions ON subscriptions.id = ledger.subscription_id WHERE ledger.state = 'posted'"
    " AND deleted IS NULL AND pause IS NOT 'asked'"
    " AND NOT EXISTS (SELECT 1 FROM unasked_watches_off WHERE owner = coalesce(nullif(guild_id, 0), -creator_id))"
)
"""SQL: papers that subscriptions posted, where that is watched."""
SAVED = (
    "FROM list_entries JOIN reading_lists ON reading_lists.id = list_id WHERE reading_lists.person = 0"
    " AND removed IS NULL AND NOT EXISTS (SELECT 1 FROM unasked_watches_off"
    "  WHERE unasked_watches_off.owner IN (reading_lists.owner, -saved_by))"
)
"""SQL: papers in lists of teams, which are watched for who saved them."""
