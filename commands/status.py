"""`/help` and `/status`."""

from __future__ import annotations

from datetime import UTC, datetime

import discord
from discord import app_commands

from commands.context import Interaction
from commands.respond import reply
from commands.views import markdown, parts
from commands.views.layout import Card, CardView
from store import ingest
from store.catalog import authors, papers
from store.guilds import feed_state, posts
from store.guilds.feed_state import FeedState
from store.library import Library

GROUPS = {
    "Find": ("paper", "author", "search", "summary", "related", "cite"),
    "Follow": ("subscribe", "subscriptions", "unsubscribe", "why"),
    "Look after": ("add", "aliases", "status", "help"),
}
EXAMPLES = {
    "paper": "title:web rl",
    "author": "name:zehan qui",
    "search": 'query:"web agents" -survey code:yes since:2024',
    "summary": "paper:debate qa",
    "related": "paper:chatglm",
    "cite": "paper:long2rag style:bibtex",
    "subscribe": "query:agents -survey",
    "why": "paper:web rl",
    "add": "entry:@article{…}",
}
"""What to type after a command; those for finding work in the bundled store."""


@app_commands.command(name="help", description="What one can do here")
async def help_command(interaction: Interaction) -> None:
    """Answer `/help`."""
    await reply(interaction, _help(interaction), private=True)


async def _help(interaction: Interaction) -> CardView:
    tree = interaction.client.tree
    card = Card(parts.NEUTRAL)
    card.text("## Lectern\nAsk for papers as you remember them; I find them anyway.")
    commands = {c.name: c for c in tree.get_commands(type=discord.AppCommandType.chat_input)}
    for group, names in GROUPS.items():
        card.line()
        lines = [f"**/{name}** {commands[name].description}{_example(name)}" for name in names]
        card.text("\n".join([f"### {group}", *lines]))
    card.line()
    menus = tree.get_commands(type=discord.AppCommandType.message)
    card.text(
        "\n".join(f"**Apps ► {m.name}** on any message: cards for the arXiv ids, DOIs and links in it" for m in menus)
    )
    card.text("-# Every name option completes as you type. `private:True` shows an answer to you alone.")
    return card.view()


def _example(name: str) -> str:
    return f"\n-# `/{name} {EXAMPLES[name]}`" if name in EXAMPLES else ""


@app_commands.command(name="status", description="What the store holds, when feeds were last heard, and what waits")
@app_commands.describe(private="Show the answer to me only")
async def status_command(interaction: Interaction, private: bool = True) -> None:
    """Answer `/status`."""
    await reply(interaction, _status(interaction.client.library, interaction.guild_id or 0), private=private)


async def _status(library: Library, guild_id: int) -> CardView:
    card = Card(parts.NEUTRAL, reserve=200)
    held, known = await papers.count(library.db), await authors.count(library.db)
    card.text(f"## Status\n{markdown.counted(held, 'paper')} by {markdown.counted(known, 'author')}")
    waiting = await posts.backlog(library.db, guild_id, datetime.now(UTC))
    since = f", the first since {markdown.moment(waiting.since, 'R')}" if waiting.since else ""
    card.text(f"**Waiting to be posted** {waiting.in_guild:,} here, {waiting.everywhere:,} in all{since}")
    card.line()
    all_feeds = {feed.name: feed for feed in await feed_state.every_feed(library.db)}
    here = [
        name
        for part in await feed_state.followed_categories(library.db, guild_id)
        for name in feed_state.feed_names(part)
    ]
    for name in dict.fromkeys(here):
        card.text(_feed(name, all_feeds.get(name)))
    if not here:
        good = sum(feed.state == "good" for feed in all_feeds.values())
        elsewhere = f"; of those followed elsewhere {good:,} of {len(all_feeds):,} are well" if all_feeds else ""
        card.text(f"No feed is followed here{elsewhere}.")
    card.line()
    for report in await ingest.latest(library.db):
        rejected = f", {len(report.problems):,} not read" if report.problems else ""
        card.text(
            f"**{markdown.safe(report.source, 80)}** {report.new:,} new, {report.changed:,} changed{rejected}\n"
            f"-# {markdown.moment(report.finished, 'R')}"
        )
    left_out = card.left_out
    card.text(f"-# and {left_out:,} more" if left_out else "", final=True)
    return card.view()


_STATES: dict[feed_state.FeedStatus, str] = {
    "good": "well",
    "empty": "answers with no papers on a day that should have some",
    "repeated": "repeats an old batch; a new one is overdue",
    "unreadable": "answers what cannot be read",
    "unreachable": "does not answer",
}


def _feed(name: str, feed: FeedState | None) -> str:
    """One feed: how it is, its last good run and its counts."""
    if feed is None:
        return f"**{markdown.safe(name, 60)}** is asked soon"
    why = f" ({markdown.safe(feed.detail, 120)})" if feed.detail and feed.state != "good" else ""
    often = f", {feed.failures:,} times in a row" if feed.failures > 1 else ""
    rejected = f", {len(feed.rejected):,} not read" if feed.rejected else ""
    last = f"last good {markdown.moment(feed.last_good, 'R')}" if feed.last_good else "never heard"
    mark = "" if feed.state == "good" else "⚠ "
    counts = f" · {feed.new:,} new of {feed.items:,}{rejected}" if feed.items else ""
    return f"{mark}**{markdown.safe(name, 60)}** {_STATES[feed.state]}{why}{often}\n-# {last}{counts}"
