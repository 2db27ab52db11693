"""The log on stderr: a line for each event, without secrets, and without tracebacks for errors of the network."""

from __future__ import annotations

import asyncio
import logging

from bot.settings import Settings


class RedactingFormatter(logging.Formatter):
    """Formats records, and replaces the secrets of the settings wherever they appear."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", datefmt="%Y-%m-%d %H:%M:%S", style="{")
        self._secrets = settings.secrets()

    def format(self, record: logging.LogRecord) -> str:
        """The record as text: an error of the network in one line, any other error with its traceback."""
        error = record.exc_info[1] if record.exc_info else None
        if error and _is_of_network(error):
            record = logging.makeLogRecord(record.__dict__)
            record.exc_info = record.exc_text = None
            record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {error})", None
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


def _is_of_network(error: BaseException) -> bool:
    # Not above: loading them would take a third of a second from commands that log nothing.
    import aiohttp
    import discord

    errors = (OSError, aiohttp.ClientError, asyncio.TimeoutError, discord.ConnectionClosed, discord.HTTPException)
    return isinstance(error, errors)


def start(settings: Settings, level: int = logging.INFO) -> None:
    """Log to stderr, for the whole process."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(settings))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Their warnings are about voice, which is not used, about features that a simulated Discord lacks, and about
    # entries that cannot be read, which the import reports itself, and about TeX that lacks an argument.
    for noisy in ("discord.client", "discord.state", "bibtexparser", "pylatexenc"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
