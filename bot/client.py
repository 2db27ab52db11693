"""The Discord client: its commands, buttons and forms, when it syncs them, and the workers that run beside them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Any, Literal

import discord
from discord import app_commands

from bot import discord_internals
from bot.division import Division
from commands import plain_text
from commands.admission import Keystrokes, admit, work_turns
from commands.buttons import StatefulItem
from commands.context import Announcements, Assistant, OutsideServices, Read, RecentlyOpened, ShownCards
from commands.errors import UserError, answer_error, answer_errors, is_refusal
from commands.hello import hello
from commands.limits import RateLimits
from commands.modals import Form, answer_form
from store.errors import DatabaseUnavailableError
from store.guilds.own_papers import Owner
from store.library import Library
from store.models import Frozen
from store.storage import app_state

logger = logging.getLogger(__name__)

UNAVAILABLE_S = 5.0
"""Seconds before a worker that waits for the database looks again; it may be a restart of PostgreSQL."""
RESTART_S = 30.0
"""Seconds before a worker that failed starts again: long enough that a fault that stays does not fill the log."""


JUST_JOINED = timedelta(hours=1)
"""How long ago the bot was invited at most, when it says hello."""


@dataclass(frozen=True)
class Worker:
    """Work that runs as long as the client does, and is cancelled when it closes.

    It waits with `Lectern.pause`, which follows a simulated clock too, unless it `waits_for_services`.
    """

    name: str
    run: Callable[[Lectern], Awaitable[None]]
    once_a: Literal["installation", "host", "process"] = "installation"
    """Where it runs once, if several processes serve an installation. What is done to a host's papers is done there."""
    waits_for_services: bool = False
    """Whether it may wait long for an answer from outside; a simulated Discord would stand still meanwhile."""


class InstalledCommands(Frozen):
    """The commands that Discord has: a hash of what it was sent, and the ids that it gave them."""

    digest: str
    ids: dict[str, int]


def commands_key(application_id: int | None) -> str:
    """Under this key the store keeps the `InstalledCommands` of an application."""
    return f"commands:{application_id}"


BEGAN = "began"
"""The key in an interaction's extras: when it came, by `perf_counter`."""
Outcome = Literal["answered", "refused", "failed"]
"""`refused` is what people are told to do otherwise; `failed` is a fault of the program."""
CommandObserver = Callable[[str, Outcome, float], None]
"""Is told of a command, how it ended, and after how many seconds."""


class Tree(app_commands.CommandTree["Lectern"]):
    """The commands, installed for guilds and for users, usable everywhere."""

    def __init__(self, client: Lectern) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

    async def interaction_check(self, interaction: discord.Interaction[Lectern], /) -> bool:
        """Called first for every command and keystroke, in the task that answers it: is it within the limits?"""
        if interaction.type is discord.InteractionType.autocomplete:
            return await self.client.keystrokes.admit(interaction)
        try:
            interaction.extras[BEGAN] = perf_counter()
            admit(interaction)
        except UserError as error:
            await answer_error(interaction, error)
            return False
        return True

    async def on_error(self, interaction: discord.Interaction[Lectern], error: app_commands.AppCommandError, /) -> None:
        """Tell the person what went wrong; errors of all commands come here."""
        await answer_error(interaction, error)
        self.client.note_command(interaction, "refused" if is_refusal(error) else "failed")

    async def sync_when_changed(self) -> bool:
        """Send the commands to Discord unless they are those that it got last; returns whether they were sent."""
        client = self.client
        payload = json.dumps([command.to_dict(self) for command in self.get_commands(type=None)], sort_keys=True)
        digest = hashlib.sha256(payload.encode()).hexdigest()
        key = commands_key(client.application_id)
        with suppress(ValueError):
            installed = InstalledCommands.model_validate_json(await app_state.get(client.library.db, key) or "")
            client.command_ids = installed.ids
            if installed.digest == digest:
                return False
        installed = InstalledCommands(digest=digest, ids={command.name: command.id for command in await self.sync()})
        client.command_ids = installed.ids
        await app_state.put(client.library.db, key, installed.model_dump_json())
        return True


