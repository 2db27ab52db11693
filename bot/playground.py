"""The real client in a simulated Discord, served to a browser on loopback; its clock moves with real time."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
import webbrowser
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from bot.assembly import assemble
from bot.running import APPLICATION_KEY
from bot.settings import Settings
from bot.simulation import ADMIN, MEMBER, Scene, simulated
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
You are {admin}, an administrator, or {member}, a member; choose in the page. The channels are #papers and #lounge.
Ctrl-C ends it; what you did is kept in the store."""
FOREIGN = "This store belongs to a bot that runs in Discord: its posts are left to that bot. For posts here, name another: --db"


async def play(settings: Settings, *, port: int, show: bool, say: Say) -> None:
    """Serve the playground until SIGINT or SIGTERM. `port` 0 takes any that is free."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    library = await Library.open(settings.db)
    try:
        await furnish(library)
        foreign = await kept.get(library.db, APPLICATION_KEY) is not None
        client = assemble(settings, library, with_workers=not foreign)
        async with simulated(client) as scene:
            await _serve(scene, port, stopped, say=say, show=show, settings=settings, count=await papers.count(library.db))
    finally:
        await library.close()
