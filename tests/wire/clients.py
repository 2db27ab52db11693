"""A small bot of plain discord.py, with which the server itself is tested."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from commands.admission import work_turns
from tests.wire.server import Server


class Probe(discord.AutoShardedClient):
    """Answers `/echo`, `/slow` (deferred) and `/twice`, and has a button and choices."""

    def __init__(self, zombie_after_s: float = 60.0) -> None:
        super().__init__(
            intents=discord.Intents.default(),
            guild_ready_timeout=0.1,
            heartbeat_timeout=zombie_after_s,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(self)
        self.work = work_turns()
        self.seen: list[str] = []
        self.failures: list[Exception] = []
        self.tree.add_command(app_commands.Command(name="echo", description="Says it again", callback=_echo))
        self.tree.add_command(app_commands.Command(name="slow", description="Takes its time", callback=_slow))
        self.tree.add_command(app_commands.Command(name="twice", description="Answers twice", callback=self._twice))
        self.tree.add_command(app_commands.ContextMenu(name="Shout", callback=_shout))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without the library's 5 s, which Discord wants between shards."""

    async def on_message(self, message: discord.Message) -> None:
        """Keep what it said, in order."""
        self.seen.append(message.content)

    async def _twice(self, interaction: discord.Interaction) -> None:
        """Answer, late if the channel says so, and then once more as another process would."""
        state = interaction.client.http
        for _ in range(2):
            route = Route(
                "POST",
                "/interactions/{webhook_id}/{webhook_token}/callback",
                webhook_id=interaction.id,
                webhook_token=interaction.token,
            )
            try:
                await state.request(route, json={"type": 4, "data": {"content": "once"}})
            except discord.HTTPException as error:
                self.failures.append(error)


async def _choices(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{typed}{end}", value=f"{typed}{end}") for end in ("a", "b")]


@app_commands.autocomplete(text=_choices)
async def _echo(interaction: discord.Interaction, text: str, private: bool = False) -> None:
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.TextDisplay(text))
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    row.add_item(_Again())
    view.add_item(row)
    await interaction.response.send_message(view=view, ephemeral=private)


class _Again(discord.ui.Button[discord.ui.LayoutView]):
    def __init__(self) -> None:
        super().__init__(label="Again", custom_id="again")

    async def callback(self, interaction: discord.Interaction) -> None:
        view = discord.ui.LayoutView()
        view.add_item(discord.ui.TextDisplay("clicked"))
        await interaction.response.edit_message(view=view)


async def _slow(interaction: discord.Interaction) -> None:
    await interaction.response.defer()
    await asyncio.sleep(0.05)
    await interaction.edit_original_response(content="done")


async def _shout(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(message.content.upper(), ephemeral=True)


@contextlib.asynccontextmanager
async def connected(
    client: discord.Client, server: Server, token: str | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Run the client against the server until the block ends; gives the task that runs it."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = server.api_base, yarl.URL(server.gateway_url)
    running = asyncio.create_task(client.start(token or server.world.token))
    ready = asyncio.create_task(client.wait_until_ready())
    try:
        await asyncio.wait({running, ready}, timeout=10.0, return_when=asyncio.FIRST_COMPLETED)
        yield running
    finally:
        await client.close()
        for task in (running, ready):
            task.cancel()
        await asyncio.gather(running, ready, return_exceptions=True)
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@contextlib.asynccontextmanager
async def beside(*work: Coroutine[object, object, object]) -> AsyncIterator[None]:
    """Do the work beside the block; what still runs at its end is cancelled."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def until(wanted: Callable[[], bool], timeout_s: float = 5.0) -> None:
    """Wait until a condition on the server or the client holds. Raises `TimeoutError`."""
    async with asyncio.timeout(timeout_s):
        while not wanted():  # noqa: ASYNC110 - the other side has no event for it
            await asyncio.sleep(0.01)
