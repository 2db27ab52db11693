"""The web server of pages and feeds: an address shows what it is for, everything else is not found.

Contents are made anew for each answer, so that nothing is shown that was hidden or taken back since; those who ask at
the same moment get the same one. Readers that name the ETag which they have get no body.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web import atom, contents
from bot.web.pages import Pages
from bot.web.visitors import Visitors
from store.errors import DatabaseUnavailableError, TooBusyError, TooSlowError
from store.guilds import web_addresses
from store.guilds.web_addresses import WebAddress
from store.library import Library
from store.turns import ASKER

logger = logging.getLogger(__name__)

ANSWER_S = 10.0
"""Seconds after which a reader is told to come back, by choice: feed readers wait for about 30."""
AT_ONCE = 4
"""Answers that are made, and keys that are looked for, at the same time: commands have the rest of the machine."""
READERS = 0
"""On whose behalf the store is asked: of nobody in Discord, so that readers keep no server waiting."""
IDLE_S = 15.0
"""Seconds that a connection may be idle between two requests."""
REMEMBERED = 1_000
"""Bodies of which it is remembered since when they have been so."""
_PLAIN = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "Lectern",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class Body(NamedTuple):
    """A page or feed as it is sent; `since` is the second from which on it has been so."""

    content: bytes
    media_type: str
    policy: str | None
    etag: str
    since: datetime


class Site:
    """The pages and feeds of a library, whose public address begins with `base`."""

    def __init__(self, library: Library, base: str, visitors: Visitors) -> None:
        self._library = library
        self._base = base
        self._visitors = visitors
        self._pages = Pages()
        self._making: dict[tuple[str, bool], asyncio.Task[Body | None]] = {}
        self._looking, self._room = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._since: OrderedDict[tuple[str, bool], tuple[str, datetime]] = OrderedDict()

    def application(self) -> web.Application:
        """What an aiohttp server runs."""
        app = web.Application(middlewares=[self._guarded], client_max_size=1024)
        app.router.add_get("/p/{key}", self._page)
        app.router.add_get("/p/{key}/atom.xml", self._feed)
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count the reader's requests, bound the time, and say nothing in errors."""
        if wait := self._visitors.wait(request):
            response: web.StreamResponse = _plain(429, "Too many requests.")
            response.headers["Retry-After"] = str(math.ceil(wait))
            return response
        ASKER.set(READERS)
        try:
            async with asyncio.timeout(ANSWER_S):
                return await handler(request)
        except web.HTTPException:
            return _plain(404, "Not found.")
        except (TimeoutError, TooBusyError, TooSlowError, DatabaseUnavailableError):
            response = _plain(503, "Busy. Come back later.")
            response.headers["Retry-After"] = "60"
            return response
        except Exception:
            # Without the address, which is a secret.
            logger.exception("A page could not be made")
            return _plain(500, "Something went wrong.")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, is_feed=False)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, is_feed=True)

    async def _answer(self, request: web.Request, *, is_feed: bool) -> web.StreamResponse:
        async with self._looking, self._library.db.read() as connection:
            address = await web_addresses.by_key(connection, request.match_info["key"])
        body = await self._shared(address, is_feed) if address else None
        if body is None:
            raise web.HTTPNotFound
        response = _plain(200, "")
        if body.policy:
            response.headers["Content-Security-Policy"] = body.policy
        response.etag = body.etag
        response.last_modified = body.since
        if _has(request, body):
            response.set_status(304)
        else:
            response.body, response.content_type = body.content, body.media_type
        return response

    async def _shared(self, address: WebAddress, is_feed: bool) -> Body | None:
        """Make it, or wait for somebody else's, who asked just before."""
        key = address.key, is_feed
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(address, is_feed))
            making.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(making)

    async def _make(self, address: WebAddress, is_feed: bool) -> Body | None:
        async with self._room, asyncio.timeout(ANSWER_S):
            found = await contents.load(self._library, address)
            if found is None:
                return None
            page_url = f"{self._base}/p/{address.key}"
            feed_url = f"{page_url}/atom.xml"
            if is_feed:
                content = await asyncio.to_thread(atom.feed, found, page_url, feed_url)
            else:
                content = await asyncio.to_thread(self._pages.page, found, feed_url)
        etag = hashlib.sha256(content).hexdigest()[:32]
        since = self._known_since((address.key, is_feed), etag)
        if is_feed:
            return Body(content, atom.MEDIA_TYPE, None, etag, since)
        return Body(content, "text/html", self._pages.policy, etag, since)

    def _known_since(self, key: tuple[str, bool], etag: str) -> datetime:
        """The second from which on a body has been so, as far as this process knows; no two bodies have the same."""
        now = datetime.now(UTC).replace(microsecond=0)
        before = self._since.get(key)
        if before is None or before[0] != etag:
            since = max(now, before[1] + timedelta(seconds=1)) if before else now
            self._since[key] = etag, since
        self._since.move_to_end(key)
        if len(self._since) > REMEMBERED:
            self._since.popitem(last=False)
        return self._since[key][1]


def _has(request: web.Request, body: Body) -> bool:
    """Whether the reader has it already: by ETag, or where none is named by date (RFC 9110, 13.2.2)."""
    if request.if_none_match is not None:
        return any(one.value in (body.etag, "*") for one in request.if_none_match)
    return request.if_modified_since is not None and body.since <= request.if_modified_since


def _plain(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, headers=_PLAIN)


@asynccontextmanager
async def listening(application: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve an application as long as the block lasts; gives the port, which with 0 is a free one. Raises `OSError`.

    Requests are not logged: their addresses are secrets.
    """
    runner = web.AppRunner(application, access_log=None, keepalive_timeout=IDLE_S, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
