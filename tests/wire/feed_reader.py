"""A feed reader beside the chaos test: it asks for the feed of each subscription again and again, and remembers.

In the end it has to have seen every paper that a subscription was to post, each under one id, wherever the program was
killed between two answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections import defaultdict
from datetime import UTC, datetime

import aiohttp
import feedparser

from store.guilds import own_papers, subscriptions, web_addresses
from store.guilds.subscriptions import Scope
from store.guilds.web_addresses import Subject
from tests.wire.chaos_parts import NewPapers, Place

EVERY_S = 1.0
"""Seconds between two rounds; a reader may ask for each feed twice in that time."""
_TITLE = re.compile(r"Chaos study (\d{6})")


class FeedReader:
    """What was seen in each feed, by the channel and term of its subscription: the ids under which a paper was."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._paths: dict[tuple[int, str], str] = {}
        self._etags: dict[str, str] = {}
        self.seen: dict[tuple[int, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.twice = 0
        """Papers that one answer had twice."""
        self.answers = self.unchanged = 0
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.listen = f"127.0.0.1:{free.getsockname()[1]}"
        """Where the program is to serve feeds."""

    async def begin(self) -> None:
        """Give every subscription an address."""
        db, now = self._place.library.db, datetime.now(UTC)
        for channel, guild in self._place.channels:
            for one in await subscriptions.in_channel(db, Scope(guild, channel.id)):
                subject = Subject(own_papers.owner_of(guild or None, one.creator_id), "subscription", one.token)
                async with db.write() as connection:
                    address = await web_addresses.make(connection, subject, self._place.person, now)
                term = one.query.canonical().removeprefix("cat:")
                self._paths[one.target_id, term] = f"http://{self.listen}/p/{address.key}/atom.xml"

    async def read_on(self) -> None:
        """Ask for all feeds again and again, until cancelled; the program may be dead at any time."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while True:
                for number, feed in enumerate(self._paths):
                    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                        await self._read(session, number, feed, may_be_busy=True)
                await asyncio.sleep(EVERY_S)

    async def read_all(self) -> None:
        """Ask for all feeds once; raises where one cannot be had."""
        async with aiohttp.ClientSession() as session:
            for number, feed in enumerate(self._paths):
                await self._read(session, number, feed)

    async def _read(
        self, session: aiohttp.ClientSession, number: int, feed: tuple[int, str], *, may_be_busy: bool = False
    ) -> None:
        url = self._paths[feed]
        # Each feed has a reader of its own, as behind a reverse proxy.
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "If-None-Match": self._etags.get(url, '"none"')}
        async with session.get(url, headers=headers) as response:
            body, self.answers = await response.read(), self.answers + 1
            if response.status == 304:
                self.unchanged += 1
                return
            if response.status == 503 and may_be_busy:
                return
            assert response.status == 200, response.status
            self._etags[url] = response.headers["ETag"]
        parsed = feedparser.parse(body)
        assert not parsed.bozo, parsed.bozo_exception
        found = [(match[1], entry.id) for entry in parsed.entries if (match := _TITLE.search(entry.title))]
        self.twice += len(found) - len({paper for paper, _ in found})
        for paper, entry_id in found:
            self.seen[feed][paper].add(entry_id)

    def judge(self, papers: NewPapers) -> tuple[int, int]:
        """How many papers were in no feed that was to have them, and how many stood there twice or under two ids."""
        lost = sum(len(papers.of_term[term] - set(self.seen[channel, term])) for channel, term in self._paths)
        strange = sum(len(set(self.seen[channel, term]) - papers.of_term[term]) for channel, term in self._paths)
        assert not strange, "a feed has what its subscription does not match"
        doubled = sum(len(ids) - 1 for feed in self.seen.values() for ids in feed.values())
        return lost, doubled + self.twice
