"""What is due in a channel, grouped into messages: each paper once, with the reasons of all its subscriptions there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from store.catalog import papers
from store.guilds import items, outbox, own_papers, posts, removed_matches, repeats, team_memory
from store.guilds.following import from_text
from store.guilds.items import Item
from store.guilds.outbox import Message
from store.guilds.own_papers import OWNER_SQL, Owner
from store.guilds.posts import UNFINISHED, Post
from store.guilds.repeats import IsPublic
from store.guilds.schedule import stored_schedule
from store.guilds.subscriptions import PostForm, Scope
from store.guilds.team_memory import Seen
from store.models import Frozen, Handle, Paper
from store.search.query import Query
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.timestamps import moment_of, stamp


class Digest(Frozen):
    """A message's content. `part` counts from 1; `over_cap` papers are kept back behind a button of the last part.

    All parts together show `shown` of `total` papers. `day` is when the digest was begun, in its own time zone.
    """

    query: Query
    scope: Scope
    role_id: int | None
    part: int
    parts: int
    shown: int
    total: int
    day: date
    items: tuple[Item, ...]
    over_cap: int
    form: PostForm | None = None
    came: int | None = None
    """Of a digest of a day or week: how many papers came in all since the last one."""
    seen: Mapping[Handle, tuple[Seen, ...]] = {}
    """Where the server has had these papers before."""


Split = Callable[[Sequence[Item], PostForm | None], Sequence[int]]
"""How many of the items go into each message of this form; their sum is the number of the items."""


class _Match(NamedTuple):
    """A match that waits in a channel; `reasons` is JSON, `due` a stamped moment, `cap` that of the subscription.

    The owner, of the subscription, says whose own papers are seen.
    """

    id: int
    subscription_id: int
    handle: Handle
    reasons: str
    due: str
    cap: int
    form: PostForm | None
    owner: Owner


class _Plan(NamedTuple):
    """A subscription's digest: its papers, each with all matches of the channel, and its matches over the cap."""

    subscription_id: int
    papers: list[list[_Match]]
    over_cap: list[_Match]


async def due_targets(connection: Connection, now: datetime) -> list[int]:
    """The channels in which papers are due, but for those in which a message waits for its next try."""
    async with connection.execute(
        "SELECT DISTINCT target_id FROM ledger WHERE state = 'pending' AND due <= ? EXCEPT"  # noqa: S608
        f" SELECT target_id FROM posts WHERE {UNFINISHED} AND state = 'posting' ORDER BY target_id",
        [stamp(now)],
    ) as rows:
        return [target_id async for (target_id,) in rows]


async def next_due(db: Database) -> datetime | None:
    """When papers will be due, or a message is to be tried again."""
    async with db.read() as connection:
        async with connection.execute(
            "SELECT due FROM ledger WHERE state = 'pending' AND NOT EXISTS (SELECT 1 FROM posts"  # noqa: S608
            f" WHERE posts.target_id = ledger.target_id AND posts.state = 'posting' AND {UNFINISHED})"
            " ORDER BY due LIMIT 1"
        ) as rows:
            moments = [moment_of(due) async for (due,) in rows]
        if next_try := await posts.next_try(connection):
            moments.append(next_try)
    return min(moments, default=None)


async def correct_due(db: Database, now: datetime) -> None:
    """What a clock that was ahead has put off is due at the next time of its subscription.

    What matched before is due no later than what matches now; where it is, it was written by a clock that was wrong.
    """
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT subscription_id, max(due), cadence, at, weekday, zone FROM ledger"
            " JOIN subscriptions ON subscriptions.id = subscription_id WHERE state = 'pending' AND due > ?"
            " GROUP BY subscription_id, cadence, at, weekday, zone",
            [stamp(now)],
        ) as rows,
    ):
        latest = [(row[0], row[1], stored_schedule(*row[2:]).due(now)) for row in await rows.fetchall()]
    put_off = [(subscription_id, due) for subscription_id, last, due in latest if last > stamp(due)]
    if put_off:
        async with db.write() as connection:
            for subscription_id, due in put_off:
                await outbox.bring_forward(connection, subscription_id, due)


async def begin_due(
    db: Database, target_id: int, now: datetime, split: Split, is_public: IsPublic = repeats.nobody_knows
) -> list[Post]:
    """Begin the messages of everything that is due in a channel: their nonces are committed when this returns.

    `is_public` says of a channel whether everybody on its server can read it.
    """
    async with db.write() as connection:
        await outbox.mark_in_channel(connection, target_id, now)
        posting = await repeats.drop(connection, target_id, is_public, now)
        waiting = [match for match in await _waiting(connection, target_id) if match.id not in posting]
        due = [match for match in waiting if match.due <= stamp(now)]
        known = await _papers_of(connection, due)
        missing = {match.id for match in due if match.handle not in known[match.owner]}
        await removed_matches.drop_missing(connection, sorted(missing), now)
        withdrawn = _withdrawn([match for match in due if match.id not in missing], known)
        await outbox.retract(connection, sorted(withdrawn), now)
        messages: list[Message] = []
        for plan in _plans(_best_first([m for m in waiting if m.id not in missing | withdrawn], known), stamp(now)):
            matches = [match for of_paper in plan.papers for match in of_paper]
            shown = items.best_first(known[matches[0].owner], [(m.handle, m.reasons) for m in matches])
            messages += _messages(plan, split(list(shown.values()), matches[0].form))
        return await outbox.begin(connection, messages, now)


