"""The Discord client: what it registers, when it tells Discord about it, and the work that runs beside the commands."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot import outside
from bot.settings import Settings
from commands.context import Assistant, Recent, UserError
from commands.errors import Answering, answer_error
from commands.modals import Form, typed_in
from seeds.http import opened
from store.library import Library
from store.storage import app_state as kept

logger = logging.getLogger(__name__)

Worker = Callable[["Lectern"], Awaitable[None]]
"""Work that runs as long as the client does, and is cancelled when it closes.

It waits with `client.pause`, which a simulated clock moves along.
"""
RESTART_S = 30.0
"""How long a worker that failed rests before it starts again."""

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    create_public_threads=True,
)
"""What the bot needs in a guild: to post papers, and to find in a channel's history what it has posted."""


def point_at(settings: Settings) -> None:
    """Set where discord.py finds Discord; it keeps this for the whole process."""
    Route.BASE = settings.discord_api
    DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway)


class Tree(app_commands.CommandTree["Lectern"]):
    """The commands, installed for guilds and for users, usable everywhere."""

    def __init__(self, client: Lectern) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

    async def on_error(self, interaction: discord.Interaction[Lectern], error: app_commands.AppCommandError, /) -> None:
        """Answer the person; the one place for errors of commands."""
        await answer_error(interaction, error)

    async def sync_when_changed(self) -> bool:
        """Tell Discord about the commands unless it was told the same before; whether it was told now."""
        client = self.client
        payload = json.dumps([command.to_dict(self) for command in self.get_commands(type=None)], sort_keys=True)
        digest = hashlib.sha256(payload.encode()).hexdigest()
        key = f"commands:{client.application_id}"
        if await kept.get(client.library.db, key) == digest:
            return False
        await self.sync()
        await kept.put(client.library.db, key, digest)
        return True


class Lectern(Assistant):
    """The assistant: an open paper store, its commands and buttons, and the workers beside them."""

    tree: Tree

    def __init__(
        self,
        settings: Settings,
        library: Library,
        commands: Sequence[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu],
        buttons: Sequence[type[discord.ui.DynamicItem[Any]]],
        workers: Sequence[Worker] = (),
        forms: Sequence[type[Form]] = (),
    ) -> None:
        super().__init__(
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
        )
        self.settings = settings
        self._writer = outside.writer(settings)
        self.library = replace(library, rewriter=self._writer)
        self.recent = Recent()
        self.tree = Tree(self)
        for command in commands:
            self.tree.add_command(command)
        self.add_dynamic_items(*buttons)
        self._known_ids = [button.__discord_ui_compiled_template__ for button in buttons]
        self._forms = forms
        self._workers = workers
        self._running: list[asyncio.Task[None]] = []
        self._open = AsyncExitStack()

    async def setup_hook(self) -> None:
        """Called once, after the login and before the first shard connects."""
        # The one fetcher of the process, so that the pauses which services ask for hold for all its requests.
        self.fetcher = await self._open.enter_async_context(opened(self.settings.user_agent))
        self.fetch = outside.fetch(self.fetcher, self.settings)
        if self._writer:
            self._open.push_async_callback(self._writer.close)
        try:
            if await self.tree.sync_when_changed():
                logger.info("Discord was told about %d commands", len(self.tree.get_commands(type=None)))
        except (discord.HTTPException, app_commands.CommandSyncFailure) as error:
            logger.error("Discord did not take the commands, it goes on with those it has: %s", error)
        self._running = [asyncio.create_task(self.keep_running(worker)) for worker in self._workers]

    async def on_ready(self) -> None:
        """Say so in the log."""
        logger.info("Connected as %s, in %d guilds", self.user, len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer forms, and what no button or form is made for, such as one that an older version has left."""
        custom_id = str(dict(interaction.data or {}).get("custom_id"))
        if interaction.type is discord.InteractionType.component:
            if not any(known.fullmatch(custom_id) for known in self._known_ids):
                await answer_error(
                    interaction, UserError("I do not know this button any more; give its command again.")
                )
        elif interaction.type is discord.InteractionType.modal_submit:
            async with Answering(interaction):
                for form in self._forms:
                    if state := form.template.fullmatch(custom_id):
                        await form.answer(interaction, state, typed_in(interaction))
                        break
                else:
                    raise UserError("I do not know this form any more; give its command again.")

    async def close(self) -> None:
        """Stop the workers where they are, then leave Discord."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._open.aclose()
        await super().close()

    async def pause(self, seconds: float) -> None:
        """Wait, in a worker, for an event that never comes.

        A listener of discord.py's is what simcord knows as a wait on purpose, whatever its length.
        """
        with suppress(TimeoutError):
            await self.wait_for("work", timeout=seconds)

    async def keep_running(self, worker: Worker) -> None:
        """Run a worker, and again after it has failed; until it comes to its end or is cancelled."""
        while True:
            try:
                await worker(self)
            except Exception:
                logger.exception("%s failed and starts again in %.0f s", worker.__qualname__, RESTART_S)
                await self.pause(RESTART_S)
            else:
                return
