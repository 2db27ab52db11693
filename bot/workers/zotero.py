"""Compares reading lists with libraries of Zotero, each once in an interval, or as soon as somebody asks for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.client import Lectern
from commands.context import OUTBOX_CHANGED, ZOTERO_CHANGED
from seeds.http import Fetcher
from seeds.services.zotero import ZoteroLibrary
from store import ingest, own_intake
from store.errors import StoreError
from store.guilds import reading_lists, zotero_links
from store.guilds.own_additions import Addition
from store.guilds.reading_lists import TEAM
from store.guilds.zotero_links import ZoteroLink
from store.list_sync.models import RemoteItem, RemoteRefusedError, RemoteUnavailableError
from store.models import Handle, Identifier, Paper, PaperRecord, ParsedSource
from store.view import View
from store.zotero_sync import sync

logger = logging.getLogger(__name__)

IDLE_S = 60.0
"""Seconds between two looks at what is due, if nobody asks."""
RETRY = timedelta(minutes=5)
"""Until a library that could not be reached is asked again."""
FETCH_WITHIN_S = 300.0
"""Seconds for services to give the papers of one comparison; what they don't give is taken from Zotero's items."""
MOST_FETCHED = 100
"""Papers that services are asked for in one comparison; by choice, as they take some seconds each."""


_LONGEST_FAILURE = 400
"""Characters of what is told of a failure."""


@dataclass(frozen=True)
class ZoteroWorker:
    """What comparing takes; `address` is that of Zotero's service."""

    client: Lectern
    fetcher: Fetcher
    address: str
    interval: timedelta
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Compare what is due, until cancelled."""
        while True:
            await self.compare_due()
            with suppress(TimeoutError):
                await self.client.wait_for(ZOTERO_CHANGED, timeout=IDLE_S)

    async def compare_due(self) -> int:
        """Compare every list that is due once; returns how many they were."""
        async with self.client.library.db.read() as connection:
            links = [one for one in await zotero_links.due(connection, self.now()) if self.client.serves(one.owner)]
        for link in links:
            await self._compare(link)
        return len(links)

    async def _compare(self, link: ZoteroLink) -> None:
        key, now = link.api_key.get_secret_value(), self.now
        remote = ZoteroLibrary(self.fetcher, self.address, link.library, key, link.collection, now)
        papers = _Papers(self.client, link, now)
        wait, failure, stopped = self.interval, None, False
        try:
            if wrong := await sync(self.client.library.db, link, remote, papers.find, papers.load, now()):
                failure = f"Zotero does not take some items: {'; '.join(wrong)}"[:_LONGEST_FAILURE]
        except RemoteUnavailableError as error:
            wait, failure = max(RETRY, timedelta(seconds=error.wait or 0)), str(error)
        except RemoteRefusedError as error:
            failure, stopped = str(error), True
        except StoreError as error:
            failure, stopped = type(error).__doc__ or str(error), True
        wait = max([wait, *(timedelta(seconds=asked) for asked in remote.asked_to_wait)])
        if failure:
            logger.warning("Zotero %s: %s", link.library, failure)
        async with self.client.library.db.write() as connection:
            await zotero_links.schedule(connection, link.list_id, now() + wait, failure, stopped=stopped)


@dataclass(frozen=True)
class _Papers:
    """Finds the papers that items are about, and takes in those that the store lacks."""

    client: Lectern
    link: ZoteroLink
    now: Callable[[], datetime]

    @property
    def _view(self) -> View:
        return self.client.library.view(self.link.owner)

    async def load(self, handles: Sequence[Handle]) -> Mapping[Handle, Paper]:
        """The papers of these handles that can be shown, by the handles asked for."""
        view = self._view
        return {handle: paper for handle in handles if (paper := await view.paper(handle))}

    async def find(self, items: Sequence[RemoteItem]) -> Mapping[str, Paper]:
        """The papers of items, by the items' keys: of the store, from services by their ids, else as Zotero has them.

        What only Zotero knows becomes a paper of the server's own, which everybody there sees. So of a person's list on
        a server it is left out.
        """
        records = {item.key: item.record for item in items if item.record}
        found = await self._known(records)
        missing = [one for key, record in records.items() if key not in found for one in record.identifiers]
        wanted = [one for one in missing if one.scheme in ("arxiv", "doi")][:MOST_FETCHED]
        if wanted:
            await self._fetch(wanted)
            found = {**found, **await self._known({key: one for key, one in records.items() if key not in found})}
        own = {key: record for key, record in records.items() if key not in found}
        async with self.client.library.db.read() as connection:
            one = await reading_lists.by_id(connection, self.link.list_id)
        if own and (one.person == TEAM or one.owner < 0):
            addition = Addition(self.link.owner, self.link.person)
            parsed = ParsedSource(papers=tuple(own.values()))
            await own_intake.take(self.client.library.db, addition, "Zotero", parsed, self.now())
            for key, record in own.items():
                if added := await self._view.papers_added([record]):
                    found[key] = added[0]
        return found

    async def _known(self, records: Mapping[str, PaperRecord]) -> dict[str, Paper]:
        view = self._view
        named = {key: await view.papers_named(record.identifiers) for key, record in records.items()}
        return {key: papers[0] for key, papers in named.items() if len(papers) == 1}

    async def _fetch(self, wanted: Sequence[Identifier]) -> None:
        db = self.client.library.db
        try:
            async with asyncio.timeout(FETCH_WITHIN_S), aclosing(self.client.outside.papers(wanted)) as parts:
                async for part in parts:
                    if part.parsed.papers:
                        parsed = ParsedSource(papers=part.parsed.papers)
                        await ingest.take(db, "asked for", parsed, asked_by=self.link.owner)
                        self.client.dispatch(OUTBOX_CHANGED)
        except TimeoutError:
            logger.info("Services were too slow for the papers of Zotero %s", self.link.library)
