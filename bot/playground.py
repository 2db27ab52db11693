"""The real client in a simulated Discord, served to a browser on loopback; its clock moves with real time."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
import webbrowser
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from bot.assembly import assemble
from bot.running import APPLICATION_KEY, CannotRunError
from bot.settings import Settings
from bot.simulation import Scene, simulated
from bot.transfer import furnish
from store import papers
from store import settings as kept
from store.library import Library

if TYPE_CHECKING:
    import simcord

logger = logging.getLogger(__name__)

Say = Callable[[str], None]

WELCOME = """\
Lectern runs in a simulated Discord, on this machine only, with {papers:,} papers from {db}
  {url}
Type / in the page: /author name:zehan qui   /paper title:webrl   /help
You are Ada, an administrator, or Max, a member: choose in the page. The channels are #lounge and #papers.
Ctrl-C ends it; what you did is kept in the store."""
FOREIGN = (
    "This store serves a bot in Discord, to which its posts are left; for posts here, name another store with --db."
)
TICK_S = 1.0


async def play(settings: Settings, *, port: int, show: bool, say: Say) -> None:
    """Serve the playground until SIGINT or SIGTERM. `port` 0 takes any that is free. Raises `CannotRunError`."""
    import simcord

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    library = await Library.open(settings.db)
    try:
        await furnish(library)
        foreign = await kept.get(library.db, APPLICATION_KEY) is not None
        client = assemble(settings, library, with_workers=not foreign)
        async with simulated(client) as scene, _page(scene, port) as preview:
            say(WELCOME.format(papers=await papers.count(library.db), db=settings.db, url=preview.url))
            if foreign:
                say(FOREIGN)
            if show:
                webbrowser.open(preview.url)
            clock = asyncio.create_task(_keep_time(scene.env, preview))
            await _first(stopped.wait(), preview.wait_closed(), clock)
    except simcord.SetupError as error:
        raise CannotRunError(f"The simulated Discord cannot start: {error}.") from error
    finally:
        await library.close()


def _page(scene: Scene, port: int) -> simcord.Preview:
    return scene.env.preview(scene.channels["lounge"], viewers=[scene.admin, scene.member], layout="channel", port=port)


async def _first(*waits: Coroutine[Any, Any, Any] | asyncio.Task[None]) -> None:
    """Wait for one of them, and cancel the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _keep_time(env: simcord.Env, preview: simcord.Preview) -> None:
    """Move the simulated clock along with the real one, and show what the bot did by itself."""
    import simcord

    turn = asyncio.Lock()
    act = preview._action

    async def act_in_turn(*args: Any) -> Any:
        async with turn:
            return await act(*args)

    # A click that arrives while time moves would be refused as an overlap; it waits its turn instead.
    vars(preview)["_action"] = act_in_turn
    reached = time.perf_counter()
    while True:
        await asyncio.sleep(TICK_S)
        async with turn:
            seen, now = len(env.backend.transcript), time.perf_counter()
            try:
                await env.advance_time(now - reached)
                reached = now
                if len(env.backend.transcript) != seen:
                    await preview.refresh()
            except simcord.SetupError:
                logger.debug("The page was busy; the time that it took is made up for at the next tick")
            except TimeoutError as error:
                reached = now
                logger.warning("Work beside the commands takes long: %s", error)
