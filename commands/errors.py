"""What people are told when something goes wrong: one plain sentence, or the number of an entry in the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import discord
from discord import app_commands

from commands.context import PRIVATE, SHOWN, Interaction
from commands.views import markdown, paper_cards
from commands.views.layout import ButtonSpec, one_button
from store.errors import StoreError, TooBusyError, TooSlowError

logger = logging.getLogger(__name__)

MAX_SENTENCE = 500
"""Characters of a sentence that is shown; Discord allows 2,000 in a message."""


class UserError(Exception):
    """Something that the person can put right: one plain sentence, with what to do next, shown only to them."""

    button: ButtonSpec | None = None
    """What helps to put it right, shown under the sentence."""


async def answer_error(interaction: Interaction, error: Exception) -> None:
    """Tell the person, and nobody else, what went wrong; log what they did not cause.

    The event `answer_error` is dispatched, by which `lectern try` tells an error from a reply.
    """
    cause = _cause(error)
    if isinstance(cause, discord.HTTPException) and cause.code in _TOO_LATE:
        logger.warning("Discord no longer takes an answer to an interaction: %s", cause)
        return
    sentence = told(cause, _what(interaction))
    interaction.command_failed = True
    interaction.client.dispatch("answer_error", interaction, sentence)
    try:
        await _send(interaction, sentence[:MAX_SENTENCE], cause.button if isinstance(cause, UserError) else None)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as failure:
        logger.warning("Could not tell a person about an error: %s", failure)


def told(error: Exception, what: str) -> str:
    """The sentence that people are told when `what` failed; what they did not cause is logged."""
    cause = _cause(error)
    sentence = _sentence(cause)
    if sentence is None:
        number = secrets.token_hex(3)
        logger.error("%s: %s failed", number, what, exc_info=cause)
        return (
            f"Something went wrong on my side. Try again; if it happens again, tell whoever runs me this number:"
            f" `{number}`."
        )
    if isinstance(cause, StoreError):
        logger.warning("%s: %s", what, sentence)
    return sentence


def is_refusal(error: Exception) -> bool:
    """Whether people are told what to do instead; else it is a fault of the program."""
    return _sentence(_cause(error)) is not None


@asynccontextmanager
async def answer_errors(interaction: Interaction) -> AsyncIterator[None]:
    """Around the callbacks of buttons and lists, whose errors discord.py would only log: `answer_error` for each."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        await answer_error(interaction, error)


@contextmanager
def log_autocomplete_errors(option: str) -> Iterator[None]:
    """Around the callback of an autocomplete: without suggestions the person can still go on typing."""
    try:
        yield
    except (TooBusyError, TooSlowError):
        logger.debug("No suggestions for %s: too much is asked", option)
    except Exception:
        logger.exception("No suggestions for %s", option)


_TOO_LATE = (10062, 10015, 40060)
"""Discord's codes for: unknown interaction (the 3 seconds are over), unknown webhook (the 15 minutes are over), and
acknowledged already (discord.py repeats an answer whose confirmation was lost)."""


def _cause(error: Exception) -> Exception:
    return error.original if isinstance(error, app_commands.CommandInvokeError) else error


def _what(interaction: Interaction) -> str:
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return f"a {interaction.type.name}"


def _sentence(cause: Exception) -> str | None:
    """The sentence to show; None for a fault of the program."""
    match cause:
        case UserError():
            return str(cause)
        case StoreError() if type(cause) is not StoreError:
            return cause.__doc__
        case app_commands.CommandOnCooldown():
            return f"That was too fast. Try again in {cause.retry_after:.0f} s."
        case app_commands.MissingPermissions():
            return f"You need the permission to {_words(cause.missing_permissions)} here. Ask an administrator for it."
        case app_commands.BotMissingPermissions():
            return f"I may not {_words(cause.missing_permissions)} here. Ask an administrator to allow it."
        case app_commands.NoPrivateMessage():
            return "That works only on a server. Use it in one of its channels."
        case app_commands.CheckFailure():
            return "You may not use that here. Ask an administrator of this server."
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return "That command has just changed. Restart Discord, then try again."
        case app_commands.TransformerError():
            return f"I cannot read “{markdown.safe(str(cause.value), 100)}”. Check it and try again."
    return None


def _words(permissions: list[str]) -> str:
    return " and ".join(name.replace("_", " ") for name in permissions)


async def _send(interaction: Interaction, sentence: str, button: ButtonSpec | None) -> None:
    response = interaction.response
    under: dict[str, Any] = {"view": one_button(button)} if button else {}
    if not response.is_done():
        await response.send_message(sentence, ephemeral=True, **under)
    elif response.type is not discord.InteractionResponseType.deferred_channel_message or interaction.extras.get(SHOWN):
        await interaction.followup.send(sentence, ephemeral=True, **under)
    elif interaction.extras.get(PRIVATE):
        # What was deferred may be a card by now, which cannot become a sentence.
        card = paper_cards.message(sentence).with_foot([button] if button else [])
        await interaction.edit_original_response(view=card, attachments=[])
    else:
        # A public deferred reply stays public, and the first follow-up would take its place. So it is filled, the
        # person is told in a private follow-up, and then it is deleted.
        await interaction.edit_original_response(view=paper_cards.message("That did not work."), attachments=[])
        await interaction.followup.send(sentence, ephemeral=True, **under)
        await interaction.delete_original_response()
