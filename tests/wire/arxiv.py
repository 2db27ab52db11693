"""A small arXiv on loopback: announcement feeds by RSS, and an OAI-PMH service without records."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

from aiohttp import web

_RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<channel><title>{category} updates on arXiv.org</title><link>https://rss.arxiv.org/rss/{category}</link>
<description>{category} updates on the arXiv.org e-print archive.</description>{items}</channel></rss>"""
_ITEM = """<item><title>{title}</title><link>https://arxiv.org/abs/{id}</link>
<description>arXiv:{id}v1 Announce Type: {kind}
Abstract: We study {title}.</description>
<guid isPermaLink="false">oai:arXiv.org:{id}v1</guid><category>{category}</category>
<pubDate>Fri, 20 Nov 2026 00:00:00 -0500</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>
<dc:creator>Ada Abe, Ben Berg</dc:creator></item>"""
_OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-22T00:00:00Z</responseDate>
<request verb="ListRecords">http://oaipmh.arxiv.org/oai</request>
<error code="noRecordsMatch">No records match.</error></OAI-PMH>"""


class Arxiv:
    """Runs inside `async with`. `announced` holds for a category its papers: id, title, announce type.

    Feeds are answered while `open` is set.
    """

    def __init__(self) -> None:
        self.announced: dict[str, list[tuple[str, str, str]]] = {}
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/rss/{category}", self._rss)
        app.router.add_get("/oai", self._oai)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which the program asks here."""
        return {
            "LECTERN_WATCH": "true",
            "LECTERN_RSS_URL": f"{self.url}/rss",
            "LECTERN_OAI_URL": f"{self.url}/oai",
        }

    async def _rss(self, request: web.Request) -> web.Response:
        category = request.match_info["category"]
        self.asked.append(category)
        await self.open.wait()
        items = "".join(
            _ITEM.format(id=ident, title=escape(title), kind=kind, category=category)
            for ident, title, kind in self.announced.get(category, ())
        )
        return web.Response(text=_RSS.format(category=category, items=items), content_type="application/rss+xml")

    async def _oai(self, _: web.Request) -> web.Response:
        return web.Response(text=_OAI, content_type="text/xml")
