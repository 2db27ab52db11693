"""The whole program put together: the client with its commands, buttons and workers."""

from __future__ import annotations

from bot.client import Lectern, Worker
from bot.settings import Settings
from bot.workers import deliver, watch, watch_folder
from commands.registered import BUTTONS, COMMANDS
from store.library import Library

WORKERS: tuple[Worker, ...] = (deliver, watch, watch_folder)
"""What runs beside the commands."""


def assemble(settings: Settings, library: Library, *, with_workers: bool = True) -> Lectern:
    """The client, ready to be started; the library stays the caller's to close."""
    return Lectern(settings, library, COMMANDS, BUTTONS, WORKERS if with_workers else ())
