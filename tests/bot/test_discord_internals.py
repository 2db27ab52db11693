"""The private parts of discord.py that are used, each by what it does.

`end_global_wait` is tested against a server in `tests/wire/test_delivery.py`.
"""

from __future__ import annotations

from importlib import metadata

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import discord_internals


def test_the_version_is_one_that_was_checked() -> None:
    assert metadata.version("discord.py") == "2.7.1", "read bot/discord_internals.py again beside the new discord.py"


def test_requests_and_the_gateway_go_to_the_addresses_that_are_set() -> None:
    before = Route.BASE, str(DiscordWebSocket.DEFAULT_GATEWAY)
    try:
        discord_internals.set_addresses("http://127.0.0.1:1/api", "ws://127.0.0.1:1/gateway")
        assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/users/@me"
        assert yarl.URL("ws://127.0.0.1:1/gateway") == DiscordWebSocket.DEFAULT_GATEWAY
    finally:
        discord_internals.set_addresses(*before)
