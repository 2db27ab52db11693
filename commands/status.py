"""`/status`."""

from __future__ import annotations

from datetime import UTC, datetime

from discord import app_commands

from commands import options
from commands.context import Interaction
from commands.respond import reply
from commands.views import status_card
from commands.views.layout import CardView
from store import ingest
from store.catalog import authors, papers
from store.guilds import feed_state, posts
from store.library import Library


@app_commands.command(
    name="status", description="What the store holds, how the feeds are, and what is waiting to be posted"
)
@app_commands.describe(private=options.PRIVATE)
async def status_command(interaction: Interaction, private: bool = True) -> None:
    """Answer `/status`."""
    await reply(interaction, _status(interaction.client.library, interaction.guild_id or 0), private=private)


async def _status(library: Library, guild_id: int) -> CardView:
    db = library.db
    followed = [
        name for part in await feed_state.followed_categories(db, guild_id) for name in feed_state.feed_names(part)
    ]
    return status_card.status(
        status_card.Status(
            papers=await papers.count(db),
            authors=await authors.count(db),
            backlog=await posts.backlog(db, guild_id, datetime.now(UTC)),
            followed=tuple(dict.fromkeys(followed)),
            feeds={feed.name: feed for feed in await feed_state.every_feed(db)},
            intakes=await ingest.latest(db),
        )
    )
