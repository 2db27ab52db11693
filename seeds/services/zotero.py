"""A library of Zotero by its web interface: what changed since a version, and writing items that did not change since.

pyzotero, the library for it, takes bibtexparser before 2, where Lectern needs 2. And it sleeps in its thread for as
long as a server asks, and reads answers of any length. So the few requests go through the fetcher that all services
share. Each item is sent with its key and version: one that is there in another version is refused (412), and one that
is sent twice is there once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from seeds.http import Answer, Fetcher, FetchError, Manner, UnavailableError
from seeds.json_values import items, mapping, text
from seeds.services.zotero_items import read_item, write_item
from store.list_sync.models import (
    Changes,
    RemoteChangedError,
    RemoteItem,
    RemoteRefusedError,
    RemoteUnavailableError,
    RemoteWrite,
    Written,
)

PAGE = 100
"""Items of one answer, the most that Zotero gives."""
MOST_ITEMS = 20_000
"""Items that changed since a version, more than which are no reading list."""
MOST_WRITTEN = 50
"""Items of one request, the most that Zotero takes."""
_LIBRARY = re.compile(r"(?:users|groups)/[1-9][0-9]{0,11}", re.ASCII)
_COLLECTION = re.compile(r"[A-Z0-9]{8}", re.ASCII)
_CHANGED = 412
"""The status for a library that has another version than the one that a request names."""
_CHANGED_ITEM = (404, 409, 412, 428)
"""The codes for an item, or the one that it belongs to, that is not there or has another version by now."""
_ATTEMPTS = 3
"""Times that all pages are read again because the library changed between two."""


def is_library(name: str) -> bool:
    """Whether that is how Zotero names a library: `users/123` or `groups/123`."""
    return _LIBRARY.fullmatch(name) is not None


def is_collection(key: str) -> bool:
    """Whether that is a key of a collection."""
    return _COLLECTION.fullmatch(key) is not None


@dataclass(frozen=True)
class ZoteroLibrary:
    """A library, or a collection of it, at `address`; `library` is `users/123` or `groups/123`.

    `manner` is how the service is asked. The key goes into a header of each request, and into no message.
    """

    fetcher: Fetcher
    address: str
    library: str
    key: str = field(repr=False)
    collection: str | None
    now: Callable[[], datetime]
    manner: Manner = field(default_factory=lambda: Manner(pause=0.5))
    asked_to_wait: list[float] = field(default_factory=list, repr=False)
    """The seconds of each `Backoff` that an answer had."""

    async def changes(self, since: int) -> Changes:
        """All that changed since a version; 0 for all that there is."""
        for _ in range(_ATTEMPTS):
            found, version = await self._items(since)
            if version is None:
                continue
            answer = await self._get("deleted", {"since": str(since)})
            if _version(answer) == version:
                deleted = tuple(text(key) for key in items(mapping(_body(answer)).get("items")))
                return Changes(version=version, items=tuple(found), deleted=deleted)
        raise RemoteUnavailableError("The library changes all the time.")

    async def _items(self, since: int) -> tuple[list[RemoteItem], int | None]:
        """The items that changed and the library's version, or none where it changed meanwhile."""
        found: list[RemoteItem] = []
        version: int | None = None
        start = 0
        while True:
            query = {"since": str(since), "includeTrashed": "1", "limit": str(PAGE), "start": str(start)}
            answer = await self._get("items", query)
            if version is not None and _version(answer) != version:
                return [], None
            version = _version(answer)
            bodies = items(_body(answer))
            read = (read_item(body, self.collection, f"Zotero {self.library}", self.now()) for body in bodies)
            found += [one for one in read if one]
            start += len(bodies)
            total = answer.headers.get("total-results", "")
            if not bodies or not total.isdecimal() or start >= int(total):
                return found, version
            if start > MOST_ITEMS:
                raise RemoteRefusedError(f"The library has more than {MOST_ITEMS:,} items that changed.")

    async def write(self, written: Sequence[RemoteWrite], version: int) -> Written:
        """Write items, at most 50, if the library is at that version; else raises `RemoteChangedError`."""
        bodies = [write_item(one, self.collection) for one in written]
        answer = await self._get("items", {}, bodies, {"If-Unmodified-Since-Version": str(version)})
        body = mapping(_body(answer))
        done = {**mapping(body.get("success")), **mapping(body.get("unchanged"))}
        places = [int(place) for place in done if place.isdecimal() and int(place) < len(written)]
        failed = map(mapping, mapping(body.get("failed")).values())
        problems = tuple(text(one.get("message"))[:200] for one in failed if one.get("code") not in _CHANGED_ITEM)
        keys = frozenset(written[place].key for place in places)
        return Written(keys=keys, version=_version(answer), problems=problems)

    async def _get(
        self, what: str, query: Mapping[str, str], body: object = None, condition: Mapping[str, str] | None = None
    ) -> Answer:
        headers = {"Zotero-API-Version": "3", "Zotero-API-Key": self.key, **(condition or {})}
        manner = replace(self.manner, headers=headers, busy=(_CHANGED,))
        try:
            answer = await self.fetcher.get(
                f"{self.address.rstrip('/')}/{self.library}/{what}", query, body=body, manner=manner
            )
        except UnavailableError as error:
            if f"HTTP {_CHANGED}" in str(error):
                raise RemoteChangedError("The library has just changed.") from error
            raise RemoteUnavailableError(str(error), error.wait) from error
        except FetchError as error:
            raise RemoteRefusedError(str(error)) from error
        backoff = answer.headers.get("backoff", "")
        if backoff.isdecimal():
            self.asked_to_wait.append(float(backoff))
        return answer


def _body(answer: Answer) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise RemoteUnavailableError("Zotero's answer cannot be read.") from error


def _version(answer: Answer) -> int:
    written = answer.headers.get("last-modified-version", "")
    if not written.isdecimal():
        raise RemoteUnavailableError("Zotero's answer has no version.")
    return int(written)
