"""The log: one readable line an event on stderr, no secret in it, no traceback for a network that comes and goes."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord

from bot.settings import Settings

_OUTSIDE = (OSError, aiohttp.ClientError, asyncio.TimeoutError, discord.ConnectionClosed, discord.HTTPException)


class Lines(logging.Formatter):
    """Formats records; the secrets of the settings are replaced wherever they appear."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", datefmt="%Y-%m-%d %H:%M:%S", style="{")
        values = (settings.read_token(), settings.llm_api_key and settings.llm_api_key.get_secret_value())
        self._secrets = [value for value in values if value]

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, with what happened outside in a line and what happened in the program in full."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, _OUTSIDE):
            record = logging.makeLogRecord(record.__dict__)
            record.exc_info = record.exc_text = None
            record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {error})", None
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


def start(settings: Settings, level: int = logging.INFO) -> None:
    """Log to stderr, for the whole process."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(settings))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Below that, these tell of voice, which is not used, of what a simulated Discord has not got, and of entries that
    # cannot be read, which are among the problems of the reading.
    for noisy in ("discord.client", "discord.state", "bibtexparser"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
