"""`/help` and `/status`."""

from __future__ import annotations

from datetime import UTC, datetime

import discord
from discord import app_commands

from commands import pieces, text
from commands.context import Interaction
from commands.layout import Card, CardView
from commands.reply import reply
from store import authors, feeds, intake, ledger, papers
from store.feeds import FeedState
from store.library import Library

EXAMPLES = {
    "author": "`/author name:zehan qui` finds Zehan Qi; initials, order and accents do not matter",
    "paper": "`/paper title:web rl` finds it by its acronym, half of its title, an arXiv id or a DOI",
    "summary": "`/summary paper:debate qa`: sentences of the abstract, each with its number",
    "search": '`/search query:"web agents" -survey code:yes since:2024`: words, phrases, authors, categories',
    "related": "`/related paper:chatglm`: papers near it, and why",
    "cite": "`/cite paper:long2rag style:bibtex`: BibTeX, RIS, CSL-JSON or plain",
}
"""What each command is good for, by an example that works in the bundled store; the others show their description."""


@app_commands.command(name="help", description="What one can do here")
async def help_command(interaction: Interaction) -> None:
    """Answer `/help`."""
    await reply(interaction, _help(interaction), private=True)


async def _help(interaction: Interaction) -> CardView:
    tree = interaction.client.tree
    card = Card(pieces.NEUTRAL)
    card.text("## Lectern\nAsk for papers as you remember them; I find them anyway.")
    commands = tree.get_commands(type=discord.AppCommandType.chat_input)
    lines = [f"**/{c.name}** {EXAMPLES.get(c.name) or c.description}" for c in commands]
    card.text("\n".join(lines))
    menus = tree.get_commands(type=discord.AppCommandType.message)
    card.text(
        "\n".join(f"**Apps ► {m.name}** on any message: cards for the arXiv ids, DOIs and links in it" for m in menus)
    )
    card.text("-# Every name option completes as you type. `private:True` shows an answer to you alone.")
    return card.view()


@app_commands.command(name="status", description="What the store holds, when feeds were last heard, and what waits")
@app_commands.describe(private="Show the answer to me only")
async def status_command(interaction: Interaction, private: bool = True) -> None:
    """Answer `/status`."""
    await reply(interaction, _status(interaction.client.library, interaction.guild_id or 0), private=private)


async def _status(library: Library, guild_id: int) -> CardView:
    card = Card(pieces.NEUTRAL, reserve=200)
    held, known = await papers.count(library.db), await authors.count(library.db)
    card.text(f"## Status\n{text.counted(held, 'paper')} by {text.counted(known, 'author')}")
    waiting = await ledger.backlog(library.db, guild_id, datetime.now(UTC))
    since = f", the first since {text.moment(waiting.since, 'R')}" if waiting.since else ""
    card.text(f"**Waiting to be posted** {waiting.here:,} here, {waiting.everywhere:,} in all{since}")
    card.line()
    all_feeds = {feed.name: feed for feed in await feeds.listed(library.db)}
    here = [name for part in await feeds.followed(library.db, guild_id) for name in feeds.names_of(part)]
    for name in dict.fromkeys(here):
        card.text(_feed(name, all_feeds.get(name)))
    if not here:
        good = sum(feed.state == "good" for feed in all_feeds.values())
        elsewhere = f"; of those followed elsewhere {good:,} of {len(all_feeds):,} are well" if all_feeds else ""
        card.text(f"No feed is followed here{elsewhere}.")
    card.line()
    for report in await intake.latest(library.db):
        rejected = f", {len(report.problems):,} not read" if report.problems else ""
        card.text(
            f"**{text.safe(report.source, 80)}** {report.new:,} new, {report.changed:,} changed{rejected}\n"
            f"-# {text.moment(report.finished, 'R')}"
        )
    left_out = card.left_out
    card.text(f"-# and {left_out:,} more" if left_out else "", final=True)
    return card.view()


_STATES: dict[feeds.State, str] = {
    "good": "well",
    "empty": "answers with no papers on a day that should have some",
    "repeated": "repeats an old batch; a new one is overdue",
    "unreadable": "answers what cannot be read",
    "unreachable": "does not answer",
}


def _feed(name: str, feed: FeedState | None) -> str:
    """One feed: how it is, its last good run and its counts."""
    if feed is None:
        return f"**{text.safe(name, 60)}** is asked soon"
    why = f" ({text.safe(feed.detail, 120)})" if feed.detail and feed.state != "good" else ""
    often = f", {feed.failures:,} times in a row" if feed.failures > 1 else ""
    rejected = f", {len(feed.rejected):,} not read" if feed.rejected else ""
    last = f"last good {text.moment(feed.last_good, 'R')}" if feed.last_good else "never heard"
    mark = "" if feed.state == "good" else "⚠ "
    counts = f" · {feed.new:,} new of {feed.items:,}{rejected}" if feed.items else ""
    return f"{mark}**{text.safe(name, 60)}** {_STATES[feed.state]}{why}{often}\n-# {last}{counts}"
