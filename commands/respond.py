"""Sending an answer: at once where it is ready in time, else by deferring the reply and editing it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import discord

from commands.context import PRIVATE, Interaction
from commands.permissions import may_write
from commands.views.layout import CardView

DEFER_AFTER_S = 1.5
"""Discord allows 3 s until the first response; half of it is left to the network."""
ALREADY_ACKNOWLEDGED = 40060
"""Discord's code for an interaction that has been answered or deferred."""


async def reply(interaction: Interaction, answer: Awaitable[CardView], *, private: bool = False) -> None:
    """Answer a command or button with a new message; `private` shows it to the person only.

    So does whoever may not write in the channel: the answer would be a message that they could not send themselves.
    """
    private = private or not may_write(interaction)
    task = asyncio.ensure_future(answer)
    done, _ = await asyncio.wait([task], timeout=DEFER_AFTER_S)
    if done:
        await interaction.response.send_message(view=task.result(), ephemeral=private)
        await _replace_later(interaction, task.result())
        return
    # An edit can be repeated after a lost answer; a second message cannot be taken back.
    interaction.extras[PRIVATE] = private
    try:
        await interaction.response.defer(ephemeral=private, thinking=True)
    except discord.HTTPException as error:
        # discord.py repeats a request whose confirmation was lost; then the reply is deferred already.
        if error.code != ALREADY_ACKNOWLEDGED:
            raise
    await interaction.edit_original_response(view=await task)
    await _replace_later(interaction, task.result())


async def _replace_later(interaction: Interaction, shown: CardView) -> None:
    if shown.replacement and (better := await shown.replacement()):
        await interaction.edit_original_response(view=better)


async def edit_or_reply(interaction: Interaction, answer: Awaitable[CardView]) -> None:
    """Answer a page button: edit the message for whoever asked for it; anyone else gets a copy of their own."""
    message = interaction.message
    asker = message.interaction_metadata.user.id if message and message.interaction_metadata else None
    if asker == interaction.user.id:
        await interaction.response.edit_message(view=await answer)
    else:
        await reply(interaction, answer, private=True)


async def reply_with(interaction: Interaction, view: CardView, *, private: bool = False) -> None:
    """Answer with a card that is ready."""
    await interaction.response.send_message(view=view, ephemeral=private)
