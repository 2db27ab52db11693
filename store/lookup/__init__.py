"""Look-up of papers by title and authors by name, however they are typed.

`Lookup` is all that others need, beside `store.lookup.index.writer` for whoever changes papers or authors.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from store.lookup import fallback
from store.lookup.author_title_query import told
from store.lookup.cascade import MAX_QUERY, MAX_WORDS, Found, Search
from store.lookup.hydrate import Filters, alias_of, ids_of, papers_of, rows_of
from store.lookup.index.fields import AUTHORS, TITLES, Kind, KindName
from store.lookup.index.lifecycle import Upkeep
from store.lookup.index.posting_lists import Postings
from store.lookup.index.reader_pool import Readers
from store.lookup.index.snapshot import Memory, Progress
from store.models import Frozen, Handle, Hit
from store.storage.database import Database
from store.text.normalize import fold, words

__all__ = ["Filters", "Lookup", "Understanding"]

T = TypeVar("T")

_FILTERED_FROM = 1_000
"""Hits from which filters choose."""
_MAX_RECENT = 50


class Understanding(Frozen):
    """A word of a query that no text holds, and the words that people may have meant, the likeliest first."""

    word: str
    closest: tuple[str, ...]


class Lookup:
    """Look-ups over one store, off the event loop. Made by `open`."""

    def __init__(self, db: Database, progress: Progress) -> None:
        self._readers = Readers(db.path)
        self._upkeep: dict[KindName, Upkeep] = {
            kind.name: Upkeep(kind, db, self._readers, progress) for kind in (TITLES, AUTHORS)
        }

    @classmethod
    async def open(
        cls, db: Database, progress: Callable[[str, int, int], None] | None = None, *, wait: bool = True
    ) -> Lookup:
        """Load the parts in memory, and build what is missing or damaged in the file.

        `progress` is told what is done, how far it is and of how much. Without `wait`, building goes on in the
        background, and look-ups go a plainer way until it is done.
        """
        lookup = cls(db, progress or (lambda what, done, total: None))
        try:
            for upkeep in lookup._upkeep.values():
                await upkeep.load()
            for upkeep in lookup._upkeep.values():
                upkeep.begin()
            for upkeep in lookup._upkeep.values():
                if wait and not upkeep.usable:
                    await upkeep.ready()
        except BaseException:
            await lookup.close()
            raise
        return lookup

    async def ready(self) -> None:
        """Wait until nothing is being built, checked or written; raises what went wrong."""
        await asyncio.gather(*(upkeep.ready() for upkeep in self._upkeep.values()))

    async def close(self) -> None:
        """Break off what is being built, wait for running look-ups, and let go of the file."""
        for upkeep in self._upkeep.values():
            await upkeep.close()
        await self._readers.close()

    async def titles(
        self,
        query: str,
        limit: int = 25,
        filters: Filters | None = None,
        *,
        recent: Sequence[Handle] = (),
        guild_id: int | None = None,
    ) -> list[Hit]:
        """The papers whose titles answer the query best, best first.

        `recent` are papers used last, which come first among equals; `guild_id` names whose aliases count.
        """
        return await self._asked(TITLES, lambda c: self._look_up(c, TITLES, query, limit, filters, recent, guild_id))

    async def authors(
        self, query: str, limit: int = 25, *, recent: Sequence[Handle] = (), guild_id: int | None = None
    ) -> list[Hit]:
        """The authors whose names answer the query best, best first; the rest as for `titles`."""
        return await self._asked(AUTHORS, lambda c: self._look_up(c, AUTHORS, query, limit, None, recent, guild_id))

    async def told(self, query: str, limit: int = 25) -> list[Hit]:
        """The papers that the query tells by an author, words of the title and a year, best first.

        For queries that `titles` has no good answer to.
        """
        return await self._asked(TITLES, lambda c: self._tell(c, query, limit))

    async def understanding(self, query: str, kind: KindName = "title") -> list[Understanding]:
        """For each word of the query that nothing holds: the closest words that something holds."""
        return await self._asked(AUTHORS if kind == "author" else TITLES, lambda c: self._understand(c, query, kind))

    async def _asked(self, kind: Kind, function: Callable[[sqlite3.Connection], T]) -> T:
        answer = await self._readers.run(function)
        self._upkeep[kind.name].look_after()
        return answer

    def _look_up(
        self,
        connection: sqlite3.Connection,
        kind: Kind,
        query: str,
        limit: int,
        filters: Filters | None,
        recent: Sequence[Handle],
        guild_id: int | None,
    ) -> list[Hit]:
        wanted = max(limit, _FILTERED_FROM) if filters else limit
        alias = alias_of(connection, kind, query, guild_id)
        used = ids_of(connection, kind, recent[:_MAX_RECENT])

        def search(memory: Memory) -> list[Found]:
            one = Search(query, memory, Postings(connection, kind), wanted, used)
            return one.among(papers_of(connection, filters.author)) if filters and filters.author else one.run()

        memory = self._upkeep[kind.name].memory(connection)
        try:
            found = search(memory) if memory else fallback.look_up(connection, kind, query, wanted)
        except sqlite3.DatabaseError as error:
            self._upkeep[kind.name].failed(error)
            found = fallback.look_up(connection, kind, query, wanted)
        rows = rows_of(connection, kind, [*alias, *(f.id for f in found)], filters)
        hits = _hits((f for f in found if f.id not in alias), rows)
        chosen = [Hit(handle=rows[id_][0], text=rows[id_][1], score=1.0) for id_ in alias if id_ in rows]
        return [*chosen, *hits][:limit]

    def _tell(self, connection: sqlite3.Connection, query: str, limit: int) -> list[Hit]:
        titles, names = (self._upkeep[kind.name].memory(connection) for kind in (TITLES, AUTHORS))
        found = told(connection, query, titles, names, limit) if titles and names else []
        return _hits(found, rows_of(connection, TITLES, [f.id for f in found], None))

    def _understand(self, connection: sqlite3.Connection, query: str, kind: KindName) -> list[Understanding]:
        memory = self._upkeep[kind].memory(connection)
        if memory is None:
            return []
        said = []
        for word in dict.fromkeys(words(fold(query[:MAX_QUERY]))[:MAX_WORDS]):
            if not memory.lexicon.count(word):
                closest = memory.lexicon.similar(word, 1 if len(word) < 6 else 2, 3)
                said.append(Understanding(word=word, closest=tuple(like.word for like in closest)))
        return said


def _hits(found: Iterable[Found], rows: Mapping[int, tuple[str, str]]) -> list[Hit]:
    """What was found, with handle and text; what has no row is left out."""
    return [
        Hit(handle=rows[f.id][0], text=rows[f.id][1], score=f.score, matched=f.matched) for f in found if f.id in rows
    ]
