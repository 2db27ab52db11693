"""The store in two places: papers in an SQLite file on this host, the guild half in PostgreSQL."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.errors import GuildStoreUnavailableError, HostBehindError
from store.storage import mirror, moved
from store.storage.connection import Connection
from store.storage.database import READERS, Database, migrations
from store.storage.routing import RoutingConnection
from store.turns import ASKER

if TYPE_CHECKING:
    from store.storage.postgresql.pool import GuildDatabase


class TwoHalves(Database):
    """`Database`, with the guild half elsewhere. What comes in goes through the log of `store.intake_log`."""

    guilds: GuildDatabase
    operations: Mapping[str, Any]
    """What the log's entries are called; `store.intake_log.operation` says what they are."""
    waiting_for: tuple[int, float] | None = None
    """An entry of another host's, and the monotonic moment since when it waits for guilds to be told."""

    @cached_property
    def host(self) -> str:
        """The name of this host's file, by which others know it."""
        return f"{socket.gethostname()}:{self.path.resolve()}"

    @cached_property
    def applying(self) -> asyncio.Lock:
        """Held by the task of this process that applies entries of the log."""
        return asyncio.Lock()

    @classmethod
    async def open_with(cls, path: Path, url: str, operations: Mapping[str, Any], readers: int = READERS) -> TwoHalves:
        """Open the file, and the database at a PostgreSQL URL; makes and migrates both. Raises as `Database.open`."""
        # An extra; reading its code takes longer than the event loop may be busy.
        pool = await asyncio.to_thread(import_module, "store.storage.postgresql.pool")
        guilds: GuildDatabase = await pool.GuildDatabase.open(url, migrations())
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
        """A consistent view of each half, from when it is first asked on; of what is mirrored, that of the file.

        Raises `HostBehindError`, as `write` does, where nobody waits for it and the file lacks papers that guilds were
        told of.
        """
        async with AsyncExitStack() as stack:
            yield RoutingConnection(
                lambda: stack.enter_async_context(self.read_papers()),
                lambda: stack.enter_async_context(self.guilds.read()),
                mirrored=True,
                # Who waits for an answer is shown what there is.
                check=_require_current if ASKER.get() is None else None,
            )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """One transaction on the guild half, which sees the papers; these are written by `take_in` only."""
        async with AsyncExitStack() as stack:
            connection = RoutingConnection(
                lambda: stack.enter_async_context(self.read_papers()),
                lambda: stack.enter_async_context(self.guilds.write()),
                check=_require_current,
            )
            yield connection
        await self._follow(connection)

    @asynccontextmanager
    async def take_in(self, claim: Callable[[Connection], Awaitable[None]] | None) -> AsyncIterator[Connection]:
        """One transaction on the papers; with `claim`, which is called at its beginning, one on the guild half too.

        That one is committed first. Without it, what is for guilds goes to this file's own tables, which nobody reads.
        """
        async with self.write_papers() as papers, AsyncExitStack() as stack:
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
        await self._follow(connection)

    async def _follow(self, written: RoutingConnection) -> None:
        """Have in the file what was just written elsewhere; where PostgreSQL went meanwhile, that is done later."""
        if written.has_written_mirrored:
            with suppress(GuildStoreUnavailableError):
                await self.refresh_mirror()

    async def refresh_mirror(self) -> None:
        """Bring what this file has of the guild half up to date."""
        async with self.read_papers() as papers:
            known = await mirror.position(papers)
        async with self.guilds.read() as guilds:
            change, owners = await mirror.changed_since(guilds, known)
            if not owners:
                return
            rows = await mirror.read(guilds, owners)
        async with self.write_papers() as papers:
            # Another process of this host may have been faster, with newer rows.
            if await mirror.position(papers) <= change:
                await mirror.write(papers, owners, rows, change)


async def _require_current(papers: Connection, guilds: Connection) -> None:
    applied = await moved.applied(papers)
    told = await guilds.execute_fetchall(
        "SELECT 1 FROM intake_log WHERE id > ? AND told_by IS NOT NULL LIMIT 1", [applied]
    )
    if list(told):
        raise HostBehindError
