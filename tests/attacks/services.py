"""A small arXiv and Crossref on loopback, which know a few papers, and an address that nobody may be led to."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

from aiohttp import web

_FEED = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>"""
_ENTRY = """<entry><id>http://arxiv.org/abs/{id}v1</id><title>{title}</title><summary>{title}, studied.</summary>
<published>2026-11-20T00:00:00Z</published><updated>2026-11-20T00:00:00Z</updated><author><name>Ada Abe</name></author>
<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/></entry>"""


class Services:
    """Runs inside `async with`. `arxiv` and `crossref` hold titles by id; `led_to` counts requests to the address."""

    def __init__(self) -> None:
        self.arxiv: dict[str, str] = {}
        self.crossref: dict[str, str] = {}
        self.redirects: set[str] = set()
        """DOIs for which Crossref redirects to another host, and to another scheme."""
        self.led_to = 0
        self._port = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/arxiv", self._arxiv)
        app.router.add_get("/works/{doi:.*}", self._crossref)
        app.router.add_get("/secret", self._secret)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which the program asks here."""
        base = f"http://127.0.0.1:{self._port}"
        return {"LECTERN_ARXIV_URL": f"{base}/arxiv", "LECTERN_CROSSREF_URL": f"{base}/works"}

    @property
    def secret(self) -> str:
        """The address that nobody may be led to: the same server by another name."""
        return f"http://localhost:{self._port}/secret"

    async def _arxiv(self, request: web.Request) -> web.Response:
        wanted = request.query.get("id_list", "").split(",")
        entries = "".join(_ENTRY.format(id=i, title=escape(self.arxiv[i])) for i in wanted if i in self.arxiv)
        return web.Response(text=_FEED.format(entries=entries), content_type="application/atom+xml")

    async def _crossref(self, request: web.Request) -> web.Response:
        doi = request.match_info["doi"]
        if doi in self.redirects:
            raise web.HTTPFound(self.secret)
        if doi not in self.crossref:
            raise web.HTTPNotFound
        work = {"DOI": doi, "title": [self.crossref[doi]], "author": [{"given": "Ada", "family": "Abe"}]}
        message = work | {"type": "journal-article", "issued": {"date-parts": [[2026]]}, "indexed": {}}
        return web.Response(text=json.dumps({"status": "ok", "message": message}), content_type="application/json")

    async def _secret(self, _: web.Request) -> web.Response:
        self.led_to += 1
        return web.Response(text="secret")
