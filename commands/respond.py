"""How an answer reaches the person: at once where it is ready, else by editing a reply that was announced in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import discord

from commands.context import PRIVATE, Interaction
from commands.views.layout import CardView

PATIENCE_S = 1.5
"""Discord gives 3 s to a first response; half of it is left to the network."""

ACKNOWLEDGED = 40060
"""Discord's code for an interaction that has been answered."""


async def reply(interaction: Interaction, answer: Awaitable[CardView], *, private: bool = False) -> None:
    """Answer a command or button with a new message; `private` shows it to the person only."""
    task = asyncio.ensure_future(answer)
    done, _ = await asyncio.wait([task], timeout=PATIENCE_S)
    if done:
        await interaction.response.send_message(view=task.result(), ephemeral=private)
        await _improve(interaction, task.result())
        return
    # An edit can be repeated after a lost answer; a second message cannot be taken back.
    interaction.extras[PRIVATE] = private
    try:
        await interaction.response.defer(ephemeral=private, thinking=True)
    except discord.HTTPException as error:
        # The library repeats a try whose confirmation was lost; then it is announced already, and the edit goes on.
        if error.code != ACKNOWLEDGED:
            raise
    await interaction.edit_original_response(view=await task)
    await _improve(interaction, task.result())


async def _improve(interaction: Interaction, shown: CardView) -> None:
    """Put what takes longer in the place of what was ready, once it is there."""
    if shown.later and (better := await shown.later()):
        await interaction.edit_original_response(view=better)


async def turn(interaction: Interaction, answer: Awaitable[CardView]) -> None:
    """Answer a page button: whoever asked for the message turns its page, anyone else gets a copy of their own."""
    message = interaction.message
    asked = message.interaction_metadata.user.id if message and message.interaction_metadata else None
    if asked == interaction.user.id:
        await interaction.response.edit_message(view=await answer)
    else:
        await reply(interaction, answer, private=True)
