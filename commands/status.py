"""`/status`."""

from __future__ import annotations

from datetime import UTC, datetime

import discord
from discord import app_commands

from commands import options
from commands.context import Interaction, scope_of, view_of
from commands.permissions import readable_channels
from commands.respond import reply
from commands.views import markdown, status_card
from commands.views.layout import CardView
from store.catalog import authors, intake_reports, papers
from store.embeddings import vectors
from store.guilds import feed_state, fetching_roles, posts, subscriptions
from store.intake_log import operation
from store.library import Library


@app_commands.command(
    name="status", description="What the store holds, how the feeds are, and what is waiting to be posted"
)
@app_commands.describe(private=options.PRIVATE)
async def status_command(interaction: Interaction, private: bool = True) -> None:
    """Answer `/status`."""
    await reply(interaction, _status(interaction, private=private), private=private)


async def _status(interaction: Interaction, *, private: bool) -> CardView:
    db, scope = interaction.client.library.db, scope_of(interaction)
    channels = [scope.channel_id]
    if interaction.guild and isinstance(interaction.user, discord.Member):
        reader = interaction.user if private else interaction.guild.default_role
        followed_in = await subscriptions.channels_of(db, scope.guild_id)
        channels += readable_channels(interaction.guild, reader, followed_in)
    return status_card.status(
        status_card.Status(
            papers=await papers.count(db),
            authors=await authors.count(db),
            own_papers=await view_of(interaction).count_own(),
            backlog=await posts.backlog(db, channels, datetime.now(UTC)),
            followed=await feed_state.followed_categories(db, channels),
            feeds={feed.name: feed for feed in await feed_state.every_feed(db)},
            asks_feeds=interaction.client.announcements is not None,
            intakes=await intake_reports.latest(db),
            services=await interaction.client.outside.states(),
            fetching=await _fetching(interaction),
            vectors=await _vectors(interaction.client.library),
            behind=await operation.behind(db),
        )
    )


async def _vectors(library: Library) -> str:
    """How far the vectors of papers are, where there is a model that makes them."""
    if library.semantic is None:
        return ""
    async with library.db.read() as connection:
        missing = await vectors.count_missing(connection)
    left = f"{markdown.counted(missing, 'paper')} still to be read" if missing else "all papers are read"
    return f"**By meaning** with {markdown.safe(library.semantic.embedder.name, 60)}: {left}"


async def _fetching(interaction: Interaction) -> str:
    """Who may fetch people, where a role was chosen for that, and who chose it."""
    if interaction.guild is None:
        return ""
    chosen = await fetching_roles.of_guild(interaction.client.library.db, interaction.guild.id)
    if chosen is None:
        return ""
    by = f"as <@{chosen.person}> chose {markdown.moment(chosen.at)}"
    if interaction.guild.get_role(chosen.role_id) is None:
        return f"⚠ Everybody may fetch people from services: the role that alone might, {by}, was deleted."
    return f"Only <@&{chosen.role_id}>, and who manages channels, may fetch people from services, {by}."
