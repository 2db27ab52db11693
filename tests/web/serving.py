"""The web server on loopback, over a real store, and what a reader gets from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import feedparser

from bot.web.server import Site, listening
from bot.web.visitors import Visitors
from store.guilds import web_addresses
from store.guilds.web_addresses import Subject, WebAddress
from store.library import Library
from tests.guilds.channels import NOW

BASE = "https://papers.example.org"


@dataclass
class Answer:
    status: int
    headers: Any
    text: str

    @property
    def feed(self) -> Any:
        """As a feed reader's parser reads it, which finds nothing wrong with it."""
        found = feedparser.parse(self.text, response_headers={"content-type": self.headers["Content-Type"]})
        assert not found.bozo, found.bozo_exception
        return found


@dataclass
class Served:
    library: Library
    session: aiohttp.ClientSession
    url: str

    async def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, f"{self.url}{path}", headers=named) as response:
            return Answer(response.status, response.headers, await response.text())

    async def make(self, subject: Subject, at: datetime = NOW) -> WebAddress:
        async with self.library.db.write() as connection:
            return await web_addresses.make(connection, subject, 7, at)

    async def take_back(self, subject: Subject) -> bool:
        async with self.library.db.write() as connection:
            return await web_addresses.take_back(connection, subject)


@asynccontextmanager
async def served(path: Path, requests_a_minute: int = 1_000_000) -> AsyncIterator[Served]:
    library = await Library.open(path)
    try:
        site = Site(library, BASE, Visitors(requests_a_minute))
        async with (
            listening(site.application(), "127.0.0.1", 0) as port,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        ):
            yield Served(library, session, f"http://127.0.0.1:{port}")
    finally:
        await library.close()
