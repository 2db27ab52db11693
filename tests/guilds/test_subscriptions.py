"""Subscriptions and their ledger: from a match to what is known of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from store import ingest
from store.errors import NotFoundError
from store.guilds import digests, outbox, pauses, subscriptions
from store.guilds.explain import explain
from store.guilds.preview import preview
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import Options, Scope, Subscription
from store.models import Authorship, PaperRecord, ParsedSource, Source
from store.search.query import parse
from store.storage.database import Database

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LAB = Scope(100, 200)
DAILY = Schedule(cadence="daily", at=time(8, 30), zone="Europe/Berlin")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "store.db")
    yield opened
    await opened.close()


def record(title: str, **fields: object) -> PaperRecord:
    source = Source(kind="arxiv", name="arXiv", retrieved=NOW)
    return PaperRecord.model_validate({"source": source, "title": title, **fields})


async def arrive(db: Database, *records: PaperRecord, at: datetime = NOW, notify: bool = True) -> None:
    await ingest.take(db, "arXiv", ParsedSource(papers=records), notify=notify, now=at)


async def subscribe(db: Database, query: str, scope: Scope = LAB, **options: object) -> Subscription:
    chosen = Options.model_validate(options)
    return await subscriptions.create(db, scope, scope.channel_id, 7, parse(query), chosen, NOW)


async def deliver(db: Database, at: datetime = NOW, target: int = LAB.channel_id) -> list[digests.Digest]:
    """What is due, posted by a Discord that takes everything, all in one message each."""
    posts = await digests.begin_due(db, target, at, lambda items: [len(items)])
    shown = [await digests.content(db, post) for post in posts]
    async with db.write() as connection:
        for post in posts:
            await outbox.mark_posted(connection, post.id, 1000 + post.id, at)
    return shown


async def states(db: Database) -> list[str]:
    async with (
        db.read() as connection,
        connection.execute("SELECT state FROM ledger ORDER BY matched, id") as rows,
    ):
        return [row[0] async for row in rows]


async def fates(db: Database, title: str, scope: Scope = LAB) -> list[str]:
    async with (
        db.read() as connection,
        connection.execute("SELECT handle FROM papers WHERE title = ?", [title]) as rows,
    ):
        row = await rows.fetchone()
    assert row
    return [fate.state for fate in (await explain(db, scope, row[0]))[1]]


async def test_a_match_is_posted_once_with_its_reasons(db: Database) -> None:
    await subscribe(db, 'agents|author:"Zehan Qi"')
    await arrive(db, record("Web Agents", authors=[Authorship(name="Zehan Qi", position=1)]), record("Something Else"))
    (digest,) = await deliver(db)
    assert [(item.paper.title, [r.text for r in item.reasons]) for item in digest.items] == [
        ("Web Agents", ["word “agents” in title", "author Zehan Qi"])
    ]
    assert not await deliver(db)
    await arrive(db, record("Web Agents", authors=[Authorship(name="Zehan Qi", position=1)], venue="A later version"))
    assert not await deliver(db)
    assert await states(db) == ["posted"]


async def test_one_post_a_paper_and_channel_with_all_reasons(db: Database) -> None:
    await subscribe(db, "agents")
    await subscribe(db, "web", schedule=DAILY)
    await arrive(db, record("Web Agents"))
    (digest,) = await deliver(db)
    assert [reason.text for reason in digest.items[0].reasons] == ["word “agents” in title", "word “web” in title"]
    assert not await deliver(db, NOW + timedelta(days=1))
    assert await states(db) == ["posted", "posted"]


async def test_a_paper_that_is_in_the_channel_already_is_not_posted_again(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, record("Web Agents", identifiers=[{"scheme": "arxiv", "value": "2601.00001"}]))
    assert len(await deliver(db)) == 1
    await subscribe(db, "cat:cs.AI")
    crossed = record("Web Agents", cross_lists=("cs.AI",), identifiers=[{"scheme": "arxiv", "value": "2601.00001"}])
    await arrive(db, crossed)
    assert not await deliver(db)
    assert await fates(db, "Web Agents") == ["posted", "posted"]


async def test_a_cross_list_is_new_to_those_whom_it_reaches(db: Database) -> None:
    await subscribe(db, "cat:cs.AI")
    await arrive(db, record("Web Agents", category="cs.CL"))
    assert not await deliver(db)
    await arrive(db, record("Web Agents", category="cs.CL", cross_lists=("cs.AI",)))
    assert len(await deliver(db)) == 1


async def test_a_digest_waits_for_its_time(db: Database) -> None:
    await subscribe(db, "agents", schedule=DAILY)
    await arrive(db, record("Web Agents"), record("Agents at Work"))
    assert await digests.next_due(db) == datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
    due = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
    assert not await deliver(db, due - timedelta(seconds=1))
    async with db.read() as connection:
        assert not await digests.due_targets(connection, NOW)
        assert await digests.due_targets(connection, due) == [LAB.channel_id]
    (digest,) = await deliver(db, due)
    assert [item.paper.title for item in digest.items] == ["Web Agents", "Agents at Work"]


async def test_over_the_cap_is_behind_a_button_of_the_same_channel(db: Database) -> None:
    await subscribe(db, "agents", cap=2)
    await arrive(db, *(record(f"Agents {n}") for n in range(5)))
    (digest,) = await deliver(db)
    assert (len(digest.items), digest.over_cap) == (2, 3)
    assert sorted(await states(db)) == ["over_cap"] * 3 + ["posted"] * 2
    async with db.read() as connection, connection.execute("SELECT token FROM posts") as rows:
        token = (await rows.fetchall())[0][0]  # type: ignore[index]
    assert [item.paper.title for item in await digests.over_cap(db, LAB, token)] == ["Agents 2", "Agents 3", "Agents 4"]
    assert not await digests.over_cap(db, Scope(101, 200), token)
    assert not await digests.over_cap(db, Scope(100, 201), token)


async def test_what_one_cap_leaves_out_another_subscription_posts(db: Database) -> None:
    await subscribe(db, "agents", cap=1)
    await subscribe(db, "web", cap=1)
    await arrive(db, record("Agents"), record("Web Agents"))
    assert [[item.paper.title for item in digest.items] for digest in await deliver(db)] == [["Agents"], ["Web Agents"]]
    assert await states(db) == ["posted"] * 3


async def test_an_exclusion_is_noted_and_can_be_asked_for(db: Database) -> None:
    await subscribe(db, "agents -survey")
    await arrive(db, record("A Survey of Agents"), record("Tools"))
    assert await states(db) == ["excluded"]
    assert await fates(db, "A Survey of Agents") == ["excluded"]
    assert await fates(db, "Tools") == ["unmatched"]


async def test_pausing_holds_and_resuming_posts_or_drops(db: Database) -> None:
    one, other = await subscribe(db, "agents"), await subscribe(db, "tools")
    await arrive(db, record("Agents"), record("Tools"))
    for subscription in (one, other):
        paused = await pauses.pause(db, LAB, subscription.token, "too much", NOW)
        assert paused.pause and paused.pause.reason == "too much"
    await arrive(db, record("More Agents"), record("More Tools"))
    assert await states(db) == ["held"] * 4
    assert not await deliver(db)
    await pauses.resume(db, LAB, one.token, NOW, post_held=True)
    await pauses.resume(db, LAB, other.token, NOW, post_held=False)
    (digest,) = await deliver(db)
    assert [item.paper.title for item in digest.items] == ["Agents", "More Agents"]
    assert await fates(db, "Tools") == ["unmatched", "dropped"]


async def test_deleting_drops_what_waits_and_keeps_the_ledger(db: Database) -> None:
    subscription = await subscribe(db, "agents")
    await arrive(db, record("Agents"))
    assert await subscriptions.delete(db, LAB, [subscription.token], NOW) == 1
    assert not await deliver(db)
    assert await fates(db, "Agents") == ["dropped"]
    assert not await subscriptions.listed(db, LAB)


async def test_editing_holds_what_waits_against_the_new_query(db: Database) -> None:
    subscription = await subscribe(db, "agents", schedule=DAILY)
    await arrive(db, record("Agents"), record("A Survey of Agents"), record("Web Agents"))
    await subscriptions.edit(
        db, LAB, subscription.token, parse("agents -survey -web|tools"), Options(schedule=DAILY), NOW
    )
    assert await states(db) == ["pending", "excluded", "excluded"]
    await subscriptions.edit(db, LAB, subscription.token, parse("web"), Options(), NOW)
    assert await states(db) == ["dropped", "excluded", "excluded"]
    await arrive(db, record("The Web"))
    assert len(await deliver(db)) == 1


async def test_a_silent_import_is_noted_and_never_posted(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, record("Agents"), notify=False)
    assert not await deliver(db)
    assert await fates(db, "Agents") == ["silent"]


async def test_what_was_there_before_the_subscription_is_not_posted(db: Database) -> None:
    await arrive(db, record("Agents at Work"))
    await subscribe(db, "agents")
    await arrive(db, record("Agents at Work", venue="Somewhere"))
    assert not await deliver(db)
    assert await fates(db, "Agents at Work") == ["earlier"]


async def test_no_scope_sees_another(db: Database) -> None:
    mine = await subscribe(db, "agents")
    await arrive(db, record("Agents"))
    for other in (Scope(101, 200), Scope(100, 201), Scope(0, 200)):
        assert not await subscriptions.listed(db, other)
        with pytest.raises(NotFoundError):
            await subscriptions.get(db, other, mine.token)
        with pytest.raises(NotFoundError):
            await subscriptions.edit(db, other, mine.token, parse("x"), Options(), NOW)
        with pytest.raises(NotFoundError):
            await pauses.pause(db, other, mine.token, "", NOW)
        with pytest.raises(NotFoundError):
            await pauses.resume(db, other, mine.token, NOW, post_held=True)
        assert await subscriptions.delete(db, other, [mine.token], NOW) == 0
        assert await fates(db, "Agents", other) == []
    assert await subscriptions.get(db, LAB, mine.token)


async def test_two_papers_that_turn_out_to_be_one_are_posted_once(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, record("Agents of Change", identifiers=[{"scheme": "arxiv", "value": "2601.00001"}]))
    assert len(await deliver(db)) == 1
    await arrive(db, record("Agents, Changed", identifiers=[{"scheme": "doi", "value": "10.1/a"}]))
    both = [{"scheme": "doi", "value": "10.1/a"}, {"scheme": "arxiv", "value": "2601.00001"}]
    await arrive(db, record("Agents of Change", identifiers=both))
    assert await states(db) == ["posted"]
    assert not await deliver(db)


async def test_a_lost_channel_pauses_and_gives_the_papers_back(db: Database) -> None:
    subscription = await subscribe(db, "agents")
    await arrive(db, record("Agents"))
    (post,) = await digests.begin_due(db, LAB.channel_id, NOW, lambda items: [len(items)])
    async with db.write() as connection:
        assert await pauses.channel_lost(connection, post, [post.id], "The channel is gone.", NOW) == [subscription.id]
    assert await pauses.notices(db) == [(subscription.id, 7, "agents", 200, "The channel is gone.")]
    assert await states(db) == ["held"]
    await pauses.resume(db, LAB, subscription.token, NOW, post_held=True)
    assert len(await deliver(db)) == 1


async def test_the_preview_counts_by_day_and_shows_why(db: Database) -> None:
    for day, count in (("2026-02-27", 3), ("2026-02-20", 1), ("2025-01-01", 1), ("2026", 1)):
        await arrive(db, *(record(f"Agents of {day} {n}", published=day) for n in range(count)))
    seen = await preview(db, parse("agents"), NOW.date())
    assert (seen.total, seen.recent) == (6, 4)
    assert seen.peak and (seen.peak[0].isoformat(), seen.peak[1]) == ("2026-02-27", 3)
    assert [item.reasons[0].text for item in seen.samples] == ["word “agents” in title"] * 3
    assert (await preview(db, parse("nothing"), NOW.date())).total == 0
