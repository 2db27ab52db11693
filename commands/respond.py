"""Sending an answer: at once where it is ready in time, else by deferring the reply and editing it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing, suppress
from typing import TypeVar

import aiohttp
import discord
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random, wait_random_exponential

from commands import team_memory
from commands.context import GOING_ON, PRIVATE, SHOWN, Interaction
from commands.custom_ids import ShowInChannel
from commands.permissions import may_write
from commands.views import paper_cards
from commands.views.layout import ButtonSpec, CardView
from store.errors import DatabaseUnavailableError, TooBusyError, TooSlowError
from store.turns import working

T = TypeVar("T")
Answer = Coroutine[object, object, CardView]
"""What makes a card, which has not begun."""

DEFER_AFTER_S = 1.0
"""Discord allows 3 s until the first response; after one second people want to know what is going on."""
ALREADY_ACKNOWLEDGED = 40060
"""Discord's code for an interaction that has been answered or deferred."""


async def reply(interaction: Interaction, answer: Answer, *, private: bool = False) -> None:
    """Answer a command or button with a new message; `private` shows it to the person only.

    So does whoever may not write in the channel: the answer would be a message that they could not send themselves.
    """
    private = private or not may_write(interaction)
    patience = _patience(interaction)
    task = asyncio.ensure_future(_in_turn(interaction, answer))
    done, _ = await asyncio.wait([task], timeout=patience)
    if done:
        shown = _complete(interaction, task.result(), private)
        sent = await first_answer(
            lambda: interaction.response.send_message(view=shown, ephemeral=private, files=shown.files)
        )
        await _remember(interaction, task.result(), private)
        await _replace_later(interaction, sent.message_id if sent else None, task.result(), private)
        return
    # An edit can be repeated after a lost answer; a second message cannot be taken back.
    await _defer_reply(interaction, private)
    if sentence := interaction.extras.get(GOING_ON):
        await show_progress(interaction, sentence)
    message = await _edit(interaction, _complete(interaction, await task, private))
    await _remember(interaction, task.result(), private)
    await _replace_later(interaction, message.id, task.result(), private)


def _patience(interaction: Interaction) -> float:
    """Seconds until the answer is deferred: none where others wait already, as then every step takes longer."""
    return 0.0 if interaction.client.work.is_crowded() else DEFER_AFTER_S


async def _in_turn(interaction: Interaction, answer: Coroutine[object, object, T]) -> T:
    """Work on the answer when it is the guild's turn."""
    with closing(answer):
        async with working(interaction.client.work):
            return await answer


async def _defer_reply(interaction: Interaction, private: bool) -> None:
    interaction.extras[PRIVATE] = private
    await first_answer(lambda: interaction.response.defer(ephemeral=private, thinking=True))


@retry(
    retry=retry_if_exception_type(aiohttp.ClientConnectionError),
    wait=wait_random(0.05, 0.2),
    stop=stop_after_attempt(3),
    reraise=True,
)
async def first_answer(respond: Callable[[], Awaitable[T]]) -> T | None:
    """Give the first answer, again where its connection broke off; None where Discord had taken it already.

    discord.py repeats one that Discord did not confirm, but not one whose connection broke off. Discord takes one only.
    """
    try:
        return await respond()
    except discord.HTTPException as error:
        if error.code != ALREADY_ACKNOWLEDGED:
            raise
        return None


async def show_progress(interaction: Interaction, sentence: str) -> None:
    """Say what is going on in a reply that takes longer: at once if it is deferred, else as soon as it is.

    Where that fails, the next time will do. The sentence is markdown, in which text of others is escaped already.
    """
    interaction.extras[GOING_ON] = sentence
    if interaction.response.is_done():
        with suppress(discord.HTTPException):
            await interaction.edit_original_response(view=paper_cards.message(sentence))


async def edit_or_reply(interaction: Interaction, answer: Answer) -> None:
    """Answer a button: change the message for whoever asked for it; anyone else gets a private copy of their own."""
    message = interaction.message
    asker = message.interaction_metadata.user.id if message and message.interaction_metadata else None
    if message is None or asker != interaction.user.id:
        await reply(interaction, answer, private=True)
        return
    private = message.flags.ephemeral
    interaction.client.shown.note(message.id, interaction.id)
    patience = _patience(interaction)
    task = asyncio.ensure_future(_in_turn(interaction, answer))
    done, _ = await asyncio.wait([task], timeout=patience)
    if done:
        shown = _complete(interaction, task.result(), private)
        await edit_with(interaction, shown)
    else:
        await first_answer(interaction.response.defer)
        # The card that is being changed stays until the other is there.
        await _edit(interaction, _complete(interaction, await task, private))
    await _remember(interaction, task.result(), private)
    await _replace_later(interaction, message.id, task.result(), private)


async def _remember(interaction: Interaction, shown: CardView, private: bool) -> None:
    """The server remembers who showed a paper to a channel first."""
    if not private:
        await team_memory.note(interaction, shown)


async def _replace_later(interaction: Interaction, message_id: int | None, shown: CardView, private: bool) -> None:
    """Put what takes the card's place there, unless somebody has pressed a button of the message meanwhile.

    Where the store is too busy for it, or cannot be reached, the card stays as it is.
    """
    while shown.replacement:
        try:
            better = await shown.replacement()
        except (TooBusyError, TooSlowError, DatabaseUnavailableError):
            return
        if better is None:
            return
        if not interaction.client.shown.is_last(message_id, interaction.id):
            return
        await _edit(interaction, _complete(interaction, better, private))
        shown = better


@retry(
    retry=retry_if_exception_type(aiohttp.ClientConnectionError),
    wait=wait_random_exponential(multiplier=0.5, max=5),
    stop=stop_after_attempt(4),
    reraise=True,
)
async def _edit(interaction: Interaction, shown: CardView) -> discord.InteractionMessage:
    """Show the card in place of what the reply showed, and its pictures in place of those.

    discord.py repeats a request that was answered with an error, but not one whose connection broke off.
    """
    message = await interaction.edit_original_response(view=shown, attachments=shown.files)
    interaction.extras[SHOWN] = True
    return message


def _complete(interaction: Interaction, shown: CardView, private: bool) -> CardView:
    """The card with the way back, and where only the person sees it, with a button that shows it to the channel."""
    buttons = []
    if address := shown.address:
        if back := address.back:
            buttons.append(ButtonSpec("← Back", back))
        if private and not address.personal and interaction.guild_id and may_write(interaction):
            buttons.append(ButtonSpec("Show in channel", ShowInChannel(str(address.alone()))))
    return shown.with_foot(buttons)


async def reply_with_file(
    interaction: Interaction, answer: Coroutine[object, object, tuple[str, discord.File]]
) -> None:
    """Answer a command with a sentence and a file, which the person sees alone."""
    await _defer_reply(interaction, private=True)
    told, file = await _in_turn(interaction, answer)
    await interaction.edit_original_response(content=told, attachments=[file])


async def reply_with(interaction: Interaction, view: CardView, *, private: bool = False) -> None:
    """Answer with a card that is ready."""
    await first_answer(lambda: interaction.response.send_message(view=view, ephemeral=private, files=view.files))


async def edit_with(interaction: Interaction, view: CardView) -> None:
    """Change the message of a button to a card that is ready."""
    await first_answer(lambda: interaction.response.edit_message(view=view, attachments=view.files))
