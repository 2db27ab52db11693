"""What a command may rely on: the client that it was called through, and errors that people caused."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
from discord import app_commands

from store.library import Library
from store.models import Handle, Identifier, ParsedSource


class Recent:
    """What each person opened last, newest first; forgotten at a restart."""

    PEOPLE = 2000
    EACH = 20

    def __init__(self) -> None:
        self._opened: OrderedDict[int, deque[Handle]] = OrderedDict()

    def note(self, user_id: int, handle: Handle) -> None:
        """The person opened this."""
        opened = self._opened.setdefault(user_id, deque(maxlen=self.EACH))
        self._opened.move_to_end(user_id)
        if handle in opened:
            opened.remove(handle)
        opened.appendleft(handle)
        if len(self._opened) > self.PEOPLE:
            self._opened.popitem(last=False)

    def of(self, user_id: int) -> Sequence[Handle]:
        """Handles of papers and authors, the last one first."""
        return tuple(self._opened.get(user_id, ()))


LEDGER = "ledger"
"""The event by which whoever changed it says that there may be something to post."""

Fetch = Callable[[Sequence[Identifier]], Awaitable[ParsedSource]]
"""Asks outside services for papers by arXiv id or DOI; what they do not have is among the problems."""


class Assistant(discord.AutoShardedClient):
    """A client with an open paper store; `bot.client` makes it whole."""

    library: Library
    recent: Recent
    fetch: Fetch
    tree: app_commands.CommandTree[Any]


Interaction = discord.Interaction[Assistant]
PRIVATE = "private"
"""Among an interaction's extras: whether what was announced is shown to the person only."""


class UserError(Exception):
    """What a person did wrong: one plain sentence, with what to do next, shown only to them."""
