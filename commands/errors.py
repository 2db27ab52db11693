"""What people are told when something goes wrong: one plain sentence, or an id under which the log holds the rest."""

from __future__ import annotations

import logging
import secrets
from types import TracebackType

import discord
from discord import app_commands

from commands.context import PRIVATE, Interaction, UserError
from store.errors import StoreError

logger = logging.getLogger(__name__)

MAX_SENTENCE = 500
"""Characters of a sentence that is shown; Discord allows 2,000 in a message."""


async def answer_error(interaction: Interaction, error: Exception) -> None:
    """Tell the person, and only the person, what went wrong; log what is not their doing.

    The client is told with the event `answer_error`, by which `lectern try` knows an error from a reply.
    """
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, discord.HTTPException) and cause.code in _GONE:
        logger.warning("Discord takes no answer to an interaction any more: %s", cause)
        return
    sentence = _sentence(cause)
    if sentence is None:
        number = secrets.token_hex(3)
        logger.error("%s: %s failed", number, _what(interaction), exc_info=cause)
        sentence = f"Something went wrong, and is in the log as `{number}`; try again, or tell whoever runs me."
    elif isinstance(cause, StoreError):
        logger.warning("%s: %s", _what(interaction), sentence)
    interaction.command_failed = True
    interaction.client.dispatch("answer_error", interaction, sentence)
    try:
        await _send(interaction, sentence[:MAX_SENTENCE])
    except (discord.HTTPException, OSError) as failure:
        logger.warning("Could not tell a person about an error: %s", failure)


class Answering:
    """`async with Answering(interaction):` around what discord.py would not report: the callbacks of buttons."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        await answer_error(self._interaction, error)
        return True


class Suggesting:
    """`with Suggesting("author"):` around an autocomplete: without an answer the person can go on typing."""

    def __init__(self, option: str) -> None:
        self._option = option

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        logger.error("No suggestions for %s", self._option, exc_info=error)
        return True


_GONE = (10062, 10015, 40060)
"""Unknown interaction (the three seconds are over), unknown webhook (the fifteen minutes are), answered already: the
library repeats an answer whose confirmation was lost."""


def _what(interaction: Interaction) -> str:
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return f"a {interaction.type.name}"


def _sentence(cause: Exception) -> str | None:
    """The sentence for what is no fault of the program; None for what is."""
    match cause:
        case UserError():
            return str(cause)
        case StoreError() if type(cause) is not StoreError:
            return cause.__doc__
        case app_commands.CommandOnCooldown():
            return f"That was quick; please try again in {cause.retry_after:.0f} s."
        case app_commands.MissingPermissions():
            return f"You need the permission to {_words(cause.missing_permissions)} here for that."
        case app_commands.BotMissingPermissions():
            return f"I may not {_words(cause.missing_permissions)} here; an administrator can allow it."
        case app_commands.NoPrivateMessage():
            return "That works only in a server; please use it in one of its channels."
        case app_commands.CheckFailure():
            return "You may not use that here; ask an administrator of this server."
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return "That command has just changed; restart Discord, then try again."
        case app_commands.TransformerError():
            value = discord.utils.escape_markdown(str(cause.value)[:100])
            return f"I cannot read “{value}”; please check it and try again."
    return None


def _words(permissions: list[str]) -> str:
    return " and ".join(name.replace("_", " ") for name in permissions)


async def _send(interaction: Interaction, sentence: str) -> None:
    response = interaction.response
    if not response.is_done():
        await response.send_message(sentence, ephemeral=True)
    elif response.type is not discord.InteractionResponseType.deferred_channel_message:
        await interaction.followup.send(sentence, ephemeral=True)
    elif interaction.extras.get(PRIVATE):
        await interaction.edit_original_response(content=sentence)
    else:
        # What was announced to all stays public, and so does a follow-up that takes its place: something else does
        # until the person is told, then it goes.
        await interaction.edit_original_response(content="That did not work.")
        await interaction.followup.send(sentence, ephemeral=True)
        await interaction.delete_original_response()
