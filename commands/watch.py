"""`/watch` and *Watch* under a paper: being told what happens to it, in the channel or by direct message."""

from __future__ import annotations

from datetime import UTC, datetime

import discord
from discord import app_commands

from commands import disambiguation, options, places, suggestions
from commands.buttons import StatefulButton
from commands.context import Interaction, owner_of, view_of
from commands.errors import UserError
from commands.permissions import is_manager, require_channel, require_manager
from commands.respond import edit_or_reply, reply
from commands.views import watch_cards
from commands.views.layout import CardView
from commands.views.watch_cards import Place, Watched
from commands.watch_ids import WatchEnd, WatchPage, WatchPaper, WatchPosted, WatchStart
from store.guilds import watches
from store.guilds.watches import Watcher
from store.models import Handle, Paper


@app_commands.command(name="watch", description="Be told what happens to a paper; or see what is watched")
@app_commands.describe(paper=options.PAPER)
@app_commands.autocomplete(paper=suggestions.suggest_papers)
async def watch_command(interaction: Interaction, paper: options.Title | None = None) -> None:
    """Answer `/watch`."""
    await reply(interaction, _asked(interaction, paper) if paper else _list(interaction), private=True)


async def _asked(interaction: Interaction, typed: str) -> CardView:
    return await _propose(interaction, await disambiguation.the_paper(interaction, typed))


async def _paper(interaction: Interaction, handle: Handle) -> Paper:
    paper = await view_of(interaction).paper(handle)
    if paper is None:
        raise UserError("That paper is no longer here.")
    return paper


async def _propose(interaction: Interaction, paper: Paper) -> CardView:
    """Ask where, if it can be watched in the channel as well as for oneself."""
    if interaction.guild_id and is_manager(interaction):
        try:
            require_channel(interaction, own_thread=False)
        except UserError:
            return await _start(interaction, paper, "me")
        return watch_cards.where(paper.title, paper.handle)
    return await _start(interaction, paper, "me")


def _watcher(interaction: Interaction, place: Place) -> Watcher:
    """Who is told; raises `UserError` where the channel is not theirs to decide for."""
    if place == "me":
        return watches.of_person(interaction.user.id)
    require_manager(interaction)
    if interaction.guild_id is None or interaction.channel_id is None:
        raise UserError("That works only in a server's channel.")
    return Watcher(owner_of(interaction), interaction.channel_id, 0)


async def _start(interaction: Interaction, paper: Paper, place: Place) -> CardView:
    watcher = _watcher(interaction, place)
    if place == "here":
        require_channel(interaction, own_thread=False)
    async with view_of(interaction).db.write() as connection:
        is_new = await watches.start(connection, watcher, paper, interaction.user.id, datetime.now(UTC))
    if place == "me" and is_new:
        await places.direct_messages(interaction, watch_cards.told_first(paper.title))
    return watch_cards.started(paper.title, place, paper.handle)


async def _list(interaction: Interaction, page: int = 0) -> CardView:
    person, owner, now = interaction.user.id, owner_of(interaction), datetime.now(UTC)
    here = Watcher(owner, interaction.channel_id or 0, 0) if interaction.guild_id else None
    async with view_of(interaction).db.read() as connection:
        found = Watched(
            here=await watches.asked_for(connection, here) if here else None,
            mine=await watches.asked_for(connection, watches.of_person(person)),
            posted=await watches.count_unasked(connection, here or watches.of_person(person), now),
            is_on=await watches.is_unasked_on(connection, owner),
            manages=is_manager(interaction),
        )
    return watch_cards.watched(found, page, interaction.client.mention("watch"))


class WatchPaperButton(StatefulButton[WatchPaper], id_type=WatchPaper):
    """Watch under a paper."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._proposed(interaction), private=True)

    async def _proposed(self, interaction: Interaction) -> CardView:
        return await _propose(interaction, await _paper(interaction, self.state.handle))


class WatchStartButton(StatefulButton[WatchStart], id_type=WatchStart):
    """Where a paper is to be watched."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._started(interaction))

    async def _started(self, interaction: Interaction) -> CardView:
        return await _start(interaction, await _paper(interaction, self.state.handle), self.state.place)


class WatchEndButton(StatefulButton[WatchEnd], id_type=WatchEnd):
    """Ends a watch, and shows the others."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._ended(interaction))

    async def _ended(self, interaction: Interaction) -> CardView:
        watcher, now = _watcher(interaction, self.state.place), datetime.now(UTC)
        paper = await view_of(interaction).paper(self.state.handle)
        title = paper.title if paper else "a paper that is no longer here"
        async with view_of(interaction).db.write() as connection:
            await watches.end(connection, watcher, self.state.handle, title, interaction.user.id, now)
        return await _list(interaction)


class WatchPageButton(StatefulButton[WatchPage], id_type=WatchPage):
    """Another page of what is watched."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, _list(interaction, self.state.page))


class WatchPostedButton(StatefulButton[WatchPosted], id_type=WatchPosted):
    """Whether what is posted is watched."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._turned(interaction))

    async def _turned(self, interaction: Interaction) -> CardView:
        if interaction.guild_id and not _manages_server(interaction):
            raise UserError(
                "That holds for the whole server. Somebody with the permission Manage Server can change it."
            )
        async with view_of(interaction).db.write() as connection:
            owner, now = owner_of(interaction), datetime.now(UTC)
            await watches.turn_unasked(connection, owner, interaction.user.id, now, on=self.state.verb == "on")
        return await _list(interaction)


def _manages_server(interaction: Interaction) -> bool:
    return isinstance(interaction.user, discord.Member) and interaction.permissions.manage_guild