async def _waiting(connection: Connection, target_id: int) -> list[_Match]:
    """Matches that wait in a channel, in the order of arrival; not those whose paper is just being posted there."""
    async with connection.execute(
        f"SELECT ledger.id, subscription_id, handle, reasons, due, cap, form, {OWNER_SQL} FROM ledger"  # noqa: S608
        " JOIN subscriptions ON subscriptions.id = subscription_id"
        " WHERE ledger.target_id = ? AND state = 'pending' AND NOT EXISTS (SELECT 1 FROM ledger AS other WHERE"
        "  other.handle = ledger.handle AND other.target_id = ledger.target_id AND other.state = 'posting')"
        " ORDER BY matched, ledger.id",
        [target_id],
    ) as rows:
        return [_Match(*row) async for row in rows]


async def _papers_of(connection: Connection, matches: Iterable[_Match]) -> dict[Owner, dict[Handle, Paper]]:
    """The papers of matches, as the owners of their subscriptions see them."""
    handles: dict[Owner, list[Handle]] = defaultdict(list)
    for match in matches:
        handles[match.owner].append(match.handle)
    return {owner: await own_papers.load_by_handles(connection, owner, own) for owner, own in handles.items()}


def _withdrawn(matches: Iterable[_Match], known: Mapping[Owner, Mapping[Handle, Paper]]) -> set[int]:
    """The ids of those whose paper is withdrawn."""
    return {match.id for match in matches if known[match.owner][match.handle].withdrawn}


def _best_first(waiting: Sequence[_Match], known: Mapping[Owner, Mapping[Handle, Paper]]) -> list[_Match]:
    """Those whose papers are known in the order of the papers, then the others, which are not due."""
    papers = {handle: paper for of_owner in known.values() for handle, paper in of_owner.items()}
    found = items.best_first(papers, [(match.handle, match.reasons) for match in waiting])
    place = {handle: place for place, handle in enumerate(found)}
    return sorted(waiting, key=lambda match: place.get(match.handle, len(place)))


def _plans(waiting: Iterable[_Match], now: str) -> list[_Plan]:
    """A plan for each subscription that is due and has a paper to show.

    A paper goes to the first subscription that has room for it; matches that are not due yet go along with it.
    """
    of_paper: dict[Handle, list[_Match]] = defaultdict(list)
    due: dict[int, list[_Match]] = defaultdict(list)
    for match in waiting:
        of_paper[match.handle].append(match)
        if match.due <= now:
            due[match.subscription_id].append(match)
    shown_by: dict[Handle, int] = {}
    for subscription_id, matches in sorted(due.items()):
        free = [match.handle for match in matches if match.handle not in shown_by]
        shown_by.update((handle, subscription_id) for handle in free[: matches[0].cap])
    return [
        _Plan(
            subscription_id,
            papers=[of_paper[match.handle] for match in matches if shown_by.get(match.handle) == subscription_id],
            over_cap=[match for match in matches if match.handle not in shown_by],
        )
        for subscription_id, matches in sorted(due.items())
        if subscription_id in shown_by.values()
    ]


def _messages(plan: _Plan, sizes: Iterable[int]) -> Iterable[Message]:
    """The messages of a digest, with so many papers each; what is over the cap belongs to the last."""
    start = 0
    sizes = [size for size in sizes if size]
    for part, size in enumerate(sizes, 1):
        yield Message(
            subscription_id=plan.subscription_id,
            part=part,
            shown=tuple(match.id for of_paper in plan.papers[start : start + size] for match in of_paper),
            over_cap=tuple(match.id for match in plan.over_cap) if part == len(sizes) else (),
        )
        start += size


async def content(db: Database, post: Post) -> Digest:
    """What a message that was begun for a subscription is to show."""
    async with db.read() as connection:
        async with connection.execute(
            f"SELECT guild_id, channel_id, query, role_id, zone, form, {OWNER_SQL}, cadence, coalesce((SELECT"  # noqa: S608
            "  max(started) FROM posts WHERE subscription_id = subscriptions.id AND started < ?), created)"
            " FROM subscriptions WHERE id = ?",
            [stamp(post.started), post.subscription_id],
        ) as rows:
            ((guild_id, channel_id, query, role_id, zone, form, owner, cadence, last),) = await rows.fetchall()
        async with connection.execute(
            "SELECT handle, reasons, state FROM ledger WHERE post_id = ? ORDER BY matched, id", [post.id]
        ) as rows:
            matches = list(await rows.fetchall())
        # The messages of one digest were begun in one transaction, at one moment.
        async with connection.execute(
            "SELECT count(DISTINCT posts.id), count(DISTINCT handle),"
            " count(DISTINCT CASE WHEN ledger.state <> 'over_cap' THEN handle END)"
            " FROM posts LEFT JOIN ledger ON post_id = posts.id"
            " WHERE posts.subscription_id = ? AND posts.target_id = ? AND started = ?",
            [post.subscription_id, post.target_id, stamp(post.started)],
        ) as rows:
            ((parts, total, total_shown),) = await rows.fetchall()
        shown = [(handle, reasons) for handle, reasons, state in matches if state != "over_cap"]
        return Digest(
            query=from_text(query),
            scope=Scope(guild_id, channel_id),
            role_id=role_id,
            part=post.part,
            parts=max(post.part, parts),
            shown=total_shown,
            total=total,
            day=post.started.astimezone(ZoneInfo(zone)).date(),
            items=tuple(await items.load(connection, owner, shown)),
            over_cap=len(matches) - len(shown),
            form=form,
            came=None if cadence == "now" else await papers.count_added(connection, moment_of(last), post.started),
            seen=await team_memory.seen(connection, guild_id, [handle for handle, _ in shown], post.started),
        )
