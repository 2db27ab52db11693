"""The two servers that the settings ask for: pages and feeds, and figures and health."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from bot.client import Lectern
from bot.errors import CannotRunError
from bot.settings import Settings, host_and_port

logger = logging.getLogger(__name__)

MISSING = (
    "LECTERN_WEB and LECTERN_METRICS need packages that are not installed: {missing}."
    " Install them with: pip install 'lectern[web]'"
)


@asynccontextmanager
async def web_servers(settings: Settings, client: Lectern, *, shared: bool = False) -> AsyncIterator[Sequence[int]]:
    """Serve what the settings ask for as long as the block lasts; gives the ports. Raises `CannotRunError`.

    If `shared`, another process of this host may serve the same at the same address.
    """
    if settings.web is None and settings.metrics is None:
        yield []
        return
    # Packages and templates take some 50 ms to load.
    wanted = await asyncio.to_thread(_applications, settings, client)
    from bot.web.server import listening

    async with AsyncExitStack() as open_ones:
        ports = []
        for application, address, what in wanted:
            try:
                port = await open_ones.enter_async_context(listening(application, *host_and_port(address)))
            except OSError as error:
                if shared and error.errno == errno.EADDRINUSE:
                    logger.info("%s are served on %s by another process", what, address)
                    continue
                raise CannotRunError(f"No server can listen on {address}: {error.strerror or error}.") from error
            logger.info("%s are served on %s", what, address)
            ports.append(port)
        yield ports


def _applications(settings: Settings, client: Lectern) -> list[tuple[web.Application, str, str]]:
    """What is to be served, where, and what it is in words."""
    try:
        from bot.web.operations import application as operations
        from bot.web.server import Site
        from bot.web.visitors import Visitors
    except ImportError as error:
        raise CannotRunError(MISSING.format(missing=error.name)) from error
    wanted = []
    if settings.web is not None:
        site = Site(client.library, settings.public_web_url, Visitors())
        wanted.append((site.application(), settings.web, "Pages and feeds"))
    if settings.metrics is not None:
        wanted.append((operations(client), settings.metrics, "Figures and health"))
    return wanted
