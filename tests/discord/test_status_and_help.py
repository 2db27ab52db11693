"""`/help` names everything; `/status` tells the states of feeds apart, and says what waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from commands.registry import COMMANDS
from store.guilds import feed_state, subscriptions
from store.guilds.feed_state import FeedState
from store.models import Problem
from store.search.query import parse
from tests.discord.conversation import Conversation

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_help_names_every_command(ask: Conversation) -> None:
    shown = (await ask("help")).text
    for command in COMMANDS:
        assert command.name in shown


async def test_the_status_of_an_untouched_store(ask: Conversation) -> None:
    answer = await ask("status")
    assert answer.private
    assert "13 papers by " in answer.text
    assert "zehan-qi.txt" in answer.text
    assert "No feed is followed here" in answer.text


async def test_each_state_of_a_feed_is_shown_differently(ask: Conversation) -> None:
    db = ask.client.library.db
    scope = subscriptions.Scope(ask.scene.guild.id, 1)
    for category, state in (("cs.CL", "empty"), ("cs.LG", "repeated"), ("cs.AI", "unreadable"), ("cs.HC", "good")):
        await subscriptions.create(db, scope, 1, 1, parse(f"cat:{category}"), subscriptions.Options(), NOW)
        await feed_state.save(
            db,
            FeedState.model_validate(
                {
                    "name": f"arXiv {category}",
                    "state": state,
                    "tried": NOW,
                    "last_good": NOW - timedelta(days=1),
                    "items": 40,
                    "new": 12,
                    "rejected": (Problem(line=3, message="no title"),),
                    "next_try": NOW,
                    "failures": 3 if state == "unreadable" else 0,
                    "detail": "mismatched tag" if state == "unreadable" else None,
                }
            ),
        )
    shown = (await ask("status")).text
    assert "⚠ **arXiv cs.CL** has no papers on a day that should have some" in shown
    assert "⚠ **arXiv cs.LG** repeats an old batch; a new one is overdue" in shown
    assert "⚠ **arXiv cs.AI** sends something that I cannot read (mismatched tag), 3 times in a row" in shown
    assert "**arXiv cs.HC** works" in shown
    assert "12 new of 40, 1 not read" in shown
    assert "arXiv cs (OAI-PMH)** will be asked soon" in shown


async def test_what_another_guild_follows_is_not_shown(ask: Conversation) -> None:
    db = ask.client.library.db
    theirs = subscriptions.Scope(999, 1)
    await subscriptions.create(db, theirs, 1, 1, parse("cat:q-fin.TR"), subscriptions.Options(), NOW)
    state = FeedState(name="arXiv q-fin.TR", state="good", tried=NOW, next_try=NOW)
    await feed_state.save(db, state)
    shown = (await ask("status")).text
    assert "q-fin" not in shown
    assert "1 of 1 feeds that are followed elsewhere work" in shown
