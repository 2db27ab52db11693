"""The store in two places: papers in an SQLite file on this host, the guild half in PostgreSQL."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from store.storage.connection import Connection, Cursor, Row, Running, Statement
from store.storage.database import READERS, Database, migrations
from store.storage.guild_tables import is_of_guilds

if TYPE_CHECKING:
    from store.storage.postgresql.pool import GuildDatabase

Given = TypeVar("Given")
Begin = Callable[[], Awaitable[Connection]]


class RoutingConnection:
    """Sends each statement to the half of the store that it is about. A half that no statement needs is not begun."""

    def __init__(self, papers: Begin, guilds: Begin) -> None:
        self._begin = {False: papers, True: guilds}
        self._begun: dict[bool, Connection] = {}

    @property
    def total_changes(self) -> int:
        """How many rows were written since some moment before the transaction."""
        return sum(connection.total_changes for connection in self._begun.values())

    def execute(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Running[Cursor]:
        """Run a statement."""
        return Statement(self._run(sql, lambda connection: connection.execute(sql, parameters)))

    def executemany(self, sql: str, parameters: Iterable[Iterable[Any]], /) -> Running[Cursor]:
        """Run a statement for each of the parameters."""
        return Statement(self._run(sql, lambda connection: connection.executemany(sql, parameters)))

    def execute_fetchall(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Running[Iterable[Row]]:
        """Run a statement and read all of its rows."""
        return Statement(self._run(sql, lambda connection: connection.execute_fetchall(sql, parameters)))

    async def _run(self, sql: str, run: Callable[[Connection], Running[Given]]) -> Given:
        return await run(await self.begin(of_guilds=is_of_guilds(sql)))

    async def begin(self, *, of_guilds: bool) -> Connection:
        """Begin a transaction on one half, unless that is done."""
        if of_guilds not in self._begun:
            self._begun[of_guilds] = await self._begin[of_guilds]()
        return self._begun[of_guilds]


class TwoHalves(Database):
    """`Database`, with the guild half elsewhere. What comes in goes through the log of `store.intake_log`."""

    guilds: GuildDatabase
    operations: Mapping[str, Any]
    """What the log's entries are called; `store.intake_log.operation` says what they are."""

    @cached_property
    def host(self) -> str:
        """The name of this host's file, by which others know it."""
        return f"{socket.gethostname()}:{self.path.resolve()}"

    @cached_property
    def applying(self) -> asyncio.Lock:
        """Held by the task of this process that applies entries of the log."""
        return asyncio.Lock()

    waiting_for: tuple[int, float] | None = None
    """An entry of another host's, and the monotonic moment since when it waits for guilds to be told."""

    @classmethod
    async def open_with(cls, path: Path, url: str, operations: Mapping[str, Any], readers: int = READERS) -> TwoHalves:
        """Open the file, and the database at a PostgreSQL URL; makes and migrates both. Raises as `Database.open`."""
        from store.storage.postgresql.pool import GuildDatabase  # an extra

        guilds = await GuildDatabase.open(url, migrations())
        try:
            opened = await cls.open(path, readers)
        except BaseException:
            await guilds.close()
            raise
        assert isinstance(opened, TwoHalves)
        opened.guilds = guilds
        opened.operations = operations
        return opened

    async def close(self) -> None:
        """Close both."""
        try:
            await super().close()
        finally:
            await self.guilds.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A consistent view of each half, from when it is first asked on."""
        async with AsyncExitStack() as stack:
            yield RoutingConnection(
                lambda: stack.enter_async_context(super(TwoHalves, self).read()),
                lambda: stack.enter_async_context(self.guilds.read()),
            )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """One transaction on the guild half, which sees the papers; these are written by `take_in` only."""
        async with AsyncExitStack() as stack:
            yield RoutingConnection(
                lambda: stack.enter_async_context(super(TwoHalves, self).read()),
                lambda: stack.enter_async_context(self.guilds.write()),
            )

    @asynccontextmanager
    async def take_in(self, claim: Callable[[Connection], Awaitable[None]] | None) -> AsyncIterator[Connection]:
        """One transaction on the papers; with `claim`, which is called at its beginning, one on the guild half too.

        That one is committed first. Without it, what is for guilds goes to this file's own tables, which are empty.
        """
        async with super().write_papers() as papers, AsyncExitStack() as stack:
            if claim is None:
                yield papers
                return
            told = claim

            async def begin_papers() -> Connection:
                return papers

            async def begin_guilds() -> Connection:
                guilds = await stack.enter_async_context(self.guilds.write())
                await told(guilds)
                return guilds

            connection = RoutingConnection(begin_papers, begin_guilds)
            yield connection
            await connection.begin(of_guilds=True)
