"""Each event of the outbox: which rows it changes, and what it writes into them."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from store.guilds import merged_matches, outbox, pauses, post_contents, scheduled_messages, subscriptions
from store.guilds.merged_matches import MERGED
from store.guilds.outbox import EditedMatch, Message, NewMatch
from store.guilds.pauses import LostChannel
from store.guilds.posts import Post
from store.guilds.subscriptions import Options
from store.guilds.transitions import MATCH_STATES, TRANSITIONS, IllegalTransitionError, MatchState, states_before
from store.models import Authorship, Identifier
from store.search.parser import parse
from store.storage.database import Database
from store.text.timestamps import stamp
from tests.guilds.channels import (
    DAILY,
    LAB,
    NOW,
    arrive,
    begin,
    change,
    deliver,
    record,
    rows,
    states,
    subscribe,
    titles,
)  # fmt: skip

LATER = NOW + timedelta(hours=1)
ADA = (Authorship(name="Ada Byron", position=1),)
ONE, OTHER = "a" * 13, "b" * 13
"""Handles of two papers."""


async def add_match(
    db: Database, subscription_id: int, handle: str, state: MatchState, *, reasons: str = "[]", at: datetime = NOW
) -> None:
    match = NewMatch(subscription_id, handle, LAB.channel_id, state, reasons, stamp(at))
    await change(db, outbox.record_matches, [match], at)


async def set_state(db: Database, state: str, post_id: int | None = None) -> None:
    """Of every match, as no event would."""
    async with db.write() as connection:
        await connection.execute("UPDATE ledger SET state = ?, post_id = ?", [state, post_id])


async def column(db: Database, name: str, table: str = "ledger") -> list[Any]:
    return [row[name] for row in await rows(db, table)]


async def begun(db: Database, anchor_id: int = 0) -> Post:
    """A message with one paper."""
    await subscribe(db, "agents", anchor_id=anchor_id)
    await arrive(db, "Agents")
    (post,) = await begin(db)
    return post


@pytest.mark.parametrize("state", ["pending", "held", "silent", "excluded"])
async def test_a_match_is_recorded(db: Database, state: MatchState) -> None:
    one = await subscribe(db, "agents")
    await change(db, outbox.record_matches, [NewMatch(one.id, ONE, 200, state, "[1]", stamp(LATER))], NOW)
    assert await rows(db) == [
        {
            "id": 1, "subscription_id": one.id, "handle": ONE, "target_id": 200, "state": state, "reasons": "[1]",
            "matched": stamp(NOW), "due": stamp(LATER), "changed": stamp(NOW), "note": None, "post_id": None,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["pending", "held", "silent"])
async def test_what_was_excluded_can_match_later(db: Database, state: MatchState) -> None:
    one = await subscribe(db, "agents")
    await add_match(db, one.id, ONE, "excluded")
    await add_match(db, one.id, ONE, state, reasons="[2]", at=LATER)
    (row,) = await rows(db)
    assert (row["state"], row["reasons"]) == (state, "[2]")
    assert [row["matched"], row["due"], row["changed"]] == [stamp(LATER)] * 3


async def test_a_paper_that_matched_before_keeps_its_row(db: Database) -> None:
    one = await subscribe(db, "agents")
    news: tuple[MatchState, ...] = ("pending", "held", "silent", "excluded")
    for old, new in itertools.product(MATCH_STATES, news):
        if old == "excluded" != new:
            continue
        async with db.write() as connection:
            await connection.execute("DELETE FROM ledger")
        await add_match(db, one.id, ONE, "pending")
        await set_state(db, old)
        # Beside another, of which a row is made.
        matches = [
            NewMatch(one.id, ONE, 200, new, "[2]", stamp(LATER)),
            NewMatch(one.id, OTHER, 200, "pending", "[]", stamp(LATER)),
        ]
        await change(db, outbox.record_matches, matches, LATER)
        assert [(row["state"], row["reasons"], row["matched"]) for row in await rows(db)] == [
            (old, "[]", stamp(NOW)),
            ("pending", "[]", stamp(LATER)),
        ]


async def test_no_event_records_what_is_posted(db: Database) -> None:
    one = await subscribe(db, "agents")
    with pytest.raises(IllegalTransitionError, match="match does not lead a match to posted"):
        await add_match(db, one.id, ONE, "posted")
    assert await rows(db) == []


async def test_an_edited_query_changes_what_waits(db: Database) -> None:
    one = await subscribe(db, "agents")
    for handle in (ONE, OTHER):
        await add_match(db, one.id, handle, "pending")
    edited = [EditedMatch(1, "pending", "[1]"), EditedMatch(2, "dropped", "[2]", "not asked for")]
    await change(db, outbox.edit, edited, LATER)
    assert [(row["state"], row["reasons"], row["note"], row["changed"]) for row in await rows(db)] == [
        ("pending", "[1]", None, stamp(LATER)),
        ("dropped", "[2]", "not asked for", stamp(LATER)),
    ]


@pytest.mark.parametrize("state", ["posted", "posting", "over_cap", "silent", "excluded", "dropped"])
async def test_an_edited_query_changes_nothing_else(db: Database, state: MatchState) -> None:
    one = await subscribe(db, "agents")
    await add_match(db, one.id, ONE, "pending")
    await set_state(db, state)
    with pytest.raises(IllegalTransitionError, match="1 rows were to change their state, 0 could"):
        await change(db, outbox.edit, [EditedMatch(1, "pending", "[1]")], LATER)
    assert await column(db, "reasons") == ["[]"]


async def test_a_new_schedule_moves_what_waits(db: Database) -> None:
    one, other = await subscribe(db, "agents"), await subscribe(db, "tools")
    await add_match(db, other.id, ONE, "pending")
    for number, state in enumerate(("pending", "held", "silent", "excluded")):
        await add_match(db, one.id, f"{number}" * 13, state)  # type: ignore[arg-type]
    await subscriptions.edit(db, LAB, one.token, one.query, Options(schedule=DAILY), NOW)
    due = stamp(DAILY.due(NOW))
    assert await column(db, "due") == [stamp(NOW), due, due, stamp(NOW), stamp(NOW)]


async def test_a_pause_holds_what_is_pending_of_its_subscription(db: Database) -> None:
    one, other = await subscribe(db, "agents"), await subscribe(db, "tools")
    await add_match(db, other.id, ONE, "pending")
    for number, state in enumerate(("pending", "silent", "excluded")):
        await add_match(db, one.id, f"{number}" * 13, state)  # type: ignore[arg-type]
    await change(db, outbox.hold, one.id, LATER)
    assert await column(db, "state") == ["pending", "held", "silent", "excluded"]
    assert await column(db, "changed") == [stamp(NOW), stamp(LATER), stamp(NOW), stamp(NOW)]


async def test_a_resumption_posts_or_drops_what_was_held(db: Database) -> None:
    one, other = await subscribe(db, "agents"), await subscribe(db, "tools")
    for subscription in (one, other):
        await add_match(db, subscription.id, ONE, "held")
        await add_match(db, subscription.id, OTHER, "silent")
    due = NOW + timedelta(days=1)
    await change(db, outbox.release, one.id, due, LATER)
    assert await column(db, "state") == ["pending", "silent", "held", "silent"]
    assert await column(db, "due") == [stamp(due), stamp(NOW), stamp(NOW), stamp(NOW)]
    await change(db, outbox.drop_held, other.id, LATER)
    assert await column(db, "state") == ["pending", "silent", "dropped", "silent"]
    assert await column(db, "note") == [None, None, "left out when it was resumed", None]
    assert await column(db, "changed") == [stamp(LATER), stamp(NOW), stamp(LATER), stamp(NOW)]


async def test_a_deletion_drops_what_waits(db: Database) -> None:
    one, other = await subscribe(db, "agents"), await subscribe(db, "tools")
    await add_match(db, other.id, ONE, "pending")
    for number, state in enumerate(("pending", "held", "silent", "excluded")):
        await add_match(db, one.id, f"{number}" * 13, state)  # type: ignore[arg-type]
    await change(db, outbox.drop_waiting, one.id, LATER)
    assert await column(db, "state") == ["pending", "dropped", "dropped", "silent", "excluded"]
    assert await column(db, "note") == [None, *["the subscription was deleted"] * 2, None, None]


async def test_a_paper_that_is_in_the_channel_is_posted_by_that_message(db: Database) -> None:
    post = await begun(db)
    await change(db, outbox.mark_posted, post.id, 1000, NOW)
    await subscribe(db, "agents", at=LATER)
    handle = (await column(db, "handle"))[0]
    await add_match(db, 2, handle, "pending")
    await add_match(db, 2, OTHER, "pending")
    async with db.write() as connection:
        await connection.execute("UPDATE ledger SET target_id = 300 WHERE id = 2")
    await change(db, outbox.mark_in_channel, 200, LATER)
    assert await column(db, "state") == ["posted", "pending", "pending"], "the paper is in another channel"
    async with db.write() as connection:
        await connection.execute("UPDATE ledger SET target_id = 200 WHERE id = 2")
    await change(db, outbox.mark_in_channel, 300, LATER)
    assert await column(db, "state") == ["posted", "pending", "pending"], "another channel is worked on"
    await change(db, outbox.mark_in_channel, 200, LATER)
    assert await column(db, "state") == ["posted", "posted", "pending"]
    assert await column(db, "post_id") == [post.id, post.id, None]
    assert await column(db, "changed") == [stamp(NOW), stamp(LATER), stamp(NOW)]


async def test_a_paper_that_is_being_posted_is_not_in_the_channel_yet(db: Database) -> None:
    await begun(db)
    await subscribe(db, "agents")
    await add_match(db, 2, (await column(db, "handle"))[0], "pending")
    await change(db, outbox.mark_in_channel, 200, LATER)
    assert await column(db, "state") == ["posting", "pending"]


async def test_a_message_that_is_begun_has_its_nonce_and_its_matches(db: Database) -> None:
    one = await subscribe(db, "agents", anchor_id=55)
    await arrive(db, "Agents", "More Agents", "Agents at Work")
    plan = [
        Message(subscription_id=one.id, part=1, shown=(1,)),
        Message(subscription_id=one.id, part=2, shown=(2,), over_cap=(3,)),
    ]
    first, second = await change(db, outbox.begin, plan, LATER)
    assert [len(post.token) for post in (first, second)] == [16, 16]
    assert first.token != second.token
    assert [(row["state"], row["post_id"]) for row in await rows(db)] == [
        ("posting", first.id),
        ("posting", second.id),
        ("over_cap", second.id),
    ]
    assert await column(db, "changed") == [stamp(LATER)] * 3
    assert first == Post(
        id=1, token=first.token, subscription_id=one.id, target_id=200, after_id=55, state="posting", part=1,
        started=LATER, tries=0, unsure=True, next_try=LATER,
    )  # fmt: skip
    assert second.part == 2


async def test_a_message_is_newer_than_the_last_of_its_channel(db: Database) -> None:
    post = await begun(db, anchor_id=55)
    assert post.after_id == 55
    await change(db, outbox.mark_posted, post.id, 1000, NOW)
    await arrive(db, "More Agents")
    assert [post.after_id for post in await begin(db)] == [1000]
    await subscribe(db, "tools", LAB._replace(channel_id=300), anchor_id=66)
    await arrive(db, "Tools")
    assert [post.after_id for post in await begin(db, target=300)] == [66], "that is of another channel"


@pytest.mark.parametrize("state", [state for state in MATCH_STATES if state != "pending"])
@pytest.mark.parametrize("over_cap", [False, True])
async def test_only_what_is_pending_is_begun(db: Database, state: MatchState, over_cap: bool) -> None:
    one = await subscribe(db, "agents")
    await add_match(db, one.id, ONE, "pending")
    await set_state(db, state)
    message = Message(subscription_id=one.id, part=1, shown=() if over_cap else (1,), over_cap=(1,) if over_cap else ())
    with pytest.raises(IllegalTransitionError):
        await change(db, outbox.begin, [message], NOW)
    assert await column(db, "state") == [state]
    assert await rows(db, "posts") == []


async def test_a_try_without_success_is_repeated(db: Database) -> None:
    post = await begun(db)
    await change(db, outbox.retry_later, post.id, LATER, "500", unsure=False)
    (row,) = await rows(db, "posts")
    assert (row["state"], row["tries"], row["unsure"], row["next_try"], row["why"]) == (
        "posting", 1, 0, stamp(LATER), "500",
    )  # fmt: skip
    await change(db, outbox.mark_unsure, post.id)
    assert await column(db, "unsure", "posts") == [1]
    await change(db, outbox.retry_later, post.id, LATER, "400", unsure=True, state="failed")
    (row,) = await rows(db, "posts")
    assert (row["state"], row["tries"], row["unsure"], row["why"]) == ("failed", 2, 1, "400")
    await change(db, outbox.retry_later, post.id, LATER, "500", unsure=True)
    assert await column(db, "state", "posts") == ["posting"]
    assert await states(db) == ["posting"]


async def test_only_the_post_that_was_tried_is_unsure(db: Database) -> None:
    post = await begun(db)
    await arrive(db, "More Agents")
    (other,) = await begin(db)
    for one in (post, other):
        await change(db, outbox.retry_later, one.id, LATER, "429", unsure=False)
    await change(db, outbox.mark_unsure, other.id)
    assert await column(db, "unsure", "posts") == [0, 1]


@pytest.mark.parametrize("state", ["posting", "failed"])
async def test_a_message_that_is_out_is_posted(db: Database, state: Any) -> None:
    await subscribe(db, "agents", cap=1)
    await arrive(db, "Agents", "More Agents")
    (post,) = await begin(db)
    await change(db, outbox.retry_later, post.id, LATER, "500", unsure=True, state=state)
    await change(db, outbox.mark_posted, post.id, 1000, LATER)
    (row,) = await rows(db, "posts")
    assert (row["state"], row["message_id"], row["posted"], row["why"], row["unsure"]) == (
        "posted", 1000, stamp(LATER), None, 0,
    )  # fmt: skip
    assert await states(db) == ["posted", "over_cap"]
    assert await column(db, "changed") == [stamp(LATER), stamp(NOW)]


async def test_what_is_out_is_out(db: Database) -> None:
    post = await begun(db)
    await change(db, outbox.mark_posted, post.id, 1000, NOW)
    with pytest.raises(IllegalTransitionError):
        await change(db, outbox.mark_posted, post.id, 1001, NOW)
    with pytest.raises(IllegalTransitionError):
        await change(db, outbox.retry_later, post.id, LATER, "500", unsure=True)
    with pytest.raises(IllegalTransitionError):
        await change(db, outbox.withdraw, post.id, NOW)
    assert await column(db, "message_id", "posts") == [1000]
    assert await states(db) == ["posted"]


@pytest.mark.parametrize("failed", [False, True])
async def test_a_withdrawn_message_gives_its_papers_back(db: Database, failed: bool) -> None:
    one = await subscribe(db, "agents", cap=1)
    await arrive(db, "Agents", "More Agents")
    (post,) = await begin(db)
    if failed:
        await change(db, outbox.retry_later, post.id, LATER, "400", unsure=False, state="failed")
    await change(db, outbox.withdraw, post.id, LATER)
    assert [(row["state"], row["post_id"], row["note"], row["changed"]) for row in await rows(db)] == [
        ("pending", None, None, stamp(LATER))
    ] * 2
    assert await rows(db, "posts") == []
    (post,) = await begin(db)
    await pauses.pause(db, LAB, one.token, "too much", NOW)
    await change(db, outbox.withdraw, post.id, LATER)
    assert await states(db) == ["held", "held"]
    await pauses.resume(db, LAB, one.token, NOW, post_held=True)
    (post,) = await begin(db)
    await pauses.pause(db, LAB, one.token, "too much", NOW)
    await subscriptions.delete(db, LAB, [one.token], NOW)
    await change(db, outbox.withdraw, post.id, LATER)
    assert [(row["state"], row["post_id"], row["note"]) for row in await rows(db)] == [
        ("dropped", None, "the subscription was deleted")
    ] * 2


async def test_a_withdrawn_message_leaves_the_others(db: Database) -> None:
    post = await begun(db)
    await arrive(db, "More Agents")
    (other,) = await begin(db)
    await change(db, outbox.withdraw, post.id, LATER)
    assert await column(db, "post_id") == [None, other.id]
    assert await column(db, "id", "posts") == [other.id]


FURTHEST = ("posted", "posting", "over_cap", "pending", "held", "silent", "dropped", "excluded")


async def test_of_two_matches_that_become_one_the_further_one_stays(db: Database) -> None:
    one = await subscribe(db, "agents")
    for gone, survivor in itertools.product(MATCH_STATES, MATCH_STATES):
        async with db.write() as connection:
            await connection.execute("DELETE FROM ledger")
            await connection.executemany(
                "INSERT INTO ledger (subscription_id, handle, target_id, state, reasons, matched, due, changed)"
                " VALUES (?, ?, 200, ?, ?, '', '', '')",
                [(one.id, ONE, gone, "gone"), (one.id, OTHER, survivor, "survivor"), (one.id, "c" * 13, gone, "third")],
            )
            await merged_matches.merge_papers(connection, [(ONE, OTHER)], LATER)
        stays, ends = (gone, "gone"), (survivor, "survivor")
        if FURTHEST.index(gone) >= FURTHEST.index(survivor):
            stays, ends = ends, stays
        waits = ends[0] in ("pending", "held", "posting", "over_cap")
        found = {row["reasons"]: row for row in await rows(db)}
        assert [(found[reasons]["handle"], found[reasons]["state"]) for reasons in (stays[1], ends[1], "third")] == [
            (OTHER, stays[0]),
            (ONE, "dropped" if waits else ends[0]),
            ("c" * 13, gone),
        ]
        assert (found[ends[1]]["note"], found[ends[1]]["changed"]) == ((MERGED, stamp(LATER)) if waits else (None, ""))
        assert (found[stays[1]]["note"], found[stays[1]]["changed"]) == (None, "")


@pytest.mark.parametrize("paused", [False, True])
async def test_of_two_papers_that_wait_and_become_one_both_have_a_row(db: Database, paused: bool) -> None:
    one = await subscribe(db, "agents", schedule=DAILY)
    if paused:
        await pauses.pause(db, LAB, one.token, "too much", NOW)
    arxiv, doi = Identifier(scheme="arxiv", value="2601.00001"), Identifier(scheme="doi", value="10.1/1")
    await arrive(
        db,
        record("Web Agents", authors=ADA, identifiers=[arxiv]),
        record("Agents of the Web", authors=ADA, identifiers=[doi]),
    )
    await arrive(db, record("Agents", authors=ADA, identifiers=[arxiv, doi]))
    assert await states(db) == ["held" if paused else "pending", "dropped"]
    assert await column(db, "note") == [None, MERGED]
    await pauses.resume(db, LAB, one.token, NOW, post_held=True)
    (digest,) = await deliver(db, DAILY.due(NOW))
    assert len(digest.items) == 1
    assert await states(db) == ["posted", "dropped"]


async def test_a_message_still_says_why_it_showed_a_paper_that_became_another(db: Database) -> None:
    await subscribe(db, "agents")
    arxiv, doi = Identifier(scheme="arxiv", value="2601.00001"), Identifier(scheme="doi", value="10.1/1")
    await arrive(db, record("Web Agents", authors=ADA, identifiers=[arxiv]))
    await deliver(db)
    await arrive(db, record("Agents of the Web", authors=ADA, identifiers=[doi]))
    await deliver(db)
    await arrive(db, record("Agents", authors=ADA, identifiers=[arxiv, doi]))
    for post in await rows(db, "posts"):
        (cause,) = await post_contents.causes(db, LAB, post["token"])
        assert titles(cause) == ["Agents"]


async def test_matches_of_different_subscriptions_stay_both(db: Database) -> None:
    one, other = await subscribe(db, "agents"), await subscribe(db, "web")
    await add_match(db, one.id, ONE, "pending")
    await add_match(db, other.id, OTHER, "held")
    await change(db, merged_matches.merge_papers, [(ONE, OTHER)], LATER)
    assert [(row["handle"], row["state"]) for row in await rows(db)] == [(OTHER, "pending"), (OTHER, "held")]


async def test_papers_that_become_one_after_the_other(db: Database) -> None:
    one = await subscribe(db, "agents")
    await add_match(db, one.id, ONE, "pending")
    await change(db, merged_matches.merge_papers, [(ONE, OTHER), (OTHER, "c" * 13)], LATER)
    assert await column(db, "handle") == ["c" * 13]


async def test_a_lost_channel_pauses_and_gives_the_papers_back(db: Database) -> None:
    subscription = await subscribe(db, "agents")
    await subscribe(db, "agents", LAB._replace(channel_id=300))
    await arrive(db, "Agents")
    (post,) = await begin(db)
    assert await change(
        db, pauses.channel_lost, post.target_id, "The channel is gone.", NOW, tried=post.id, not_out=[post.id]
    ) == [subscription.id]
    (notice,) = await rows(db, "scheduled_messages")
    assert (notice["person_id"], notice["target_id"], notice["kind"]) == (7, None, "lost_channel")
    lost = LostChannel.model_validate_json(notice["content"])
    assert lost == LostChannel(query="agents", target_id=200, reason="The channel is gone.")
    assert await states(db) == ["held", "pending"]
    paused = (await subscriptions.get(db, LAB, subscription.token)).pause
    assert paused and (paused.kind, paused.reason, paused.since) == ("lost", "The channel is gone.", NOW)
    await pauses.resume(db, LAB, subscription.token, NOW, post_held=True)
    assert len(await deliver(db)) == 1


async def test_a_message_that_may_be_in_a_lost_channel_stays(db: Database) -> None:
    post = await begun(db)
    one = (await subscriptions.in_channel(db, LAB))[0]
    assert await change(db, pauses.channel_lost, post.target_id, "Missing Access", LATER, tried=post.id) == [one.id]
    assert await change(db, pauses.channel_lost, post.target_id, "Missing Access", LATER, tried=post.id) == [], (
        "they are told once"
    )
    (row,) = await rows(db, "posts")
    assert (row["state"], row["unsure"], row["tries"], row["why"]) == ("posting", 1, 2, "Missing Access")
    assert await states(db) == ["posting"]
    await subscriptions.delete(db, LAB, [one.token], NOW)
    await change(db, pauses.channel_lost, post.target_id, "Missing Access", LATER, tried=post.id)
    assert await states(db) == ["dropped"], "nobody is left to resume"
    assert await rows(db, "posts") == []


async def test_somebody_is_told_though_the_subscription_was_paused(db: Database) -> None:
    post = await begun(db)
    one = (await subscriptions.in_channel(db, LAB))[0]
    await pauses.pause(db, LAB, one.token, "too much", NOW)
    await pauses.pause(db, LAB, one.token, "again", NOW)
    paused = (await subscriptions.get(db, LAB, one.token)).pause
    assert paused and (paused.kind, paused.reason) == ("asked", "too much")
    assert await change(
        db, pauses.channel_lost, post.target_id, "Missing Access", LATER, tried=post.id, not_out=[post.id]
    ) == [one.id]
    async with db.read() as connection:
        assert await scheduled_messages.people_without_channel(connection, LATER) == [7]
    await pauses.resume(db, LAB, one.token, NOW, post_held=True)
    async with db.read() as connection:
        assert await scheduled_messages.people_without_channel(connection, LATER) == []


def test_the_table_has_each_change_once() -> None:
    changes = [
        (transition.event, transition.of, before, after)
        for transition in TRANSITIONS
        for before in transition.before
        for after in transition.after
    ]
    assert len(changes) == len(set(changes))


def test_an_event_that_leads_nowhere_is_a_mistake() -> None:
    assert states_before("begin", "match", "over_cap") == ("pending",)
    assert states_before("edit", "match", "dropped") == ("pending", "held")
    assert states_before("post", "match", "posted") == ("posting",)
    assert states_before("post", "post", "posted") == ("posting", "failed")
    with pytest.raises(IllegalTransitionError, match="begin does not lead a match to posted"):
        states_before("begin", "match", "posted")
    with pytest.raises(IllegalTransitionError):
        states_before("begin", "post", "over_cap")
    with pytest.raises(IllegalTransitionError):
        states_before("match", "match", "over_cap")


async def test_what_was_there_is_matched_once(db: Database) -> None:
    """A history in short: paused, edited, resumed, posted, and read again by its source."""
    one = await subscribe(db, "agents")
    await pauses.pause(db, LAB, one.token, "too much", NOW)
    await arrive(db, "Web Agents")
    await subscriptions.edit(db, LAB, one.token, parse("web"), Options(), NOW)
    assert await states(db) == ["held"]
    await pauses.resume(db, LAB, one.token, NOW, post_held=True)
    assert len(await deliver(db)) == 1
    await arrive(db, "Web Agents")
    assert await states(db) == ["posted"]
    assert len(await rows(db, "posts")) == 1
