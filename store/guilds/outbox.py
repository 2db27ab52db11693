"""The outbox: what becomes of every paper that a subscription matched, and of the messages that post them.

Nothing but this module, `merged_matches` and `removed_matches` writes the tables `ledger` and `posts`. Each function
here is one event of `store.guilds.transitions`, in the caller's transaction; what that table does not allow raises
`IllegalTransitionError`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from store.guilds import found_posts
from store.guilds.posts import Post, post_of
from store.guilds.transitions import Event, IllegalTransitionError, MatchState, PostState, in_sql, states_before
from store.models import Frozen, Handle
from store.storage.connection import Connection
from store.text.handles import new_token
from store.text.timestamps import stamp

DELETED = "the subscription was deleted"
"""The note of papers that are dropped with their subscription."""
AGAIN_AFTER = timedelta(hours=1)
"""When a scheduled message is tried again whose channel is gone or closed to us: permissions are mended in hours."""
WITHDRAWN = "the paper was withdrawn before it was posted"
"""The note of matches whose paper a source has withdrawn."""


class NewMatch(NamedTuple):
    """A paper that a subscription matches. `reasons` is JSON; `due` is a stamped moment."""

    subscription_id: int
    handle: Handle
    target_id: int
    state: MatchState
    reasons: str
    due: str


class EditedMatch(NamedTuple):
    """A waiting match under the changed query of its subscription; `note` says why it is dropped."""

    id: int
    state: MatchState
    reasons: str
    note: str | None = None


class Message(Frozen):
    """A message to begin: the ids of the matches that it shows, and of those that its digest leaves over the cap."""

    subscription_id: int
    part: int
    shown: tuple[int, ...]
    over_cap: tuple[int, ...] = ()


async def record_matches(connection: Connection, matches: Sequence[NewMatch], now: datetime) -> None:
    """Papers match subscriptions. A paper that an exclusion kept out may match now; other rows stay as they are."""
    replaced = [
        f"('{before}', '{after}')"
        for after in {match.state for match in matches}
        for before in states_before("match", "match", after)
        if before
    ]
    conflict = "NOTHING"
    if replaced:
        conflict = (
            "UPDATE SET state = excluded.state, reasons = excluded.reasons, matched = excluded.matched,"
            " due = excluded.due, changed = excluded.changed"
            f" WHERE (ledger.state, excluded.state) IN (VALUES {', '.join(replaced)})"
        )
    moment = stamp(now)
    await connection.executemany(
        "INSERT INTO ledger (subscription_id, handle, target_id, state, reasons, due, matched, changed)"
        f" VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subscription_id, handle) DO {conflict}",
        [(*match, moment, moment) for match in matches],
    )


async def edit(connection: Connection, matches: Iterable[EditedMatch], now: datetime) -> None:
    """The query of a subscription was changed: what waits has new reasons, or is no longer wanted."""
    for match in matches:
        columns = {"reasons": match.reasons, "note": match.note}
        _expect(1, await move(connection, "edit", match.state, now, "id = ?", [match.id], **columns))


async def reschedule(connection: Connection, subscription_id: int, due: datetime) -> None:
    """What waits for a subscription is posted at another time; its state stays."""
    await connection.execute(
        "UPDATE ledger SET due = ? WHERE subscription_id = ? AND state IN ('pending', 'held')",
        [stamp(due), subscription_id],
    )


async def bring_forward(connection: Connection, subscription_id: int, due: datetime) -> None:
    """What is pending for a subscription is posted by `due`; what is due before keeps its time."""
    await connection.execute(
        "UPDATE ledger SET due = :due WHERE subscription_id = :id AND state = 'pending' AND due > :due",
        {"due": stamp(due), "id": subscription_id},
    )


async def hold(connection: Connection, subscription_id: int, now: datetime) -> None:
    """A subscription is paused: what is pending waits for its resumption."""
    await move(connection, "pause", "held", now, "subscription_id = ?", [subscription_id])


async def release(connection: Connection, subscription_id: int, due: datetime, now: datetime) -> None:
    """A subscription is resumed: what was held is posted at its next time."""
    await move(connection, "resume", "pending", now, "subscription_id = ?", [subscription_id], due=stamp(due))


async def drop_held(connection: Connection, subscription_id: int, now: datetime) -> None:
    """A subscription is resumed without what was held."""
    note = "left out when it was resumed"
    await move(connection, "resume", "dropped", now, "subscription_id = ?", [subscription_id], note=note)


async def drop_waiting(connection: Connection, subscription_id: int, now: datetime) -> None:
    """A subscription is deleted: what waits is no longer wanted."""
    await move(connection, "delete", "dropped", now, "subscription_id = ?", [subscription_id], note=DELETED)


async def mark_in_channel(connection: Connection, target_id: int, now: datetime) -> None:
    """Matches whose paper is in the channel already, by another subscription, are posted with that message.

    So are those that a message shows which the store does not know, but the channel has (`store.guilds.found_posts`).
    """
    for subscription_id, match_ids, token, message_id, posted in await found_posts.of_pending(connection, target_id):
        await connection.execute(
            "INSERT INTO posts (token, subscription_id, target_id, after_id, state, part, started, tries, unsure,"
            " next_try, message_id, posted) VALUES (?, ?, ?, ?, 'posted', 1, ?, 1, 0, ?, ?, ?) ON CONFLICT DO NOTHING",
            [token, subscription_id, target_id, message_id, posted, posted, message_id, posted],
        )
        async with connection.execute("SELECT id FROM posts WHERE token = ?", [token]) as rows:
            ((post_id,),) = await rows.fetchall()
        where = "id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
        await move(connection, "in_channel", "posted", now, where, [match_ids], post_id=post_id)
    async with connection.execute(
        "SELECT ledger.id, min(other.post_id) FROM ledger JOIN ledger AS other"
        " ON other.handle = ledger.handle AND other.target_id = ledger.target_id AND other.state = 'posted'"
        " WHERE ledger.target_id = ? AND ledger.state = 'pending' GROUP BY ledger.id",
        [target_id],
    ) as rows:
        found = list(await rows.fetchall())
    for match_id, post_id in found:
        _expect(1, await move(connection, "in_channel", "posted", now, "id = ?", [match_id], post_id=post_id))


async def retract(connection: Connection, match_ids: Sequence[int], now: datetime) -> None:
    """The papers of these matches are withdrawn: nobody is told of them as new."""
    where, values = "id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))", [json.dumps(match_ids)]
    _expect(len(match_ids), await move(connection, "retract", "dropped", now, where, values, note=WITHDRAWN))


async def begin(connection: Connection, messages: Sequence[Message], now: datetime) -> list[Post]:
    """Fix the nonces of a digest's messages, in the transaction in which their matches were found pending.

    They count as unsure from here on, so that their first try needs no further commit.
    """
    posts = []
    for message in messages:
        async with connection.execute(
            "INSERT INTO posts"
            " (token, subscription_id, target_id, after_id, state, part, started, tries, unsure, next_try)"
            " SELECT ?, id, target_id, coalesce((SELECT max(message_id) FROM posts"
            "  WHERE posts.target_id = subscriptions.target_id), anchor_id), 'posting', ?, ?, 0, 1, ?"
            " FROM subscriptions WHERE id = ? RETURNING *",
            [new_token(), message.part, stamp(now), stamp(now), message.subscription_id],
        ) as rows:
            post = post_of(next(iter(await rows.fetchall())))
        shown, over_cap = message.shown, message.over_cap
        states: list[tuple[MatchState, tuple[int, ...]]] = [("posting", shown), ("over_cap", over_cap)]
        for state, ids in states:
            if not ids:
                continue
            where = "id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))"
            moved = await move(connection, "begin", state, now, where, [json.dumps(ids)], post_id=post.id)
            _expect(len(ids), moved)
        posts.append(post)
    return posts


async def begin_message(connection: Connection, token: str, target_id: int, after_id: int, now: datetime) -> Post:
    """Fix the nonce of a scheduled message; if it is out, it is newer than the Discord id `after_id`."""
    async with connection.execute(
        "INSERT INTO posts (token, target_id, after_id, state, part, started, tries, unsure, next_try)"
        " VALUES (?, ?, ?, 'posting', 1, ?, 0, 1, ?) RETURNING *",
        [token, target_id, after_id, stamp(now), stamp(now)],
    ) as rows:
        return post_of(next(iter(await rows.fetchall())))


async def mark_unsure(connection: Connection, post_id: int) -> None:
    """A message that is surely not out is tried again: from here on it may be. To be committed before it is sent."""
    await connection.execute("UPDATE posts SET unsure = 1 WHERE id = ?", [post_id])


async def retry_later(
    connection: Connection,
    post_id: int,
    next_try: datetime,
    problem: str,
    *,
    unsure: bool,
    state: PostState = "posting",
) -> None:
    """A try had no success. `unsure`: some try may have had its effect, though no answer came."""
    await _move_post(
        connection, "retry", state, post_id, "tries = tries + 1", next_try=stamp(next_try), why=problem, unsure=unsure
    )


async def mark_posted(connection: Connection, post_id: int, message_id: int, now: datetime) -> None:
    """The message is out."""
    await _move_post(
        connection, "post", "posted", post_id, message_id=message_id, posted=stamp(now), why=None, unsure=False
    )
    await move(connection, "post", "posted", now, "post_id = ?", [post_id])


async def withdraw(connection: Connection, post_id: int, now: datetime) -> None:
    """A message is given up: its matches wait again, or are dropped with their subscription.

    A scheduled message is tried again after `AGAIN_AFTER`, and is looked for before that, as it may be out.
    """
    outcomes: list[tuple[MatchState, str, str | None]] = [
        ("pending", "deleted IS NULL AND pause IS NULL", None),
        ("held", "deleted IS NULL AND pause IS NOT NULL", None),
        ("dropped", "deleted IS NOT NULL", DELETED),
    ]
    for state, condition, note in outcomes:
        where = f"post_id = ? AND EXISTS (SELECT 1 FROM subscriptions WHERE id = subscription_id AND {condition})"
        await move(connection, "withdraw", state, now, where, [post_id], note=note, post_id=None)
    await connection.execute(
        "UPDATE scheduled_messages SET post_id = NULL, due = max(due, ?) WHERE post_id = ?",
        [stamp(now + AGAIN_AFTER), post_id],
    )
    before = in_sql(states_before("withdraw", "post", None))
    cursor = await connection.execute(f"DELETE FROM posts WHERE id = ? AND {before}", [post_id])
    _expect(1, cursor.rowcount)


async def move(
    connection: Connection,
    event: Event,
    after: MatchState,
    now: datetime,
    where: str,
    values: Sequence[int | str],
    **columns: str | int | None,
) -> int:
    """Bring the matches of a condition to a state, from where the event leads there; returns how many they were."""
    assigned = {**columns, "state": after, "changed": stamp(now)}
    assignments = ", ".join(f"{column} = ?" for column in assigned)
    before = in_sql(states_before(event, "match", after))
    cursor = await connection.execute(
        f"UPDATE ledger SET {assignments} WHERE {where} AND {before}",
        [*assigned.values(), *values],
    )
    return cursor.rowcount


async def _move_post(
    connection: Connection,
    event: Event,
    after: PostState,
    post_id: int,
    *assignments: str,
    **columns: str | int | None,
) -> None:
    assigned = {**columns, "state": after}
    changes = ", ".join([*assignments, *(f"{column} = ?" for column in assigned)])
    before = in_sql(states_before(event, "post", after))
    cursor = await connection.execute(
        f"UPDATE posts SET {changes} WHERE id = ? AND {before}",
        [*assigned.values(), post_id],
    )
    _expect(1, cursor.rowcount)


def _expect(wanted: int, changed: int) -> None:
    if changed != wanted:
        raise IllegalTransitionError(f"{wanted} rows were to change their state, {changed} could")
