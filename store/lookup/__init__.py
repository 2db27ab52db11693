"""Look-up of papers by title and authors by name, however they are typed.

`Lookup` is all that others need, beside `store.lookup.maintain` for whoever changes papers or authors.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
import threading
import zlib
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from store.database import BUSY_TIMEOUT_S, Database
from store.errors import translated
from store.lookup import build, plain
from store.lookup.check import agrees
from store.lookup.folding import fold, words
from store.lookup.kinds import AUTHORS, TITLES, Kind, KindName
from store.lookup.memory import ImageDamagedError, Memory, Progress, last_change
from store.lookup.postings import Postings
from store.lookup.prefixes import MOST_UNSORTED
from store.lookup.rows import Filters, alias_of, ids_of, papers_of, rows_of
from store.lookup.search import MAX_QUERY, MAX_WORDS, Found, Search
from store.models import Frozen, Handle, Hit

__all__ = ["Filters", "Lookup", "Understanding"]

T = TypeVar("T")

_log = logging.getLogger(__name__)

_THREADS = 2
_CACHE_KIB = 8_192
"""Pages of the file that each of the threads keeps; the operating system keeps the rest."""
_IMAGE_FROM = 5_000
"""Texts from which an image in the file is quicker than making the parts in memory anew."""
_SWITCH_S = 0.0005
_FILTERED_FROM = 1_000
_MAX_RECENT = 50
_KINDS = (TITLES, AUTHORS)


class Understanding(Frozen):
    """A word of a query that no text holds, and the words that people may have meant, the likeliest first."""

    word: str
    closest: tuple[str, ...]


class Lookup:
    """Look-ups over one store. Made by `open`.

    They run in a few threads with connections of their own: a look-up makes several small statements, and each would
    cost a change of thread through aiosqlite.
    """

    def __init__(self, db: Database, progress: Progress) -> None:
        self._db = db
        self._progress = progress
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="lookup")
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._memories: dict[KindName, Memory | None] = {kind.name: None for kind in _KINDS}
        self._work: dict[KindName, asyncio.Task[None]] = {}
        self._damaged: set[KindName] = set()
        """Indexes that failed, so that loading them again would not do."""
        self._closing = False

    @classmethod
    async def open(
        cls, db: Database, progress: Callable[[str, int, int], None] | None = None, *, wait: bool = True
    ) -> Lookup:
        """Load the parts in memory, and build what is missing or damaged in the file.

        `progress` is told what is done, how far it is and of how much. Without `wait`, building goes on in the
        background, and look-ups go a plainer way until it is done.
        """
        # A look-up gives up the interpreter's lock some twenty times, and waits for it each time that another thread,
        # such as one that imports papers, is busy: for 5 ms if nothing is said.
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_S))
        lookup = cls(db, progress or (lambda what, done, total: None))
        try:
            for kind in _KINDS:
                if await lookup._load(kind):
                    lookup._start(kind, lookup._check(kind))
                else:
                    lookup._start(kind, lookup._restore(kind))
            if wait and any(memory is None for memory in lookup._memories.values()):
                await lookup.ready()
        except BaseException:
            await lookup.close()
            raise
        return lookup

    async def ready(self) -> None:
        """Wait until nothing is being built, checked or written; raises what went wrong."""
        while self._work:
            await asyncio.gather(*self._work.values())

    async def close(self) -> None:
        """Break off what is being built, wait for running look-ups, and let go of the file."""
        self._closing = True
        tasks = list(self._work.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self._pool.shutdown)
        for connection in self._connections:
            connection.close()

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

    async def understanding(self, query: str, kind: KindName = "title") -> list[Understanding]:
        """For each word of the query that nothing holds: the closest words that something holds."""
        return await self._asked(AUTHORS if kind == "author" else TITLES, lambda c: self._understand(c, query, kind))

    async def _asked(self, kind: Kind, function: Callable[[sqlite3.Connection], T]) -> T:
        answer = await self._run(function)
        self._look_after(kind)
        return answer

    async def _run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run in one of the threads, in a read transaction on its connection."""

        def work() -> T:
            with translated():
                connection = self._connection()
                connection.execute("BEGIN")
                try:
                    return function(connection)
                finally:
                    connection.rollback()

        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _connect(self._db.path)
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def _memory(self, connection: sqlite3.Connection, kind: Kind) -> Memory | None:
        """The parts in memory, level with the transaction that is open; None while they can't be used."""
        memory = self._memories[kind.name]
        if memory is None:
            return None
        # Changes when another connection has committed, so that nothing has to be asked while nothing is written.
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if self._local.__dict__.get(kind.name) != (version, memory):
            try:
                if memory.catch_up(connection):
                    self._local.__dict__[kind.name] = (version, memory)
            except (ImageDamagedError, sqlite3.DatabaseError):
                self._memories[kind.name] = None
                return None
        return memory

    def _searched(
        self,
        connection: sqlite3.Connection,
        kind: Kind,
        search: Callable[[Memory], list[Found]],
        plainly: Callable[[], list[Found]],
    ) -> list[Found]:
        """What a search finds; where the index is missing or fails, what the plainer way finds."""
        memory = self._memory(connection, kind)
        if memory is not None:
            try:
                return search(memory)
            except sqlite3.DatabaseError:
                self._memories[kind.name] = None
                self._damaged.add(kind.name)
        return plainly()

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

        found = self._searched(connection, kind, search, lambda: plain.look_up(connection, kind, query, wanted))
        rows = rows_of(connection, kind, [*alias, *(f.id for f in found)], filters)
        hits = [
            Hit(handle=rows[f.id][0], text=rows[f.id][1], score=f.score, matched=f.matched)
            for f in found
            if f.id in rows and f.id not in alias
        ]
        chosen = [Hit(handle=rows[id_][0], text=rows[id_][1], score=1.0) for id_ in alias if id_ in rows]
        return [*chosen, *hits][:limit]

    def _understand(self, connection: sqlite3.Connection, query: str, kind: KindName) -> list[Understanding]:
        memory = self._memory(connection, AUTHORS if kind == "author" else TITLES)
        if memory is None:
            return []
        said = []
        for word in dict.fromkeys(words(fold(query[:MAX_QUERY]))[:MAX_WORDS]):
            if not memory.lexicon.count(word):
                closest = memory.lexicon.similar(word, 1 if len(word) < 6 else 2, 3)
                said.append(Understanding(word=word, closest=tuple(like.word for like in closest)))
        return said

    async def _load(self, kind: Kind) -> bool:
        """Load the parts in memory; False where the index has to be built."""
        if not await build.is_built(self._db, kind):
            return False

        def load(connection: sqlite3.Connection) -> Memory | None:
            try:
                return Memory.load(connection, kind)
            except ImageDamagedError:
                pass
            except sqlite3.DatabaseError:
                return None
            try:
                (sources,) = connection.execute(f"SELECT count(*) FROM {kind.source}").fetchone()
                if sources < _IMAGE_FROM and not agrees(connection, kind):
                    return None
                memory = Memory.build(connection, kind, self._progress)
            except (ImageDamagedError, sqlite3.DatabaseError):
                return None
            memory.behind = sources
            return memory if memory.texts == sources else None

        self._memories[kind.name] = await self._run(load)
        return self._memories[kind.name] is not None

    def _look_after(self, kind: Kind) -> None:
        """Start what has to be done after a look-up, if anything."""
        memory = self._memories[kind.name]
        if kind.name in self._work or self._closing:
            return
        if memory is None:
            self._start(kind, self._restore(kind))
        elif memory.behind > max(_IMAGE_FROM, memory.texts // 20):
            self._start(kind, self._save(kind, memory))
        elif memory.unsorted > MOST_UNSORTED:
            self._start(kind, asyncio.to_thread(memory.sort))

    async def _restore(self, kind: Kind) -> None:
        """Load again what another process has built anew, or build it."""
        if kind.name in self._damaged or not await self._load(kind):
            if await build.is_built(self._db, kind):
                await build.wipe(self._db, kind)
            await build.build(self._db, kind, self._progress)
            self._damaged.discard(kind.name)
            await self._load(kind)

    async def _check(self, kind: Kind) -> None:
        """Compare a large index with what it is of, beside look-ups, and build it anew where they differ."""

        memory = self._memories[kind.name]
        if memory is None or memory.behind >= memory.texts:
            return
        loaded = memory

        def check(connection: sqlite3.Connection) -> bool:
            try:
                if self._memory(connection, kind) is not loaded or loaded.level.change != last_change(connection):
                    # It has moved on, and was right enough to do so.
                    return True
                return agrees(connection, kind, loaded.lexicon)
            except sqlite3.DatabaseError:
                return False

        if not await self._run(check):
            self._memories[kind.name] = None
            self._damaged.add(kind.name)
            await self._restore(kind)

    def _start(self, kind: Kind, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._work[kind.name] = task
        task.add_done_callback(lambda done: self._finished(kind, done))

    def _finished(self, kind: Kind, task: asyncio.Task[None]) -> None:
        del self._work[kind.name]
        if not task.cancelled() and (error := task.exception()):
            _log.error("Looking after the index of %ss failed", kind.name, exc_info=error)

    async def _save(self, kind: Kind, memory: Memory) -> None:
        level, parts = await asyncio.to_thread(memory.image)
        async with self._db.write() as connection:
            rows = await connection.execute_fetchall(
                "SELECT 1 FROM lookup_state WHERE kind = ? AND generation = ? AND built_to IS NULL "
                "AND NOT EXISTS (SELECT 1 FROM lookup_images WHERE kind = ? AND upto > ?)",
                (kind.name, level.generation, kind.name, level.change),
            )
            if not list(rows):
                return
            for part, body in parts.items():
                await connection.execute(
                    "INSERT OR REPLACE INTO lookup_images (kind, part, upto, checksum, body) VALUES (?, ?, ?, ?, ?)",
                    (kind.name, part, level.change, zlib.crc32(body), body),
                )
            await connection.execute("DELETE FROM lookup_changes WHERE kind = ? AND id <= ?", (kind.name, level.change))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA query_only = ON")
    return connection
