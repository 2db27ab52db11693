"""`/catchup`: what came to the channels that somebody can read while they were away, by what they follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import discord
from discord import app_commands

from commands import options
from commands.addresses import CatchUpPage
from commands.context import Interaction, owner_of, view_of
from commands.errors import UserError
from commands.permissions import readable_channels
from commands.respond import reply
from commands.views import catch_up_cards
from commands.views.layout import CardView
from store.guilds import catch_up, subscriptions
from store.guilds.following import Following
from store.guilds.subscriptions import Subscription
from store.models import Handle, Paper
from store.search.matcher import FoldedPaper, is_match
from store.text.partial_dates import in_words

FIRST_TIME = timedelta(days=7)
"""How far back somebody catches up who never did: about as long as they may have been away."""


@app_commands.command(name="catchup", description="What came while you were away, in the channels that you can read")
@app_commands.describe(since="From which day on, such as 2027-03-01, 7d or yesterday; else since you last asked")
async def catchup_command(interaction: Interaction, since: options.QueryDate | None = None) -> None:
    """Answer `/catchup`."""
    await reply(interaction, _first(interaction, since), private=True)


async def _first(interaction: Interaction, since: str | None) -> CardView:
    db, now = interaction.client.library.db, datetime.now(UTC)
    owner, person = owner_of(interaction), interaction.user.id
    async with db.read() as connection:
        last = await catch_up.last_time(connection, owner, person)
    day = options.read_day_ago(since) if since else (last or now - FIRST_TIME).date()
    shown = await page(interaction, CatchUpPage(day.isoformat(), 0))
    async with db.write() as connection:
        await catch_up.note(connection, owner, person, now)
    return shown


async def page(interaction: Interaction, address: CatchUpPage) -> CardView:
    """A page of what came; raises `UserError` where that is nothing."""
    try:
        day = date.fromisoformat(address.since)
    except ValueError:
        raise UserError("That is no date. Use /catchup again.") from None
    view, person_id = view_of(interaction), interaction.user.id
    channels = await _channels(interaction)
    followed = await subscriptions.of_person(view.db, person_id)
    async with view.db.read() as connection:
        since = datetime.combine(day, time(), UTC)
        came = await catch_up.missed(connection, interaction.guild_id or 0, channels, since)
        brought = await catch_up.reasons(connection, person_id, [one.handle for one in came])
    papers = {paper.handle: paper for paper in await view.papers([one.handle for one in came])}
    if not papers:
        raise UserError(f"Nothing came since {in_words(address.since)} to the channels that you can read here.")
    mine = _mine(papers, followed, brought)
    ranked = sorted(
        (one for one in came if one.handle in papers), key=lambda one: (-len(mine[one.handle]), -len(one.channels))
    )
    return catch_up_cards.caught_up(
        catch_up_cards.CatchUp(day, ranked, papers, mine, bool(followed), bool(interaction.guild_id)), address
    )


async def _channels(interaction: Interaction) -> Sequence[int]:
    """The channels of the server that the person can read; in direct messages that one."""
    if interaction.guild is None or not isinstance(interaction.user, discord.Member):
        return [interaction.channel_id] if interaction.channel_id else []
    known = [one.id for one in (*interaction.guild.channels, *interaction.guild.threads)]
    return readable_channels(interaction.guild, interaction.user, known)


def _mine(
    papers: Mapping[Handle, Paper], followed: Sequence[Subscription], brought: Mapping[Handle, Sequence[str]]
) -> dict[Handle, list[Subscription]]:
    """What of that which somebody follows each paper is for: what brought it, and queries that it matches."""
    found = {}
    for handle, paper in papers.items():
        folded, tokens = FoldedPaper.of(paper), brought.get(handle, ())
        found[handle] = [
            one
            for one in followed
            if one.token in tokens or (not isinstance(one.query, Following) and is_match(one.query, folded))
        ]
    return found
