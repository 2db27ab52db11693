"""What a command may rely on: the client that it was called through, and the channel that it was called in."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

import discord
from discord import app_commands

from commands.limits import RateLimits
from store.guilds import own_papers
from store.guilds.own_papers import Owner
from store.guilds.subscriptions import Scope
from store.library import Library
from store.models import Fetched, Handle, Identifier, ParsedSource
from store.view import View


class RecentlyOpened:
    """What each person opened last, newest first; forgotten at a restart."""

    MAX_PEOPLE = 2000
    MAX_EACH = 20

    def __init__(self) -> None:
        self._opened: OrderedDict[int, deque[Handle]] = OrderedDict()

    def note(self, user_id: int, handle: Handle) -> None:
        """The person opened this."""
        opened = self._opened.setdefault(user_id, deque(maxlen=self.MAX_EACH))
        self._opened.move_to_end(user_id)
        if handle in opened:
            opened.remove(handle)
        opened.appendleft(handle)
        if len(self._opened) > self.MAX_PEOPLE:
            self._opened.popitem(last=False)

    def of(self, user_id: int) -> Sequence[Handle]:
        """Handles of papers and authors, the last one first."""
        return tuple(self._opened.get(user_id, ()))


OUTBOX_CHANGED = "outbox_changed"
"""The event that wakes the delivery of posts: there may be something new to post."""

Fetch = Callable[[Sequence[Identifier]], AsyncGenerator[Fetched, None]]
"""Asks outside services for papers by arXiv id or DOI; gives what they answer as it comes."""

Read = Callable[[Owner, str, bytes], Awaitable[ParsedSource]]
"""Reads what a person handed over: whose turn it takes, a name for it, and the content. Raises
`UnreadableFileError` and `NotReadError`."""


class Assistant(discord.AutoShardedClient):
    """A client with an open paper store; `bot.client` completes it."""

    library: Library
    recent: RecentlyOpened
    fetch: Fetch
    read: Read
    limits: RateLimits
    forms: Sequence[type[Any]]
    """The classes of forms, of `commands.modals`."""
    tree: app_commands.CommandTree[Any]


Interaction = discord.Interaction[Assistant]
PRIVATE = "private"
"""The key in an interaction's extras: whether its deferred reply is shown to the person only."""
PROGRESS = "progress"
"""The key in an interaction's extras: set once its deferred reply shows how far the answer is."""


def owner_of(interaction: Interaction) -> Owner:
    """Whose papers the person sees beside everybody's: the guild's, or in a direct message their own."""
    return own_papers.owner_of(interaction.guild_id, interaction.user.id)


def view_of(interaction: Interaction) -> View:
    """The papers and authors that the person may see where they ask."""
    return interaction.client.library.view(owner_of(interaction))


def scope_of(interaction: Interaction) -> Scope:
    """The channel in which somebody asks; a direct message has guild 0."""
    return Scope(interaction.guild_id or 0, interaction.channel_id or 0)
