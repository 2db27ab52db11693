"""Transactions in PostgreSQL: readers with one view, writers one after another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from store.storage.connection import Connection
from store.storage.postgresql import schema
from store.storage.postgresql.connection import NumberLoader, PostgresConnection, row_factory
from store.storage.postgresql.errors import translated_errors

CONNECTIONS = 8
"""Connections of a process at most; by choice. PostgreSQL allows 100 by default, for twelve processes."""
WAIT_S = 5.0
"""Seconds that a transaction waits for a connection, as long as a question may read."""
STATEMENT_S, LOCK_S = 60, 15
"""Seconds that a statement may take, and that it waits for another transaction's locks, as long as SQLite waits."""
SILENT_S = 10
"""Seconds after which PostgreSQL ends a transaction whose process says nothing, as that of a host that was cut off: it
may hold the lock that all writers wait for, and is to lose it before they give up."""
WRITERS_LOCK = 7_207_020_332
"""The advisory lock that a writing transaction holds; any number would do."""


class GuildDatabase:
    """A pool of connections to the guild half. Every block translates the driver's errors."""

    def __init__(self, pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]]) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str, migrations: Sequence[str]) -> GuildDatabase:
        """Connect, and bring the schema up to date. Raises `GuildStoreUnavailableError` or `DatabaseNewerError`."""
        with translated_errors():
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await schema.migrate(connection, migrations)
            pool = AsyncConnectionPool(
                url,
                min_size=1,
                max_size=CONNECTIONS,
                timeout=WAIT_S,
                open=False,
                configure=_configure,
                check=AsyncConnectionPool.check_connection,
            )
            await pool.open()
        return cls(pool)

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """One view of the guild half, beside those who write."""
        with translated_errors():
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield PostgresConnection(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """One transaction: committed at the end of the block, rolled back if it raises.

        Writers follow one another, as in SQLite: what one reads before it writes holds until it is committed.
        """
        with translated_errors():
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", [WRITERS_LOCK])
                yield PostgresConnection(connection)


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
    connection.row_factory = row_factory
    connection.adapters.register_loader("numeric", NumberLoader)
    await connection.execute(f"SET statement_timeout = '{STATEMENT_S:d}s'".encode())
    await connection.execute(f"SET idle_in_transaction_session_timeout = '{SILENT_S:d}s'".encode())
    await connection.execute(f"SET lock_timeout = '{LOCK_S:d}s'".encode())
