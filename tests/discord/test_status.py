"""`/status` tells the states of feeds apart, and says what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord

from store.embeddings.semantic_index import SemanticIndex
from store.guilds import feed_state, subscriptions
from store.guilds.feed_state import FeedState
from store.models import Problem
from store.search.parser import parse
from store.text.arxiv_taxonomy import ARCHIVES
from tests.discord.conversation import Conversation, conversation
from tests.support.embedders import HashingEmbedder

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_the_status_of_an_untouched_store(ask: Conversation) -> None:
    answer = await ask("status")
    assert answer.private
    assert "13 papers by " in answer.text
    assert "zehan-qi.txt" in answer.text
    assert "No feed is followed here" in answer.text


async def test_how_far_papers_are_read_for_a_search_by_meaning_is_told(store_file: Path) -> None:
    semantic = SemanticIndex(HashingEmbedder())
    async with conversation(store_file, semantic) as ask:
        assert "**By meaning** with hashing: 13 papers still to be read" in (await ask("status")).text
        await semantic.embed_missing(ask.client.library.db, 100)
        assert "all papers are read" in (await ask("status")).text


async def test_each_state_of_a_feed_is_shown_differently(ask: Conversation) -> None:
    db = ask.client.library.db
    scope = subscriptions.Scope(ask.scene.guild.id, ask.scene.channels["papers"].id)
    for category, state in (("cs.CL", "empty"), ("cs.LG", "repeated"), ("cs.AI", "unreadable"), ("cs.HC", "good")):
        await subscriptions.create(
            db, scope, scope.channel_id, 1, parse(f"cat:{category}"), subscriptions.Options(), NOW
        )
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
    assert "**Feeds followed here:** 5 · 3 with trouble · 1 not asked yet · 1 work" in shown
    assert "⚠ **Has no papers on a day that should have some:** arXiv cs.CL" in shown
    assert "⚠ **Repeats an old batch; a new one is overdue:** arXiv cs.LG" in shown
    assert "⚠ **Sends something that I cannot read:** (mismatched tag) arXiv cs.AI\n-# 3 times in a row" in shown
    assert "**Works:** arXiv cs.HC" in shown
    assert "12 new of 40 · 1 not read" in shown
    assert "**Will be asked soon:** OAI-PMH of cs" in shown
    assert "I do not ask them: whoever runs me has turned that off" in shown


async def test_all_of_arxiv_fits_on_the_card_with_what_is_wrong_first(ask: Conversation) -> None:
    db = ask.client.library.db
    scope = subscriptions.Scope(ask.scene.guild.id, ask.scene.channels["papers"].id)
    await subscriptions.create(db, scope, scope.channel_id, 1, parse("agents"), subscriptions.Options(), NOW)
    shown = (await ask("status")).text
    assert "40 · 40 not asked yet" in shown and "did not fit" not in shown
    soon = shown.split("**Will be asked soon:**")[1].split("\n")[0]
    assert all(f"{archive}" in soon for archive in ARCHIVES)
    broken = {"name": "arXiv q-fin", "state": "unreachable", "detail": "It cannot be reached.", "tried": NOW}
    await feed_state.save(db, FeedState.model_validate({**broken, "next_try": NOW, "failures": 7}))
    shown = (await ask("status")).text
    wrong = "⚠ **Does not answer:** (It cannot be reached.) arXiv q-fin\n-# 7 times in a row · not all read yet"
    assert wrong in shown and shown.index(wrong) < shown.index("Will be asked soon")
    assert "40 · 1 with trouble · 39 not asked yet" in shown


async def test_what_another_guild_follows_is_not_shown(ask: Conversation) -> None:
    db = ask.client.library.db
    theirs = subscriptions.Scope(999, 1)
    await subscriptions.create(db, theirs, 1, 1, parse("cat:q-fin.TR"), subscriptions.Options(), NOW)
    state = FeedState(name="arXiv q-fin.TR", state="good", tried=NOW, next_try=NOW)
    await feed_state.save(db, state)
    assert "No feed is followed here." in (await ask("status")).text


async def test_what_private_channels_follow_is_shown_to_those_who_can_see_them(ask: Conversation) -> None:
    guild, db = ask.scene.guild, ask.client.library.db
    everybody = guild.default_role
    secret = guild.create_text_channel(
        "board", overwrites={everybody: discord.PermissionOverwrite(read_messages=False)}
    )
    for channel_id, category in ((secret.id, "q-fin.TR"), (ask.scene.channels["papers"].id, "cs.CL")):
        scope = subscriptions.Scope(guild.id, channel_id)
        await subscriptions.create(db, scope, channel_id, 1, parse(f"cat:{category}"), subscriptions.Options(), NOW)
    shown = (await ask("status")).text
    assert "arXiv cs.CL" in shown and "q-fin" not in shown
    admin = Conversation(ask.client, replace(ask.scene, member=ask.scene.admin), ask.services)
    assert "arXiv cs.CL, q-fin.TR" in (await admin("status")).text
    assert "q-fin" not in (await admin("status", private=False)).text, "others can read the answer"
