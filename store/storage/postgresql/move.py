"""Moves the guild half of a file to PostgreSQL, and back, while no process has the file open.

Each table is copied in a transaction of its own. A run that was killed is run again: what is there and the same stays,
the rest is copied. Only when all tables are the same on both sides does the file count as moved, and then the database
as complete; a store whose two sides do not say both is not opened (`store.storage.moved`).
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosqlite
import psycopg

from store.errors import CannotMoveError, GuildHalfElsewhereError, MoveDiffersError, translated
from store.storage import moved
from store.storage.connection import Connection
from store.storage.database import Database, migrations
from store.storage.guild_rows import Fingerprint, Table, fingerprint, refilled, tables
from store.storage.guild_tables import GUILD_TABLES
from store.storage.mirror import MIRRORED
from store.storage.postgresql import schema
from store.storage.postgresql.connection import PostgresConnection, storable
from store.storage.postgresql.errors import translated_errors
from store.text.timestamps import stamp

REPORTED_ROWS = 10_000
"""Rows between two lines that say how far a table is."""
READ_ROWS = 1_000
"""Rows that are fetched from PostgreSQL at once, and written to the file at once."""
ALONE_S = 1.0
"""Seconds to wait for other processes to let go of the file."""
LOCK = 7_207_020_333
"""An advisory lock for moves, so that two do not fill one database; any number would do."""
Say = Callable[[str], None]
Postgres = psycopg.AsyncConnection[Any]


async def move(path: Path, url: str, now: datetime, say: Say) -> bool:
    """Copy the guild half to the database at `url`, and mark the file as moved; False where that is done already.

    Raises `DatabaseLockedError` while another process has the file open, `CannotMoveError` where the database
    holds what is not of this file, `MoveDiffersError`, and the errors of `Database.open`.
    """
    async with _both(path, url) as (file, guilds):
        base = await _begin(file, guilds)
        if base is None:
            return False
        ordered = await tables(file)
        anew = refilled(ordered, {table.name for table in ordered if not await _is_same(file, guilds, table)})
        if anew:
            await guilds.execute(f"TRUNCATE {', '.join(table.name for table in anew)}".encode())
        for table in anew:
            await _copy(file, guilds, table, say)
        await _verify(file, guilds, ordered, say)
        await moved.end(file, base)
        async with guilds.transaction():
            await guilds.execute("INSERT INTO settings (key, value) VALUES (%s, %s)", [moved.BASE, base])
            await guilds.execute("UPDATE moves SET completed = %s", [stamp(now)])
        return True


async def _begin(file: aiosqlite.Connection, guilds: Postgres) -> str | None:
    """Let both sides know of the move, unless they do; its base, None where all is moved."""
    found = await moved.of_database(PostgresConnection(guilds))
    own = await moved.base(file)
    if found is not None and found.base == own and found.is_complete:
        return None
    if own is not None and (found is None or found.base != own):
        raise GuildHalfElsewhereError
    if found is not None and not found.is_complete:
        if found.base != await moved.moving(file):
            raise CannotMoveError("the move of another file to that database is not complete")
        return found.base
    if found is not None or await _holds_rows(guilds):
        raise CannotMoveError("the database holds what servers said already; name an empty one")
    # The file knows the name first: a database that was begun can be told from any other.
    base = f"{secrets.token_hex(8)} some"
    await moved.begin(file, base)
    await guilds.execute("INSERT INTO moves (base) VALUES (%s)", [base])
    return base


async def move_back(path: Path, url: str, say: Say) -> None:
    """Copy the guild half from the database into the file that was moved there, which is whole again then.

    Raises `CannotMoveError` where the file was not moved there, is behind the others or the database is in use.
    """
    async with _both(path, url) as (file, guilds):
        own = await moved.base(file)
        if own is None or not await _number(guilds, _OF_BASE, own):
            raise CannotMoveError("the guild half of this file is not in that database")
        if await _number(guilds, _OTHERS):
            raise CannotMoveError("the database is in use; stop Lectern on all hosts first")
        if await _number(guilds, "SELECT coalesce(max(id), 0) FROM intake_log") > await moved.applied(file):
            raise CannotMoveError("papers that came in are not in the file yet; run Lectern until they are")
        ordered = await tables(file)
        await file.execute("BEGIN IMMEDIATE")
        for table in reversed(ordered):
            await file.execute(f"DELETE FROM {table.name} WHERE {table.condition}")  # noqa: S608
        for table in ordered:
            await _fetch(file, guilds, table)
        await _verify(file, guilds, ordered, say)
        await moved.forget(file)
        await file.commit()


_OF_BASE = f"SELECT count(*) FROM settings WHERE key = '{moved.BASE}' AND value = %s"  # noqa: S608
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@asynccontextmanager
async def _both(path: Path, url: str) -> AsyncIterator[tuple[aiosqlite.Connection, Postgres]]:
    """The file, for this process alone, and the database, both with the tables of this version."""
    await (await Database.open(path)).close()
    with translated(), translated_errors():
        async with aiosqlite.connect(path, isolation_level=None, timeout=ALONE_S) as file:
            await file.execute("PRAGMA foreign_keys = ON")
            await file.execute("PRAGMA synchronous = FULL")
            # In this mode the lock is kept after the transaction, until the connection is closed.
            await file.execute("PRAGMA locking_mode = EXCLUSIVE")
            await file.execute("BEGIN IMMEDIATE")
            await file.commit()
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as guilds:
                await guilds.execute("SELECT pg_advisory_lock(%s)", [LOCK])
                await schema.migrate(guilds, migrations())
                yield file, guilds


async def _holds_rows(guilds: Postgres) -> bool:
    return any([await _number(guilds, f"SELECT count(*) FROM {table}") for table in GUILD_TABLES])  # noqa: S608


async def _number(guilds: Postgres, statement: str, *parameters: str) -> int:
    row = await (await guilds.execute(statement.encode(), parameters or None)).fetchone()
    return int(row[0]) if row else 0


async def _in_file(file: Connection, table: Table) -> AsyncIterator[Sequence[Any]]:
    async with file.execute(table.select) as rows:
        async for row in rows:
            yield tuple(map(storable, row))


async def _in_database(guilds: Postgres, table: Table) -> AsyncIterator[Sequence[Any]]:
    # A cursor of the server's, which does not send all rows at once.
    async with guilds.transaction(), guilds.cursor(name="rows") as rows:
        rows.itersize = READ_ROWS
        await rows.execute(table.select.encode())
        async for row in rows:
            yield row


async def _count(file: Connection, table: Table) -> int:
    ((count,),) = await file.execute_fetchall(_counting(table))
    return int(count)


def _counting(table: Table) -> str:
    return f"SELECT count(*) FROM {table.name} WHERE {table.condition}"  # noqa: S608


async def _is_same(file: Connection, guilds: Postgres, table: Table) -> bool:
    if await _count(file, table) != await _number(guilds, _counting(table)):
        return False
    ours, theirs = await _fingerprints(file, guilds, table)
    return ours.checksum == theirs.checksum


async def _fingerprints(file: Connection, guilds: Postgres, table: Table) -> tuple[Fingerprint, Fingerprint]:
    return await fingerprint(_in_file(file, table)), await fingerprint(_in_database(guilds, table))


async def _copy(file: Connection, guilds: Postgres, table: Table, say: Say) -> None:
    total, done = await _count(file, table), 0
    async with guilds.transaction(), guilds.cursor() as cursor:
        if table.name in MIRRORED:
            # Nothing changes for hosts: their files have these rows, as copies of this one.
            await cursor.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER".encode())
        async with cursor.copy(f"COPY {table.name} ({table.listed}) FROM STDIN".encode()) as copy:
            async for row in _in_file(file, table):
                await copy.write_row(row)
                done += 1
                if done % REPORTED_ROWS == 0:
                    say(f"{table.name}: {done:,} of {total:,} rows")
        if table.name in MIRRORED:
            await cursor.execute(f"ALTER TABLE {table.name} ENABLE TRIGGER USER".encode())
        if "id" in table.columns:
            counted = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"  # noqa: S608
            await cursor.execute(counted.encode())


async def _fetch(file: Connection, guilds: Postgres, table: Table) -> None:
    insert = f"INSERT INTO {table.name} ({table.listed}) VALUES ({', '.join('?' * len(table.columns))})"  # noqa: S608
    pending: list[Sequence[Any]] = []
    async for row in _in_database(guilds, table):
        pending.append(row)
        if len(pending) == READ_ROWS:
            await file.executemany(insert, pending)
            pending.clear()
    await file.executemany(insert, pending)


async def _verify(file: Connection, guilds: Postgres, ordered: Sequence[Table], say: Say) -> None:
    differing, rows = [], 0
    for table in ordered:
        ours, theirs = await _fingerprints(file, guilds, table)
        rows += ours.rows
        if (ours.rows, ours.checksum) != (theirs.rows, theirs.checksum):
            differing.append(f"{table.name}: {ours.rows:,} rows here, {theirs.rows:,} there")
        elif ours.rows:
            say(f"{table.name}: {ours.rows:,} rows, the same on both sides ({ours.checksum})")
    if differing:
        raise MoveDiffersError("; ".join(differing))
    say(f"{rows:,} rows in {len(ordered)} tables are the same on both sides.")
