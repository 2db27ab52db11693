"""What is due in a channel, which message it goes into, and what each message shows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from store.catalog import papers
from store.catalog.merge import merge
from store.guilds import digests, items, outbox, pauses, post_contents, subscriptions
from store.guilds.digests import Digest
from store.guilds.posts import LONGEST_WAIT, Post
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import Scope
from store.models import Identifier
from store.storage.database import Database
from store.text.timestamps import moment_of
from tests.guilds.channels import (
    DAILY,
    LAB,
    NOW,
    arrive,
    begin,
    change,
    deliver,
    outcomes,
    read,
    record,
    rows,
    states,
    subscribe,
    titles,
)  # fmt: skip

DUE = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
"""The next digest of `DAILY`."""
MOMENT = timedelta(microseconds=1)
OTHER = LAB._replace(channel_id=300)


async def contents(db: Database, begun: list[Post]) -> list[Digest]:
    return [await digests.content(db, post) for post in begun]


async def test_a_digest_waits_for_its_time(db: Database) -> None:
    await subscribe(db, "agents", schedule=DAILY)
    await arrive(db, "Web Agents", "Agents at Work")
    assert await digests.next_due(db) == DUE
    assert not await deliver(db, DUE - MOMENT)
    assert await read(db, digests.due_targets, DUE - MOMENT) == []
    assert await read(db, digests.due_targets, DUE) == [LAB.channel_id]
    (digest,) = await deliver(db, DUE)
    assert titles(digest) == ["Web Agents", "Agents at Work"]
    assert await digests.next_due(db) is None
    assert await read(db, digests.due_targets, DUE) == []


async def test_a_channel_in_which_a_message_waits_is_not_due(db: Database) -> None:
    await subscribe(db, "agents")
    await subscribe(db, "agents", OTHER)
    await arrive(db, "Agents")
    assert await read(db, digests.due_targets, NOW) == [200, 300]
    (post,) = await begin(db)
    await arrive(db, "More Agents")
    assert await read(db, digests.due_targets, NOW) == [300]
    later = NOW + timedelta(minutes=1)
    await change(db, outbox.retry_later, post.id, later, "400", unsure=True, state="failed")
    assert await read(db, digests.due_targets, NOW) == [200, 300], "a refused message does not hold up others"


async def test_what_a_lost_channel_leaves_unfinished_comes_before_what_is_new(db: Database) -> None:
    one = await subscribe(db, "agents")
    await arrive(db, "Agents")
    (post,) = await begin(db)
    await change(db, pauses.channel_lost, post.target_id, "Missing Access", NOW, tried=post.id)
    assert await read(db, digests.due_targets, NOW) == []
    assert await digests.next_due(db) is None
    await subscribe(db, "tools")
    await arrive(db, "Tools", at=NOW - MOMENT)
    assert await read(db, digests.due_targets, NOW) == [], "the message before it is looked for first"
    assert await digests.next_due(db) == NOW
    await change(db, outbox.mark_posted, post.id, 1000, NOW)
    assert await read(db, digests.due_targets, NOW) == [200]
    assert await digests.next_due(db) == NOW - MOMENT
    assert (await subscriptions.get(db, LAB, one.token)).pause


async def test_the_next_moment_is_of_a_paper_or_of_a_message(db: Database) -> None:
    assert await digests.next_due(db) is None
    await subscribe(db, "agents", schedule=DAILY)
    await arrive(db, "Agents")
    assert await digests.next_due(db) == DUE
    await subscribe(db, "tools", OTHER)
    await arrive(db, "Tools")
    assert await digests.next_due(db) == NOW
    (post,) = await begin(db, target=300)
    for moment, first in ((DUE - MOMENT, DUE - MOMENT), (DUE + MOMENT, DUE)):
        await change(db, outbox.retry_later, post.id, moment, "500", unsure=True)
        assert await digests.next_due(db) == first
    later = NOW + timedelta(minutes=1)
    await arrive(db, "More Tools")
    assert await digests.next_due(db) == DUE, "a paper waits for the message before it"
    await change(db, outbox.retry_later, post.id, later, "400", unsure=True, state="failed")
    assert await digests.next_due(db) == NOW, "a refused message holds up nothing"


async def test_one_channel_is_begun_at_a_time(db: Database) -> None:
    await subscribe(db, "agents")
    await subscribe(db, "agents", OTHER)
    await arrive(db, "Agents")
    assert [post.target_id for post in await begin(db, target=300)] == [300]
    assert await states(db) == ["pending", "posting"]
    assert await begin(db, target=300) == []


async def test_a_message_shows_what_its_channel_chose(db: Database) -> None:
    one = await subscribe(db, "agents -survey", role_id=77)
    await arrive(db, "Web Agents", "A Survey of Agents")
    (post,) = await begin(db)
    (digest,) = await contents(db, [post])
    assert (digest.query, digest.scope, digest.role_id) == (one.query, LAB, 77)
    assert (digest.part, digest.parts, digest.over_cap) == (1, 1, 0)
    assert titles(digest) == ["Web Agents"]
    assert [reason.text for reason in digest.items[0].reasons] == ["word “agents” in title"]


async def test_parts_show_so_many_papers_each_in_the_order_of_arrival(db: Database) -> None:
    await subscribe(db, "agents", cap=5)
    await arrive(db, *(f"Agents {number}" for number in range(7)))
    begun = await begin(db, sizes=[1, 0, 3, 1, 0])
    shown = await contents(db, begun)
    assert [titles(digest) for digest in shown] == [
        ["Agents 0"],
        ["Agents 1", "Agents 2", "Agents 3"],
        ["Agents 4"],
    ]
    assert [(post.part, digest.part, digest.parts) for post, digest in zip(begun, shown, strict=True)] == [
        (1, 1, 3), (2, 2, 3), (3, 3, 3),
    ]  # fmt: skip
    assert [digest.over_cap for digest in shown] == [0, 0, 2], "what is over the cap is behind the last part"
    # A part that is out does not change what the others are parts of.
    await change(db, outbox.mark_posted, begun[0].id, 1000, NOW)
    assert [digest.parts for digest in await contents(db, begun)] == [3, 3, 3]


async def test_digests_of_another_moment_or_channel_are_no_parts(db: Database) -> None:
    await subscribe(db, "agents")
    await subscribe(db, "agents", OTHER)
    await arrive(db, "Agents")
    begun = await begin(db) + await begin(db, target=300)
    await arrive(db, "More Agents")
    begun += await begin(db, NOW + MOMENT)
    assert [digest.parts for digest in await contents(db, begun)] == [1, 1, 1]


async def test_a_part_whose_fellows_are_withdrawn_is_still_of_its_number(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, "Agents", "More Agents")
    first, second = await begin(db, sizes=[1, 1])
    await change(db, outbox.withdraw, first.id, NOW)
    (digest,) = await contents(db, [second])
    assert (digest.part, digest.parts) == (2, 2)


async def test_over_the_cap_is_behind_a_button_of_the_same_channel(db: Database) -> None:
    await subscribe(db, "agents", cap=2)
    await arrive(db, *(f"Agents {number}" for number in range(5)))
    (digest,) = await deliver(db)
    assert (titles(digest), digest.over_cap) == (["Agents 0", "Agents 1"], 3)
    assert await states(db) == ["posted"] * 2 + ["over_cap"] * 3
    token = (await rows(db, "posts"))[0]["token"]
    left = [item.paper.title for item in await post_contents.over_cap(db, LAB, token)]
    assert left == ["Agents 2", "Agents 3", "Agents 4"]
    for scope in (Scope(101, 200), Scope(100, 201)):
        assert not await post_contents.over_cap(db, scope, token)
        assert not await post_contents.causes(db, scope, token)
    assert not await post_contents.over_cap(db, LAB, "another" + "_" * 9)


async def test_as_many_as_the_cap_are_shown(db: Database) -> None:
    await subscribe(db, "agents", cap=2)
    await arrive(db, "Agents", "More Agents")
    (digest,) = await deliver(db)
    assert (len(digest.items), digest.over_cap) == (2, 0)


async def test_a_message_in_a_thread_is_known_where_it_was_asked_for_too(db: Database) -> None:
    one = await subscribe(db, "agents", cap=1)
    async with db.write() as connection:
        await connection.execute("UPDATE subscriptions SET target_id = 300 WHERE id = ?", [one.id])
    await arrive(db, "Agents", "More Agents")
    (digest,) = await deliver(db, target=300)
    assert digest.scope == LAB
    token = (await rows(db, "posts"))[0]["token"]
    for scope in (LAB, OTHER):
        assert [item.paper.title for item in await post_contents.over_cap(db, scope, token)] == ["More Agents"]
        assert [titles(cause) for cause in await post_contents.causes(db, scope, token)] == [["Agents"]]


async def test_what_one_cap_leaves_out_another_subscription_posts(db: Database) -> None:
    await subscribe(db, "agents", cap=1)
    await subscribe(db, "web", cap=1)
    await arrive(db, "Agents", "Web Agents")
    assert [titles(digest) for digest in await deliver(db)] == [["Agents"], ["Web Agents"]]
    assert await states(db) == ["posted"] * 3


async def test_a_paper_goes_to_the_first_subscription_with_the_reasons_of_all(db: Database) -> None:
    one = await subscribe(db, "agents")
    await subscribe(db, "web")
    await subscribe(db, "tools")
    await arrive(db, "Web Agents", "Web Tools")
    first, second = await deliver(db)
    assert first.query == one.query
    assert [titles(first), titles(second)] == [["Web Agents"], ["Web Tools"]]
    assert [reason.text for reason in first.items[0].reasons] == ["word “agents” in title", "word “web” in title"]
    assert (first.over_cap, second.over_cap) == (0, 0)
    assert len(await rows(db, "posts")) == 2, "a subscription that leads no paper has no message"


async def test_a_reason_is_given_once(db: Database) -> None:
    await subscribe(db, "agents")
    await subscribe(db, "agents -survey")
    await arrive(db, "Web Agents")
    (digest,) = await deliver(db)
    assert [reason.text for reason in digest.items[0].reasons] == ["word “agents” in title"]


async def test_what_is_not_due_yet_goes_along_but_calls_no_message(db: Database) -> None:
    await subscribe(db, "web", schedule=DAILY)
    await subscribe(db, "agents")
    await arrive(db, "Web Agents", "Web Pages")
    (digest,) = await deliver(db)
    assert titles(digest) == ["Web Agents"]
    assert [reason.text for reason in digest.items[0].reasons] == ["word “web” in title", "word “agents” in title"]
    assert await states(db) == ["posted", "posted", "pending"]
    (later,) = await deliver(db, DUE)
    assert titles(later) == ["Web Pages"]


async def test_a_paper_that_is_being_posted_is_not_begun_again(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, record("Web Agents", identifiers=[Identifier(scheme="arxiv", value="2601.00001")]))
    (post,) = await begin(db)
    await subscribe(db, "cat:cs.AI")
    crossed = record("Web Agents", cross_lists=("cs.AI",), identifiers=[Identifier(scheme="arxiv", value="2601.00001")])
    await arrive(db, crossed, "Agents at Work")
    assert [titles(digest) for digest in await contents(db, await begin(db))] == [["Agents at Work"]]
    assert await outcomes(db, "Web Agents") == ["posting", "pending"]
    await change(db, outbox.mark_posted, post.id, 1000, NOW)
    assert await begin(db) == []
    assert await outcomes(db, "Web Agents") == ["posted", "posted"]


async def test_a_message_says_which_subscriptions_it_was_posted_for(db: Database) -> None:
    web = await subscribe(db, "web", cap=2)
    agents = await subscribe(db, "agents")
    await arrive(db, "Web Pages", "Web Agents", "Web Tools")
    (digest,) = await deliver(db)
    assert titles(digest) == ["Web Pages", "Web Agents"]
    token = (await rows(db, "posts"))[0]["token"]
    first, second = await post_contents.causes(db, LAB, token)
    assert (first.query, first.creator_id, titles(first)) == (web.query, 7, ["Web Pages", "Web Agents"])
    assert (second.query, second.creator_id, titles(second)) == (agents.query, 7, ["Web Agents"])
    assert [reason.text for reason in second.items[0].reasons] == ["word “agents” in title"]


async def test_papers_come_in_the_order_in_which_they_matched(db: Database) -> None:
    await subscribe(db, "cat:cs.AI", cap=2)
    one = record("Paper", identifiers=[Identifier(scheme="arxiv", value="2601.00001")])
    await arrive(db, one)
    await arrive(db, record("First Agents", category="cs.AI"), at=NOW + 2 * MOMENT)
    await arrive(db, record("Second Agents", category="cs.AI"), at=NOW + MOMENT)
    await arrive(db, one.model_copy(update={"category": "cs.AI"}), at=NOW)
    (digest,) = await deliver(db, NOW + timedelta(hours=1))
    assert titles(digest) == ["Paper", "Second Agents"]
    assert [
        item.paper.title for item in await post_contents.over_cap(db, LAB, (await rows(db, "posts"))[0]["token"])
    ] == ["First Agents"]


async def test_the_best_come_first_and_go_over_the_cap_last(db: Database) -> None:
    await subscribe(db, "web agents|author:Li", cap=4)
    await arrive(
        db,
        record("Tools", abstract="Of agents on the web.", published="2026-03-02"),
        record("Agents", abstract="On the web.", published="2026-03-01"),
        record("Old Web Agents", published="2025"),
        record("Web Agents"),
        record("New Web Agents", published="2026-02-27"),
        record("More Tools", abstract="Of agents on the web.", published="2026-03-02"),
    )
    begun = await begin(db, sizes=[2, 2])
    assert [titles(digest) for digest in await contents(db, begun)] == [
        ["New Web Agents", "Old Web Agents"],
        ["Web Agents", "Agents"],
    ]
    left = await post_contents.over_cap(db, LAB, begun[1].token)
    assert [item.paper.title for item in left] == ["Tools", "More Tools"], "as they arrived, where nothing else decides"


async def test_a_message_tells_of_the_whole_digest_and_its_day(db: Database) -> None:
    await subscribe(db, "agents", cap=3, schedule=DAILY.model_copy(update={"zone": "Pacific/Auckland"}))
    await arrive(db, *(f"Agents {number}" for number in range(5)))
    begun = await begin(db, datetime(2026, 3, 2, 19, 30, tzinfo=UTC), sizes=[2, 1])
    for digest in await contents(db, begun):
        assert (digest.shown, digest.total, digest.day) == (3, 5, date(2026, 3, 3))
    await change(db, outbox.mark_posted, begun[0].id, 1000, NOW)
    assert (await contents(db, begun))[1].total == 5


async def test_a_message_without_papers_has_no_items(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, "Agents")
    (post,) = await begin(db)
    async with db.write() as connection:
        await connection.execute("DELETE FROM ledger")
    (digest,) = await contents(db, [post])
    assert (digest.items, digest.over_cap) == ((), 0)


@pytest.mark.parametrize("schedule", [Schedule(), DAILY, DAILY.model_copy(update={"cadence": "weekly"})])
async def test_a_clock_that_was_ahead_puts_no_paper_off(db: Database, schedule: Schedule) -> None:
    await subscribe(db, "agents", schedule=schedule)
    await arrive(db, "Agents", at=NOW - MOMENT)
    await arrive(db, "Web Agents", at=NOW + timedelta(days=365))
    await digests.correct_due(db, NOW)
    due = [moment_of(row["due"]) for row in await rows(db)]
    assert due == [schedule.due(NOW - MOMENT), schedule.due(NOW)]
    (digest,) = await deliver(db, schedule.due(NOW))
    assert titles(digest) == ["Agents", "Web Agents"]


async def test_a_clock_that_is_right_changes_no_time(db: Database) -> None:
    await subscribe(db, "agents", schedule=DAILY)
    await subscribe(db, "agents")
    await arrive(db, "Agents")
    before = await rows(db)
    for later in (timedelta(), timedelta(days=2)):
        await digests.correct_due(db, NOW + later)
        assert await rows(db) == before


@pytest.mark.parametrize("wait", [timedelta(), LONGEST_WAIT + MOMENT])
async def test_a_message_is_begun_where_another_is_refused(db: Database, wait: timedelta) -> None:
    await subscribe(db, "agents")
    await arrive(db, "Agents")
    (post,) = await begin(db)
    await change(db, outbox.retry_later, post.id, NOW + wait, "400", unsure=False, state="failed")
    await arrive(db, "More Agents")
    assert [titles(digest) for digest in await contents(db, await begin(db))] == [["More Agents"]]


async def test_a_digest_says_how_many_papers_came_since_the_last_one(db: Database) -> None:
    await subscribe(db, "agents", schedule=DAILY)
    later = DUE + timedelta(hours=1)
    with time_machine.travel(NOW + timedelta(minutes=1)):
        await arrive(db, "Agents", "Looms", "Norse", at=NOW + timedelta(minutes=1))
    (first,) = await deliver(db, DUE)
    assert (first.total, first.came) == (1, 3)
    with time_machine.travel(later):
        await arrive(db, "More Agents", "More Looms", at=later)
    (second,) = await deliver(db, DUE + timedelta(days=1))
    assert (second.total, second.came) == (1, 2)
    for since, until, count in ((NOW, later, 5), (DUE, later, 2), (later, DUE + timedelta(days=1), 0), (NOW, NOW, 0)):
        assert await read(db, papers.count_added, since, until) == count


async def test_the_closest_papers_come_first(db: Database) -> None:
    known = {name * 13: merge(name * 13, [record(name)]) for name in "abc"}
    reasons = {
        name: json.dumps([{"kind": "close", "text": "close", "score": score}])
        for name, score in (("b", 0.1), ("c", 0.9))
    }
    found = items.best_first(known, [("a" * 13, "[]"), *((name * 13, given) for name, given in reasons.items())])
    assert list(found) == ["c" * 13, "b" * 13, "a" * 13]