class Lectern(Assistant):
    """The Discord client of Lectern; `bot.composition.make_client` gives it all that it has."""

    tree: Tree

    def __init__(
        self,
        library: Library,
        outside: OutsideServices,
        read: Read,
        limits: RateLimits,
        commands: Sequence[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu],
        buttons: Sequence[type[StatefulItem[Any, Any]]],
        forms: Sequence[type[Form[Any]]] = (),
        workers: Sequence[Worker] = (),
        announcements: Announcements | None = None,
        web_url: str | None = None,
        division: Division | None = None,
    ) -> None:
        super().__init__(
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
        )
        self.library = library
        self.outside = outside
        self.read = read
        self.announcements = announcements
        self.limits = limits
        self.work = work_turns()
        self.keystrokes = Keystrokes(self.work)
        self.recent = RecentlyOpened()
        self.command_ids = {}
        self.shown = ShownCards()
        self.drawing = asyncio.Lock()
        self.tree = Tree(self)
        for command in commands:
            self.tree.add_command(command)
        self.add_dynamic_items(*buttons)
        self._button_ids = [button.id_type for button in buttons]
        self.forms = forms
        self.web_url = web_url
        self.command_observers: list[CommandObserver] = []
        self.division = division
        if division:
            division.is_ready = self.is_ready
        """Which of the work is this process's; None where it is alone."""
        self._workers = workers
        self._tasks: list[asyncio.Task[None]] = []

    async def setup_hook(self) -> None:
        """Called once, after the login and before the first shard connects."""
        if self.division:
            await self.division.start(*await discord_internals.gateway_advice(self))
        try:
            async with self.division.turn("commands") if self.division else nullcontext():
                sent = await self.tree.sync_when_changed()
            if sent:
                logger.info("%d commands were sent to Discord", len(self.tree.get_commands(type=None)))
        except (discord.HTTPException, app_commands.CommandSyncFailure) as error:
            logger.error("Discord did not accept the commands; those it has stay as they are: %s", error)
        self._tasks = [asyncio.create_task(self.keep_running(worker)) for worker in self._workers]

    def note_command(self, interaction: discord.Interaction[Any], outcome: Outcome) -> None:
        """Tell those who count commands how one ended, and after how many seconds."""
        began, command = interaction.extras.get(BEGAN), interaction.command
        if command is not None and began is not None:
            for note in self.command_observers:
                note(command.qualified_name, outcome, perf_counter() - began)

    async def on_app_command_completion(self, interaction: discord.Interaction[Any], command: object) -> None:
        """Called by discord.py after a command has been answered."""
        self.note_command(interaction, "answered")

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Called before a shard identifies itself, of which Discord allows so many in a time."""
        if self.division:
            await self.division.turn_to_identify(shard_id or 0)
        else:
            await super().before_identify_hook(shard_id, initial=initial)

    def serves(self, owner: Owner) -> bool:
        """Whether what is done for a guild or person, beside answering, is this process's."""
        return self.division is None or self.division.serves(owner)

    def does(self, worker: str) -> bool:
        """As in `Assistant`: where it is alone, all is."""
        return self.division is None or self.division.does(worker)

    async def on_ready(self) -> None:
        """Log that the bot is connected, and take on what only a connected process can do."""
        if self.division:
            self.division.look_soon()
        logger.info("Connected as %s, in %d guilds", self.user, len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer forms, and buttons and forms that are unknown, such as those of an older version."""
        custom_id = str(dict(interaction.data or {}).get("custom_id"))
        if interaction.type is discord.InteractionType.component:
            if not any(id_type.parse(custom_id) for id_type in self._button_ids):
                await answer_error(interaction, UserError("I no longer know this button. Give its command again."))
        elif interaction.type is discord.InteractionType.modal_submit:
            async with answer_errors(interaction):
                admit(interaction)
                await answer_form(interaction, custom_id)

    async def on_message(self, message: discord.Message) -> None:
        """Answer messages that mention the bot or are written to it directly."""
        if self.user and (text := plain_text.addressed(message, self.user)) is not None:
            await plain_text.answer(self, message, text)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say hello in the system channel of a new guild, where the bot may write there."""
        joined = guild.me.joined_at
        # Discord also tells of guilds that come back after an outage.
        if joined is None or discord.utils.utcnow() - joined > JUST_JOINED:
            return
        if guild.system_channel and guild.system_channel.permissions_for(guild.me).send_messages:
            with suppress(discord.HTTPException):
                await guild.system_channel.send(view=await hello(self, guild.id))

    async def close(self) -> None:
        """Cancel the workers, then disconnect from Discord."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.division:
            await self.division.stop()
        await super().close()

    async def pause(self, seconds: float) -> None:
        """Sleep in a worker, in a simulated Discord by its clock.

        It waits for an event that never comes: simcord's clock governs listeners of discord.py but not `asyncio.sleep`.
        """
        with suppress(TimeoutError):
            await self.wait_for("lectern_pause", timeout=seconds)

    async def keep_running(self, worker: Worker) -> None:
        """Run a worker until it returns or is cancelled; start it again after an error."""
        while True:
            try:
                if self.division is None or worker.once_a == "process":
                    await worker.run(self)
                else:
                    await self.division.run(worker.name, partial(worker.run, self))
            except DatabaseUnavailableError as error:
                logger.warning("The worker %r has to wait: %s", worker.name, error)
                await self.pause(UNAVAILABLE_S)
            except Exception:
                logger.exception("The worker %r failed and starts again in %.0f s", worker.name, RESTART_S)
                await self.pause(RESTART_S)
            else:
                return
