"""Which messages are to be tried now, and what is late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from store.guilds import outbox, pauses, posts, subscriptions
from store.guilds.posts import LONGEST_WAIT, Backlog, Post
from store.guilds.subscriptions import Scope
from store.storage.database import Database
from tests.guilds.channels import LAB, NOW, arrive, begin, change, read, subscribe

MOMENT = timedelta(microseconds=1)


async def begun(db: Database, scope: Scope = LAB) -> Post:
    await subscribe(db, "agents", scope)
    await arrive(db, f"Agents of {scope.channel_id}")
    return (await begin(db, target=scope.channel_id))[0]


async def wait_until(db: Database, post: Post, moment: datetime) -> Post:
    await change(db, outbox.retry_later, post.id, moment, "500", unsure=True)
    found: list[Post] = await read(db, posts.unfinished, post.target_id)
    return next(one for one in found if one.id == post.id)


def test_no_message_waits_longer_than_two_hours() -> None:
    assert timedelta(hours=2) == LONGEST_WAIT


@pytest.mark.parametrize(
    ("wait", "due"),
    [
        (-LONGEST_WAIT, True),
        (-MOMENT, True),
        (timedelta(), True),
        (MOMENT, False),
        (LONGEST_WAIT, False),
        (LONGEST_WAIT + MOMENT, True),  # set by a clock that was wrong
    ],
)
async def test_a_message_is_tried_when_its_time_has_come(db: Database, wait: timedelta, due: bool) -> None:
    post = await wait_until(db, await begun(db), NOW + wait)
    assert post.is_due(NOW) == due
    assert await read(db, posts.targets_to_try, NOW) == ([200] if due else [])
    assert await read(db, posts.next_try) == NOW + wait


async def test_a_channel_is_named_once_and_its_messages_come_in_order(db: Database) -> None:
    assert await read(db, posts.next_try) is None
    first = await begun(db)
    await arrive(db, "More Agents")
    (second,) = await begin(db)
    other = await begun(db, LAB._replace(channel_id=300))
    assert await read(db, posts.targets_to_try, NOW) == [200, 300]
    assert [post.id for post in await read(db, posts.unfinished, 200)] == [first.id, second.id]
    assert await read(db, posts.unfinished, 300) == [other]
    await wait_until(db, first, NOW + timedelta(minutes=2))
    await wait_until(db, second, NOW + timedelta(minutes=1))
    await wait_until(db, other, NOW + timedelta(minutes=3))
    assert await read(db, posts.next_try) == NOW + timedelta(minutes=1)


async def test_what_is_out_is_not_tried(db: Database) -> None:
    post = await begun(db)
    await change(db, outbox.mark_posted, post.id, 1000, NOW)
    assert await read(db, posts.unfinished, 200) == []
    assert await read(db, posts.targets_to_try, NOW) == []
    assert await read(db, posts.next_try) is None


async def test_a_refused_message_is_tried_again(db: Database) -> None:
    post = await begun(db)
    await change(db, outbox.retry_later, post.id, NOW, "400", unsure=False, state="failed")
    (failed,) = await read(db, posts.unfinished, 200)
    assert (failed.state, failed.unsure, failed.tries) == ("failed", False, 1)
    assert await read(db, posts.targets_to_try, NOW) == [200]


async def test_a_lost_channel_is_left_alone_until_somebody_resumes(db: Database) -> None:
    post = await begun(db)
    one, *_ = await subscriptions.in_channel(db, LAB)
    other = await subscribe(db, "tools")
    await change(db, pauses.channel_lost, post.target_id, "Missing Access", NOW, tried=post.id)
    assert await read(db, posts.unfinished, 200) == []
    assert await read(db, posts.targets_to_try, NOW) == []
    assert await read(db, posts.next_try) is None
    await pauses.resume(db, LAB, one.token, NOW, post_held=True)
    assert [found.id for found in await read(db, posts.unfinished, 200)] == [post.id], "though the other is still lost"
    assert await read(db, posts.targets_to_try, NOW) == [200]
    await subscriptions.delete(db, LAB, [one.token], NOW)
    assert await read(db, posts.unfinished, 200) == [], "those that are left are lost"
    await subscriptions.delete(db, LAB, [other.token], NOW)
    assert [found.id for found in await read(db, posts.unfinished, 200)] == [post.id], "nobody is left to resume"


async def test_a_channel_that_somebody_paused_is_finished(db: Database) -> None:
    await begun(db)
    one, *_ = await subscriptions.in_channel(db, LAB)
    await pauses.pause(db, LAB, one.token, "too much", NOW)
    assert len(await read(db, posts.unfinished, 200)) == 1


async def test_the_backlog_is_what_is_due_and_not_out(db: Database) -> None:
    assert await posts.backlog(db, [200], NOW) == Backlog(0, None)
    await subscribe(db, "agents")
    await subscribe(db, "agents", Scope(101, 300))
    await subscribe(db, "-excluded agents", Scope(101, 300))
    earlier = NOW - timedelta(minutes=1)
    await arrive(db, "Agents", at=NOW)
    await arrive(db, "More Agents", at=earlier)
    await arrive(db, "Excluded Agents", notify=False)
    assert await posts.backlog(db, [200], NOW) == Backlog(2, earlier)
    assert await posts.backlog(db, [200, 300], NOW) == Backlog(6, earlier)
    assert await posts.backlog(db, [300], NOW - MOMENT) == Backlog(2, earlier)
    assert await posts.backlog(db, [300], earlier - MOMENT) == Backlog(0, None)
    (post,) = await begin(db)
    assert await posts.backlog(db, [200], NOW) == Backlog(2, earlier), "what is being posted is not out"
    await change(db, outbox.mark_posted, post.id, 1000, NOW)
    assert await posts.backlog(db, [200], NOW) == Backlog(0, None)
