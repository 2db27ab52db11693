"""What a command may rely on: the client that it was called through, and the channel that it was called in."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

import discord
from discord import app_commands

from commands.limits import RateLimits
from store.guilds import own_papers
from store.guilds.own_papers import Owner
from store.guilds.subscriptions import Scope
from store.library import Library
from store.models import DocumentNames, Fetched, Handle, Identifier, PaperRecord, ParsedSource
from store.outside import FoundPerson, Outside, PaperPage, PersonIdentifier, ServiceState
from store.preview import Heard
from store.turns import Turns
from store.view import View

T = TypeVar("T")


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


class ShownCards:
    """Which interaction last changed a message, so that what an earlier one still makes does not take its place."""

    MAX_MESSAGES = 2000

    def __init__(self) -> None:
        self._last: OrderedDict[int, int] = OrderedDict()

    def note(self, message_id: int, interaction_id: int) -> None:
        """The interaction changes the message."""
        self._last[message_id] = interaction_id
        self._last.move_to_end(message_id)
        if len(self._last) > self.MAX_MESSAGES:
            self._last.popitem(last=False)

    def is_last(self, message_id: int | None, interaction_id: int) -> bool:
        """Whether no other interaction has changed the message since."""
        return message_id is None or self._last.get(message_id, interaction_id) == interaction_id


PERSON_ASKED_FOR = "person_asked_for"
"""The event that wakes the worker that fetches the papers of people."""
PERSON_PROGRESS = "person_progress"
"""The event after each page of a person's papers, with their `PersonIntake`."""
CLUBS_CHANGED = "clubs_changed"
"""The event that wakes the worker of journal clubs."""
ZOTERO_CHANGED = "zotero_changed"
"""The event that wakes the worker that compares reading lists with libraries of Zotero."""
OUTBOX_CHANGED = "outbox_changed"
"""The event that wakes the delivery of posts: there may be something new to post."""


class OutsideServices(Protocol):
    """The services outside that know papers and people.

    They are asked within their budgets, and what they answered lately is not asked again. No method raises because of a
    service: what could not be asked is told in the answer. Every request may take `seeds.services` some seconds.
    """

    def papers(self, wanted: Sequence[Identifier]) -> AsyncGenerator[Fetched, None]:
        """Papers by their identifiers, each wanted once; gives what each request brought as it comes."""
        ...

    async def refresh(self, service: Literal["arxiv", "crossref", "s2"], wanted: Sequence[Identifier]) -> Fetched:
        """What a service says now of papers that are known, by one request."""
        ...

    async def citing(self, cited: Identifier) -> Fetched:
        """Papers that cite one, each with that one among those it cites."""
        ...

    async def papers_titled(self, title: str) -> Outside[PaperRecord]:
        """Papers whose titles are like this one, the most alike first; a paper of several services once."""
        ...

    async def people_named(self, name: str) -> Outside[FoundPerson]:
        """People of this name, the one with the most papers first, each once where services surely mean one person."""
        ...

    async def elsewhere(self, person: FoundPerson) -> tuple[FoundPerson, ...]:
        """The same person as other services know them, as far as that is sure."""
        ...

    async def person(self, identifier: PersonIdentifier, *, fresh: bool = False) -> Outside[FoundPerson]:
        """The one person with that identifier, or none; `fresh` asks again even if that is known."""
        ...

    def papers_of(
        self, identifier: PersonIdentifier, after: str | None = None, *, fresh: bool = False
    ) -> AsyncGenerator[PaperPage, None]:
        """All papers of a person, in pages, the newest first where the service can; `after` is a cursor of a page."""
        ...

    async def states(self) -> Sequence[ServiceState]:
        """How each service is doing, and what was spent on it today."""
        ...


Read = Callable[[Owner, str, bytes], Awaitable[ParsedSource | DocumentNames]]
"""Reads what a person handed over: whose turn it takes, a name for it, and the content. Raises
`UnreadableFileError` and `NotReadError`. Of a PDF it tells which paper that is."""


class Announcements(Protocol):
    """arXiv's announcements: when they come, and what was announced last. `bot.workers.arxiv_hearing` has them."""

    def first_announcements(self, *, heard: bool) -> datetime:
        """When the next ones arrive; those of today at once, where they have not been `heard`."""

    async def hear(self, categories: Collection[str]) -> Heard:
        """What was announced last in these categories; stores nothing, and never raises for a service's faults."""


class Assistant(discord.AutoShardedClient):
    """A client with an open paper store; `bot.client` completes it."""

    library: Library
    recent: RecentlyOpened
    shown: ShownCards
    drawing: asyncio.Lock
    """Held while a picture is drawn."""
    outside: OutsideServices
    read: Read
    announcements: Announcements | None
    """None where arXiv is not asked for announcements."""
    limits: RateLimits
    work: Turns
    """The turns at working on what people ask for."""
    web_url: str | None
    """With what the addresses of pages and feeds begin; None where none are served."""
    forms: Sequence[type[Any]]
    """The classes of forms, of `commands.modals`."""
    tree: app_commands.CommandTree[Any]
    command_ids: Mapping[str, int]
    """Discord's ids of the commands by their names; empty until Discord has told them."""

    def does(self, worker: str) -> bool:
        """Whether what is done once for all guilds, under this name, is this process's."""
        raise NotImplementedError

    def mention(self, name: str, permissions: discord.Permissions | None = None) -> str:
        """A slash command in a text, to click where its id is known and those with the permissions may use it.

        Without permissions, where everybody may: Discord shows nobody a command that they may not use.
        """
        command = self.tree.get_command(name)
        needed = command.default_permissions if command else None
        shown = needed is None or (permissions is not None and needed <= permissions)
        return f"</{name}:{self.command_ids[name]}>" if shown and name in self.command_ids else f"**/{name}**"


Interaction = discord.Interaction[Assistant]
PRIVATE = "private"
"""The key in an interaction's extras: whether its deferred reply is shown to the person only."""
GOING_ON = "going on"
"""The key in an interaction's extras: the sentence that its deferred reply shows until the answer is there."""
SHOWN = "shown"
"""The key in an interaction's extras: set once its deferred reply shows the answer, which no error takes away again."""


async def drawn(interaction: Interaction, draw: Callable[..., T], *arguments: object) -> T | None:
    """Draw a picture in a thread, one at a time: matplotlib is not made for several, and others need the threads.

    None while others wait: a picture takes ten times as long as the rest of its card, which says the same in words.
    """
    if interaction.client.work.is_crowded():
        return None
    async with interaction.client.drawing:
        return await asyncio.to_thread(draw, *arguments)


def owner_of(interaction: Interaction) -> Owner:
    """Whose papers the person sees beside everybody's: the guild's, or in a direct message their own."""
    return own_papers.owner_of(interaction.guild_id, interaction.user.id)


def view_of(interaction: Interaction) -> View:
    """The papers and authors that the person may see where they ask."""
    return interaction.client.library.view(owner_of(interaction))


def scope_of(interaction: Interaction) -> Scope:
    """The channel in which somebody asks; a direct message has guild 0."""
    return Scope(interaction.guild_id or 0, interaction.channel_id or 0)
