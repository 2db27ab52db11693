"""Look-up of papers by title and authors by name, however they are typed.

`Lookup` is all that others need, beside `store.lookup.maintain` for whoever changes papers or authors.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import zlib
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from store.database import BUSY_TIMEOUT_S, Database
from store.errors import translated
from store.lookup import build, plain
from store.lookup.folding import fold, words
from store.lookup.kinds import AUTHORS, TITLES, Kind, KindName
from store.lookup.memory import ImageDamagedError, Memory, Progress
from store.lookup.postings import Postings
from store.lookup.search import MAX_QUERY, MAX_WORDS, Search
from store.models import Frozen, Handle, Hit, PartialDate

__all__ = ["Filters", "Lookup", "Understanding"]

T = TypeVar("T")

_THREADS = 2
_MAPPED_BYTES = 1 << 31
_IMAGE_FROM = 5_000
"""Texts from which an image in the file is quicker than making the parts in memory anew."""
_FILTERED_FROM = 1_000
_MAX_RECENT = 50
_KINDS = (TITLES, AUTHORS)


class Filters(Frozen):
    """What a paper must be besides; None where it does not matter."""

    author: Handle | None = None
    category: str | None = None
    since: PartialDate | None = None
    until: PartialDate | None = None
    code: bool | None = None


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
            for kind in _KINDS:
                if not await lookup._load(kind):
                    lookup._rebuild(kind)
            if wait:
                await lookup.ready()
        except BaseException:
            await lookup.close()
            raise
        return lookup

    async def ready(self) -> None:
        """Wait until nothing is being built."""
        while self._work:
            await asyncio.gather(*self._work.values())

    async def close(self) -> None:
        """Break off what is being built, wait for running look-ups, and let go of the file."""
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
        return await self._run(TITLES, lambda c: self._look_up(c, TITLES, query, limit, filters, recent, guild_id))

    async def authors(
        self, query: str, limit: int = 25, *, recent: Sequence[Handle] = (), guild_id: int | None = None
    ) -> list[Hit]:
        """The authors whose names answer the query best, best first; the rest as for `titles`."""
        return await self._run(AUTHORS, lambda c: self._look_up(c, AUTHORS, query, limit, None, recent, guild_id))

    async def understanding(self, query: str, kind: KindName = "title") -> list[Understanding]:
        """For each word of the query that nothing holds: the closest words that something holds."""
        return await self._run(AUTHORS if kind == "author" else TITLES, lambda c: self._understand(c, query, kind))

    async def _run(self, kind: Kind, function: Callable[[sqlite3.Connection], T]) -> T:
        def work() -> T:
            with translated():
                connection = self._connection()
                connection.execute("BEGIN")
                try:
                    return function(connection)
                finally:
                    connection.rollback()

        answer = await asyncio.get_running_loop().run_in_executor(self._pool, work)
        self._look_after(kind)
        return answer

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
        try:
            memory.catch_up(connection)
        except ImageDamagedError:
            self._memories[kind.name] = None
            return None
        return memory

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
        memory = self._memory(connection, kind)
        wanted = max(limit, _FILTERED_FROM) if filters else limit
        alias = _alias(connection, kind, query, guild_id)
        used = _ids_of(connection, kind, recent[:_MAX_RECENT])
        if memory is None:
            found = plain.look_up(connection, kind, query, wanted)
        else:
            search = Search(query, memory, Postings(connection, kind), wanted, used)
            found = search.among(_papers_of(connection, filters.author)) if filters and filters.author else search.run()
        rows = _rows(connection, kind, [*alias, *(f.id for f in found)], filters)
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
            (sources,) = connection.execute(f"SELECT count(*) FROM {kind.source}").fetchone()
            if sources < _IMAGE_FROM:
                memory = Memory.build(connection, kind, self._progress)
            else:
                try:
                    memory = Memory.load(connection, kind)
                except ImageDamagedError:
                    memory = Memory.build(connection, kind, self._progress)
                    memory.behind = sources
            return memory if memory.texts == sources else None

        self._memories[kind.name] = await self._run(kind, load)
        return self._memories[kind.name] is not None

    def _look_after(self, kind: Kind) -> None:
        memory = self._memories[kind.name]
        if kind.name in self._work or memory is None:
            return
        if memory.behind > max(_IMAGE_FROM, memory.texts // 20):
            self._start(kind, self._save(kind, memory))

    def _rebuild(self, kind: Kind) -> None:
        async def work() -> None:
            if await build.is_built(self._db, kind):
                await build.wipe(self._db, kind)
            await build.build(self._db, kind, self._progress)
            await self._load(kind)

        self._start(kind, work())

    def _start(self, kind: Kind, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._work[kind.name] = task
        task.add_done_callback(lambda _: self._work.pop(kind.name, None))

    async def _save(self, kind: Kind, memory: Memory) -> None:
        upto, parts = await asyncio.to_thread(memory.image)
        async with self._db.write() as connection:
            for part, body in parts.items():
                await connection.execute(
                    "INSERT OR REPLACE INTO lookup_images (kind, part, upto, checksum, body) VALUES (?, ?, ?, ?, ?)",
                    (kind.name, part, upto, zlib.crc32(body), body),
                )
            await connection.execute("DELETE FROM lookup_changes WHERE kind = ? AND id <= ?", (kind.name, upto))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _ids_of(connection: sqlite3.Connection, kind: Kind, handles: Sequence[Handle]) -> list[int]:
    """The ids of these papers or authors, in this order; those that are not there are left out."""
    sql = f"SELECT handle, id FROM {kind.source} WHERE handle IN (SELECT value FROM json_each(?))"
    ids = dict(connection.execute(sql, (json.dumps(list(handles)),))) if handles else {}
    return [ids[handle] for handle in handles if handle in ids]


def _alias(connection: sqlite3.Connection, kind: Kind, query: str, guild_id: int | None) -> list[int]:
    if guild_id is None:
        return []
    row = connection.execute(
        "SELECT handle FROM aliases WHERE guild_id = ? AND kind = ? AND folded = ?",
        (guild_id, kind.name, fold(query[:MAX_QUERY])),
    ).fetchone()
    if row is None:
        return []
    ids = _ids_of(connection, kind, row)
    if not ids and kind is TITLES:
        merged = connection.execute("SELECT paper_id FROM merged_handles WHERE handle = ?", row).fetchone()
        ids = list(merged or ())
    return ids


def _papers_of(connection: sqlite3.Connection, author: Handle) -> list[int]:
    rows = connection.execute(
        "SELECT paper_id FROM authorships WHERE author_id = (SELECT id FROM authors WHERE handle = ?)", (author,)
    )
    return [row[0] for row in rows]


def _rows(
    connection: sqlite3.Connection, kind: Kind, ids: Sequence[int], filters: Filters | None
) -> dict[int, tuple[str, str]]:
    """Handle and text by id, of those that the filters let through."""
    conditions: list[str] = ["id IN (SELECT value FROM json_each(?))"]
    values: list[str | int] = [json.dumps(list(ids))]
    if filters and filters.category is not None:
        conditions.append("(category = ? OR category LIKE ? || '.%')")
        values += [filters.category, filters.category]
    if filters and filters.since is not None:
        conditions.append("published >= ?")
        values.append(filters.since)
    if filters and filters.until is not None:
        # A date that is less exact than the bound may be within it: 2024 is not after 2024-05.
        conditions.append("substr(published, 1, ?) <= ?")
        values += [len(filters.until), filters.until]
    if filters and filters.code is not None:
        conditions.append("has_code IS 1" if filters.code else "has_code IS NOT 1")
    return {
        id_: (handle, text)
        for id_, handle, text in connection.execute(
            f"SELECT id, handle, {kind.text} FROM {kind.source} WHERE {' AND '.join(conditions)}", values
        )
    }
