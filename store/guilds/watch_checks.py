"""When services are asked about watched papers next, and how often they were today."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from store.guilds import watches
from store.models import Handle
from store.storage.connection import Connection
from store.text.timestamps import moment_of, stamp

KEPT = timedelta(days=31)
"""How long it is kept how often services were asked on a day."""


class Check(NamedTuple):
    """A paper that services are to be asked about; `asked` where somebody asked to watch it, `since` when."""

    handle: Handle
    asked: bool
    since: datetime


async def due(connection: Connection, now: datetime, most: int) -> list[Check]:
    """The papers to ask about now: first those that somebody asked to watch, and of each kind the latest."""
    async with connection.execute(
        "SELECT handle, max(asked) AS asked, max(since) AS since FROM ("  # noqa: S608
        " SELECT handle, 1 AS asked, since FROM watches WHERE ended IS NULL"
        f" UNION ALL SELECT ledger.handle, 0, posts.posted {watches.POSTED} AND posts.posted > ?"
        f" UNION ALL SELECT handle, 0, saved {watches.SAVED} AND saved > ?)"
        " LEFT JOIN watch_checks USING (handle) WHERE next IS NULL OR next <= ?"
        " GROUP BY handle ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?",
        [*2 * [stamp(now - watches.UNASKED_FOR)], stamp(now), most],
    ) as rows:
        return [Check(handle, bool(asked), moment_of(since)) async for handle, asked, since in rows]


async def next_at(connection: Connection, moments: Iterable[tuple[Handle, datetime]]) -> None:
    """When each of these papers is to be asked about next."""
    await connection.executemany(
        "INSERT INTO watch_checks (handle, next) VALUES (?, ?) ON CONFLICT (handle) DO UPDATE SET next = excluded.next",
        [(handle, stamp(moment)) for handle, moment in moments],
    )


async def forget(connection: Connection, now: datetime) -> None:
    """Forget the times of papers that nobody watches any more, and the counts of former days."""
    async with connection.execute("SELECT handle FROM watch_checks WHERE next < ?", [stamp(now - KEPT)]) as rows:
        old = [row[0] async for row in rows]
    await connection.execute(
        "DELETE FROM watch_checks WHERE handle IN (SELECT value FROM json_each(?))", [json.dumps(old)]
    )
    await connection.execute("DELETE FROM watch_requests WHERE day < ?", [_day(now - KEPT)])


async def count_request(connection: Connection, service: str, now: datetime) -> None:
    """A service was asked once more today."""
    await connection.execute(
        "INSERT INTO watch_requests (day, service, count) VALUES (?, ?, 1)"
        " ON CONFLICT (day, service) DO UPDATE SET count = watch_requests.count + 1",
        [_day(now), service],
    )


async def requests_today(connection: Connection, now: datetime) -> dict[str, int]:
    """How often each service was asked today."""
    async with connection.execute("SELECT service, count FROM watch_requests WHERE day = ?", [_day(now)]) as rows:
        return {service: count async for service, count in rows}


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
