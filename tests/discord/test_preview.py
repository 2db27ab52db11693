"""The preview of `/subscribe` says what it knows of arXiv, and asks where it was never heard; arXiv is on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from store.guilds import feed_state, subscriptions
from store.guilds.feed_state import FeedState
from store.guilds.subscriptions import Scope
from tests.bot.test_arxiv_poller import Arxiv
from tests.discord.conversation import Answer, Conversation, conversation
from tests.discord.server import Server, shown, text
from tests.seeds.serving import Answer as Served
from tests.seeds.serving import Service, service


def announced(*titles: str) -> Served:
    arxiv = Arxiv()
    arxiv.announce(*((f"2611.{number:05}", "new", title) for number, title in enumerate(titles)))
    return lambda request: web.Response(text=arxiv.feeds["cs.CL"], content_type="application/rss+xml")


@asynccontextmanager
async def asking(path: Path, *answers: Served) -> AsyncIterator[tuple[Conversation, Service]]:
    """The administrator in #papers, with an arXiv that gives these answers."""
    async with service(*answers) as serving, conversation(path, watch=True, rss_url=serving.address) as ask:
        yield replace(ask, scene=replace(ask.scene, member=ask.scene.admin)), serving


async def previewed(ask: Conversation, **options: object) -> Answer:
    """The preview, once arXiv has been asked."""
    result = await ask.scene.admin.slash(ask.scene.channels["papers"], "subscribe", **options)
    assert result.response
    return Answer(result, result.response)


async def test_feeds_that_were_never_heard_are_asked(store_file: Path) -> None:
    async with asking(store_file, announced("Web Agents", "Old Looms", "A Survey of Agents")) as (ask, serving):
        seen = await previewed(ask, query="agents -survey", category="cs.CL")
        assert "of the 3 papers that arXiv announced in **cs.CL** on 2 Mar 2026, **1** matches" in seen.text
        assert "Web Agents" in seen.text and "just announced" in seen.text and "Old Looms" not in seen.text
        assert "would have posted" not in seen.text
        assert "announcements in **cs.CL**" in seen.text and "First post" in seen.text
        assert [request.path for request in serving.requests] == ["/feed/cs.CL"]
        await ask.press(seen, "Confirm")
        scope = Scope(ask.scene.guild.id, ask.scene.channels["papers"].id)
        assert len(await subscriptions.in_channel(ask.client.library.db, scope)) == 1
        assert await feed_state.every_feed(ask.client.library.db) == [], "the poller reads the same papers later"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda request: web.Response(status=503), "asking now did not work: 127.0.0.1 is overloaded or out of order"),
        (lambda request: web.Response(text="<html>"), "asking now did not work:"),
        (announced(), "arXiv announces nothing new in **cs.CL** today"),
    ],
)
async def test_where_arxiv_says_nothing_the_preview_says_so(store_file: Path, answer: Served, says: str) -> None:
    async with asking(store_file, answer) as (ask, _):
        seen = await previewed(ask, query="agents", category="cs.CL")
        assert says in seen.text and "Confirm" in seen.buttons()
        if "nothing new" in says:
            assert "at the earliest; arXiv announces papers from Monday to Friday" in seen.text
        assert "would have posted" not in seen.text


async def test_a_query_without_a_category_is_said_to_follow_all_of_arxiv(store_file: Path) -> None:
    async with asking(store_file, announced("Web Agents")) as (ask, serving):
        seen = await previewed(ask, query="agents")
        assert "from **all of arXiv**, as the query names no category: 20 archives, by 40 feeds" in seen.text
        assert len(serving.requests) == 1
        confirmed = await ask.press(seen, "Confirm")
        assert "Subscribed" in confirmed.text and "by 40 feeds" in confirmed.text


async def test_feeds_that_were_heard_are_not_asked_and_their_age_is_told(store_file: Path) -> None:
    async with asking(store_file, announced("Web Agents")) as (ask, serving):
        now = datetime.now(UTC)
        heard = FeedState(name="arXiv cs.CL", state="good", tried=now, next_try=now, last_good=now)
        await feed_state.save(ask.client.library.db, heard)
        seen = await previewed(ask, query="agents", category="cs.CL")
        assert "it would have posted **" in seen.text and "heard first" not in seen.text
        first = (now - timedelta(days=3)).isoformat()
        await feed_state.save(ask.client.library.db, heard.model_copy(update={"cursor": {"first_good": first}}))
        assert "Its feeds were heard first" in (await previewed(ask, query="agents", category="cs.CL")).text
        assert serving.requests == []


async def test_papers_without_a_day_are_told(server: Server) -> None:
    await server.arrive("Web Agents", "More Agents", published=str(datetime.now(UTC).year))
    seen = text(shown(await server.admin.slash(server.papers, "subscribe", query="agents")))
    assert f"and 2 papers of {datetime.now(UTC).year} without a day" in seen
    assert "whoever runs me has turned off asking arXiv" in seen
