"""`lectern playground`: the real client in a simulated Discord, on pages in a browser; its clock follows real time."""

from __future__ import annotations

import asyncio
import logging
import time
import webbrowser
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.client import Lectern, Tree, Worker
from bot.composition import make_client, make_workers, open_services
from bot.errors import CannotRunError
from bot.import_export import import_bundled_documents
from bot.library_opening import open_library
from bot.run import APPLICATION_KEY, on_stop_signal
from bot.settings import Settings
from bot.simulator import simcord_internals, small_talk
from bot.simulator.services import library as made_library
from bot.simulator.services import server as made_server
from bot.simulator.simulation import Scene, simulated
from bot.web.opening import web_servers
from commands.errors import is_refusal
from commands.help import to_type
from commands.views.markdown import counted
from store import examples
from store.catalog import papers
from store.library import Library
from store.storage import app_state

if TYPE_CHECKING:
    import simcord

logger = logging.getLogger(__name__)

Say = Callable[[str], None]

WELCOME = """\
Lectern runs in a simulated Discord, on this machine only, with {papers} from {db}
{addresses}
Type / in the page: {examples}
You are Ada, an administrator, or Max, a member: choose in the page.
Ctrl-C ends it; what you did is kept in the store."""
SERVES_DISCORD = (
    "This store serves a bot in Discord, which posts its papers. To see posts here, name another store with --db."
)
MADE_SERVICES = "Services are made up, and so is what they know: try /author Ada Example, a name of three people."
TICK_S = 1.0
"""Seconds between two moves of the simulated clock."""


@dataclass
class Window:
    """The page of a channel. `stale` where something has happened since it was last shown."""

    name: str
    preview: simcord.Preview
    stale: bool = False

    @property
    def url(self) -> str:
        """The address of the page; whoever has it can act there."""
        return self.preview.url


async def play(settings: Settings, *, port: int, show: bool, say: Say, made_services: bool = False) -> None:
    """Serve the playground until SIGINT or SIGTERM. `port` 0 takes any that is free. Raises `CannotRunError`.

    With `made_services` nothing is asked of the network.
    """
    import simcord

    try:
        async with AsyncExitStack() as beside:
            if made_services:
                made = await beside.enter_async_context(made_server.serve(made_library.make()))
                settings = settings.model_copy(update={**made.settings, **made.feeds})
                say(MADE_SERVICES)
            await _play(settings, port, show=show, say=say)
    except simcord.SetupError as error:
        raise CannotRunError(f"The simulated Discord cannot start: {error}.") from error


async def _play(settings: Settings, port: int, *, show: bool, say: Say) -> None:
    stopped = asyncio.Event()
    async with open_library(settings) as library, open_services(settings, library) as services:
        await import_bundled_documents(library)
        serves_discord = await app_state.get(library.db, APPLICATION_KEY) is not None
        workers = [] if serves_discord else make_workers(settings, library, services)
        client = make_client(settings, library, services, [one for one in workers if not one.waits_for_services])
        outside = [one for one in workers if one.waits_for_services]
        with on_stop_signal(stopped.set):
            async with web_servers(settings, client), served(client, port, outside) as windows:
                say(await _welcome(library, settings.db, windows))
                if serves_discord:
                    say(SERVES_DISCORD)
                if show:
                    webbrowser.open(windows[0].url)
                await _first(stopped.wait(), *(window.preview.wait_closed() for window in windows))


async def _welcome(library: Library, db: Path, windows: Sequence[Window]) -> str:
    """What the terminal shows; its examples are for what the store holds."""
    typed = to_type(await examples.choose(library.view()))
    return WELCOME.format(
        papers=counted(await papers.count(library.db), "paper"),
        db=db,
        addresses="\n".join(f"  {window.name:<16} {window.url}" for window in windows),
        examples="   ".join([*(typed[name].strip("`") for name in ("author", "paper") if name in typed), "/help"]),
    )


@asynccontextmanager
async def served(client: Lectern, port: int = 0, outside: Sequence[Worker] = ()) -> AsyncIterator[Sequence[Window]]:
    """Run the client in a simulated Discord with a page for each channel, as long as the block lasts.

    `outside` are workers that wait for services. If the client ran them, simulated time and every command would stand
    still until the service answers.
    """
    simcord_internals.keep_markdown_parsers()
    async with simulated(client) as scene, AsyncExitStack() as pages:
        _mark_only_faults(client.tree)
        small_talk.hear_everything(client, scene.env)
        windows = [
            Window(name, await pages.enter_async_context(_page(scene, channel, port and port + at)))
            for at, (name, channel) in enumerate(_places(scene))
        ]
        await small_talk.say_hello(client, scene, {window.name: window.url for window in windows})
        beside = [asyncio.create_task(client.keep_running(worker)) for worker in outside]
        beside.append(asyncio.create_task(_keep_time(scene.env, windows)))
        try:
            yield windows
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


def _places(scene: Scene) -> list[tuple[str, simcord.ChannelHandle]]:
    return [*((f"#{name}", channel) for name, channel in scene.channels.items()), ("direct messages", scene.direct)]


def _page(scene: Scene, channel: simcord.ChannelHandle, port: int) -> simcord.Preview:
    viewers = [scene.admin, scene.member] if channel.guild else [scene.admin.user]
    return simcord_internals.add_preview(scene.env, channel, viewers, port)


def _mark_only_faults(tree: Tree) -> None:
    """Let the pages' red badge count faults of the program only; simcord counts every error of a command."""
    record_and_answer = tree.on_error

    async def on_error(interaction: discord.Interaction[Lectern], error: app_commands.AppCommandError, /) -> None:
        if is_refusal(error):
            await Tree.on_error(tree, interaction, error)
        else:
            await record_and_answer(interaction, error)

    tree.error(on_error)


def _mark_stale(acting: Window, windows: Sequence[Window]) -> None:
    for window in windows:
        window.stale |= window is not acting


async def _first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Wait until one of them ends, and cancel the others."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _keep_time(env: simcord.Env, windows: Sequence[Window]) -> None:
    """Move the simulated clock along with the real one, and show on the pages what the bot did by itself."""
    import simcord

    turn = asyncio.Lock()
    for window in windows:
        simcord_internals.take_turns(env, window.preview, turn, partial(_mark_stale, window, windows))
        simcord_internals.show_real_time(window.preview)
    reached = time.perf_counter()
    while True:
        await asyncio.sleep(TICK_S)
        async with turn:
            seen, now = len(env.backend.transcript), time.perf_counter()
            try:
                await env.advance_time(now - reached)
                reached = now
                for window in windows:
                    if window.stale or len(env.backend.transcript) != seen:
                        await window.preview.refresh()
                        window.stale = False
            except simcord.SetupError:
                logger.debug("A page was busy; the next tick moves the clock by this one's time too")
            except TimeoutError as error:
                reached = now
                logger.warning("A worker takes long: %s", error)
            except Exception:
                reached = now
                logger.exception("The simulated clock could not be moved; it goes on at the next tick")
