"""What a command may rely on: the client that it was called through, and errors that people caused."""

from __future__ import annotations

import discord

from store.library import Library


class Assistant(discord.AutoShardedClient):
    """A client with an open paper store; `bot.client` makes it whole."""

    library: Library


Interaction = discord.Interaction[Assistant]


class UserError(Exception):
    """What a person did wrong: one plain sentence, with what to do next, shown only to them."""
