"""Subscriptions and their ledger: from a match to what is known of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.errors import NotFoundError
from store.guilds import pauses, subscriptions
from store.guilds.subscriptions import Options, Scope
from store.models import Authorship
from store.preview import preview
from store.search.parser import parse
from store.storage.database import Database
from store.view import View
from tests.guilds.channels import DAILY, LAB, NOW, arrive, deliver, outcomes, record, states, subscribe


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
    assert await outcomes(db, "Web Agents") == ["posted", "posted"]


async def test_a_cross_list_is_new_to_those_whom_it_reaches(db: Database) -> None:
    await subscribe(db, "cat:cs.AI")
    await arrive(db, record("Web Agents", category="cs.CL"))
    assert not await deliver(db)
    await arrive(db, record("Web Agents", category="cs.CL", cross_lists=("cs.AI",)))
    assert len(await deliver(db)) == 1


async def test_an_exclusion_is_noted_and_can_be_asked_for(db: Database) -> None:
    await subscribe(db, "agents -survey")
    await arrive(db, record("A Survey of Agents"), record("Tools"))
    assert await states(db) == ["excluded"]
    assert await outcomes(db, "A Survey of Agents") == ["excluded"]
    assert await outcomes(db, "Tools") == ["unmatched"]


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
    assert await outcomes(db, "Tools") == ["unmatched", "dropped"]


async def test_deleting_drops_what_waits_and_keeps_the_ledger(db: Database) -> None:
    subscription = await subscribe(db, "agents")
    await arrive(db, record("Agents"))
    assert await subscriptions.delete(db, LAB, [subscription.token], NOW) == 1
    assert not await deliver(db)
    assert await outcomes(db, "Agents") == ["dropped"]
    assert not await subscriptions.in_channel(db, LAB)


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
    assert await outcomes(db, "Agents") == ["silent"]


async def test_what_was_there_before_the_subscription_is_not_posted(db: Database) -> None:
    await arrive(db, record("Agents at Work"))
    await subscribe(db, "agents")
    await arrive(db, record("Agents at Work", venue="Somewhere"))
    assert not await deliver(db)
    assert await outcomes(db, "Agents at Work") == ["earlier"]


async def test_no_scope_sees_another(db: Database) -> None:
    mine = await subscribe(db, "agents")
    await arrive(db, record("Agents"))
    for other in (Scope(101, 200), Scope(100, 201), Scope(0, 200)):
        assert not await subscriptions.in_channel(db, other)
        with pytest.raises(NotFoundError):
            await subscriptions.get(db, other, mine.token)
        with pytest.raises(NotFoundError):
            await subscriptions.edit(db, other, mine.token, parse("x"), Options(), NOW)
        with pytest.raises(NotFoundError):
            await pauses.pause(db, other, mine.token, "", NOW)
        with pytest.raises(NotFoundError):
            await pauses.resume(db, other, mine.token, NOW, post_held=True)
        assert await subscriptions.delete(db, other, [mine.token], NOW) == 0
        assert await outcomes(db, "Agents", other) == []
    assert await subscriptions.get(db, LAB, mine.token)


async def test_two_papers_that_turn_out_to_be_one_are_posted_once(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, record("Agents of Change", identifiers=[{"scheme": "arxiv", "value": "2601.00001"}]))
    assert len(await deliver(db)) == 1
    await arrive(db, record("Agents, Changed", identifiers=[{"scheme": "doi", "value": "10.1/a"}]))
    both = [{"scheme": "doi", "value": "10.1/a"}, {"scheme": "arxiv", "value": "2601.00001"}]
    await arrive(db, record("Agents of Change", identifiers=both))
    assert await states(db) == ["posted", "dropped"]
    assert not await deliver(db)


async def test_the_preview_counts_by_day_and_shows_why(db: Database, view: View) -> None:
    for day, count in (("2026-02-27", 3), ("2026-02-20", 1), ("2025-01-01", 1), ("2026", 1)):
        await arrive(db, *(record(f"Agents of {day} {n}", published=day) for n in range(count)))
    seen = await preview(view, parse("agents"), NOW.date())
    assert (seen.total, seen.recent) == (6, 4)
    assert seen.peak and (seen.peak[0].isoformat(), seen.peak[1]) == ("2026-02-27", 3)
    assert [item.reasons[0].text for item in seen.samples] == ["word “agents” in title"] * 3
    assert (await preview(view, parse("nothing"), NOW.date())).total == 0
