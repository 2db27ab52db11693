"""The real client in a simulated Discord, served to a browser on loopback; its clock moves with real time."""

from __future__ import annotations

import asyncio
import logging
import time
import webbrowser
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.client import Lectern, Worker
from bot.composition import make_client, make_workers, open_library, open_services
from bot.errors import CannotRunError
from bot.import_export import furnish
from bot.run import APPLICATION_KEY, on_stop_signal
from bot.settings import Settings
from bot.simulator.simulation import Scene, simulated
from store.catalog import papers
from store.storage import app_state

if TYPE_CHECKING:
    import simcord

logger = logging.getLogger(__name__)

Say = Callable[[str], None]

WELCOME = """\
Lectern runs in a simulated Discord, on this machine only, with {papers:,} papers from {db}
{addresses}
Type / in the page: /author name:zehan qui   /paper title:webrl   /help
You are Ada, an administrator, or Max, a member: choose in the page.
Ctrl-C ends it; what you did is kept in the store."""
FOREIGN = (
    "This store serves a bot in Discord, to which its posts are left; for posts here, name another store with --db."
)
TICK_S = 1.0


@dataclass
class Window:
    """A channel in the browser. `stale` where more has happened than its page shows."""

    preview: simcord.Preview
    stale: bool = False

    @property
    def url(self) -> str:
        """The address of the page; whoever knows it can act there."""
        return self.preview.url

    @property
    def channel(self) -> str:
        """The channel's name."""
        return self.preview.channel.name or ""


async def play(settings: Settings, *, port: int, show: bool, say: Say) -> None:
    """Serve the playground until SIGINT or SIGTERM. `port` 0 takes any that is free. Raises `CannotRunError`."""
    import simcord

    stopped = asyncio.Event()
    try:
        async with open_library(settings) as library, open_services(settings) as services:
            await furnish(library)
            foreign = await app_state.get(library.db, APPLICATION_KEY) is not None
            workers = [] if foreign else make_workers(settings, library, services)
            client = make_client(library, services, [one for one in workers if not one.waits_for_services])
            outside = [one for one in workers if one.waits_for_services]
            with on_stop_signal(stopped.set):
                async with served(client, port, outside) as windows:
                    addresses = "\n".join(f"  #{window.channel:<8} {window.url}" for window in windows)
                    say(WELCOME.format(papers=await papers.count(library.db), db=settings.db, addresses=addresses))
                    if foreign:
                        say(FOREIGN)
                    if show:
                        webbrowser.open(windows[0].url)
                    await _first(stopped.wait(), *(window.preview.wait_closed() for window in windows))
    except simcord.SetupError as error:
        raise CannotRunError(f"The simulated Discord cannot start: {error}.") from error


@asynccontextmanager
async def served(client: Lectern, port: int = 0, outside: Sequence[Worker] = ()) -> AsyncIterator[Sequence[Window]]:
    """Run the client in a simulated Discord with a page for each channel, as long as the block lasts.

    `outside` are workers that wait for the world: run by the client, they would hold up simulated time and every
    command for as long as a service does not answer.
    """
    async with simulated(client) as scene, AsyncExitStack() as pages:
        windows = [await _window(scene, name, port and port + at, pages) for at, name in enumerate(scene.channels)]
        beside = [asyncio.create_task(client.keep_running(worker)) for worker in outside]
        beside.append(asyncio.create_task(_keep_time(scene.env, windows)))
        try:
            yield windows
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def _window(scene: Scene, name: str, port: int, pages: AsyncExitStack) -> Window:
    """Serve one channel. simcord knows one page at a time; it is given the one that acts."""
    viewers = [scene.admin, scene.member]
    scene.env._preview = None
    preview = scene.env.preview(scene.channels[name], viewers=viewers, layout="channel", port=port)
    return Window(await pages.enter_async_context(preview))


async def _first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Wait for one of them, and cancel the others."""
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
    """Move the simulated clock along with the real one, and show what the bot did by itself."""
    import simcord

    turn = asyncio.Lock()
    for window in windows:
        _take_turns(env, window, windows, turn)
        _count_from_now(window.preview)
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
                logger.debug("A page was busy; the time that it took is made up for at the next tick")
            except TimeoutError as error:
                reached = now
                logger.warning("Work beside the commands takes long: %s", error)
            except Exception:
                reached = now
                logger.exception("The simulated clock tripped and goes on")


def _take_turns(env: simcord.Env, window: Window, windows: Sequence[Window], turn: asyncio.Lock) -> None:
    """Let a click wait while time moves: simcord would refuse it as an overlap."""
    act = window.preview._action

    async def act_in_turn(*args: Any) -> Any:
        async with turn:
            env._preview = window.preview
            for other in windows:
                other.stale |= other is not window
            return await act(*args)

    vars(window.preview)["_action"] = act_in_turn


def _count_from_now(preview: simcord.Preview) -> None:
    """Let a page say how long ago something was by the real clock, which the store has too."""
    publish = preview._publish

    def publish_now(*args: Any, **options: Any) -> None:
        preview.capture_time = datetime.now(UTC)
        publish(*args, **options)

    vars(preview)["_publish"] = publish_now
