"""The whole program put together: the client with its commands, buttons and workers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.client import Lectern, Worker
from bot.settings import Settings
from bot.workers.tasks import deliver, watch, watch_folder
from commands.registry import BUTTONS, COMMANDS, FORMS
from store.library import Library

WORKERS: tuple[Worker, ...] = (deliver, watch, watch_folder)
"""What runs beside the commands."""


def assemble(settings: Settings, library: Library, workers: Sequence[Worker] = WORKERS) -> Lectern:
    """The client, ready to be started; the library stays the caller's to close."""
    return Lectern(settings, library, COMMANDS, BUTTONS, workers, FORMS)
