"""The parts of discord.py that are not its public interface, where it has no public way; checked with 2.7.1.

`tests/bot/test_discord_internals.py` fails when one of them changes; for the last, `tests/wire/test_delivery.py`.
"""

from __future__ import annotations

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL


def set_addresses(api: str, gateway: str) -> None:
    """Set where discord.py finds Discord's REST service and gateway, for the whole process."""
    Route.BASE = api
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)


def end_global_wait(client: discord.Client) -> None:
    """Let requests pass again after one was cancelled while it waited for a global rate limit to end.

    That request alone would have ended the wait: without this, every later one waits for ever.
    """
    client.http._global_over.set()
