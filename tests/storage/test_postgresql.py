"""The guild half in PostgreSQL: its tables, and its statements, which are written once for both engines."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from store import errors
from store.guilds import aliases
from store.operations import OPERATIONS
from store.storage import database, database_clock
from store.storage.guild_tables import GUILD_TABLES, is_of_guilds
from store.storage.mirror import MIRRORED
from store.storage.postgresql import schema
from store.storage.postgresql.translation import UntranslatableError, translated
from store.storage.two_halves import TwoHalves
from tests.storage.test_two_halves import statements, trees_of_store
from tests.support.postgresql import Cluster

DESIGNED = Path(__file__).with_name("schema_postgresql.sql")
OLDEST = 27
"""Migrations from which on each is tried as a step: SQLite makes some of the earlier tables by copying them."""


def made(migrations: list[str]) -> str:
    return ";\n\n".join(schema.tables_after(migrations)) + ";\n"


def columns(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    """What the tables are made of, and the indexes and checks."""
    return [
        *connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name, is_identity"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        ),
        *connection.execute(
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 2"
        ),
        *connection.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
        ),
    ]


async def migrated(url: str, migrations: list[str]) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await schema.migrate(connection, migrations)


def test_the_translated_schema_is_the_designed_one() -> None:
    """After a new migration: look at what `python -m tests.storage.test_postgresql` writes, and commit it."""
    assert made(database.migrations()) == DESIGNED.read_text("utf-8")


def test_every_table_of_the_guild_half_is_made() -> None:
    assert set(re.findall(r"CREATE TABLE (\w+)", made(database.migrations()))) == GUILD_TABLES


async def test_a_database_of_every_later_version_migrates_to_the_same_tables(postgresql: Cluster) -> None:
    known = database.migrations()
    new = postgresql.make(secrets.token_hex(8))
    await migrated(new, known)
    with psycopg.connect(new) as connection:
        wanted = columns(connection)
    for version in range(OLDEST, len(known)):
        old = postgresql.make(secrets.token_hex(8))
        await migrated(old, known[:version])
        await migrated(old, known)
        with psycopg.connect(old) as connection:
            assert columns(connection) == wanted, version


async def test_a_newer_database_is_refused(postgresql: Cluster) -> None:
    url = postgresql.make(secrets.token_hex(8))
    await migrated(url, database.migrations())
    with pytest.raises(errors.DatabaseNewerError):
        await migrated(url, database.migrations()[:-1])


async def test_every_statement_of_the_guild_half_is_one_of_postgresql(postgresql: Cluster) -> None:
    url = postgresql.make(secrets.token_hex(8))
    await migrated(url, database.migrations())
    tried, refused = 0, []
    with psycopg.connect(url, autocommit=True) as connection, closing(sqlite3.connect(":memory:")) as sqlite:
        for body in database.migrations():
            sqlite.executescript(body)
        for place, text in statements(trees_of_store()):
            if not re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b", text) or not is_of_guilds(text):
                continue
            if place.startswith("storage/wal_check.py") or not _is_whole(sqlite, text):
                continue
            tried += 1
            try:
                connection.execute(f"PREPARE tried AS {_with_numbers(translated(text))}".encode())
                connection.execute("DEALLOCATE tried")
            except (psycopg.Error, UntranslatableError, ValueError) as error:
                refused.append(f"{place}: {error}")
    assert tried > 250
    assert refused == []


def _is_whole(sqlite: sqlite3.Connection, text: str) -> bool:
    """Whether a literal is a statement by itself: SQLite takes it. Others are put together while the program runs."""
    try:
        sqlite.execute(f"EXPLAIN {text}")
    except sqlite3.OperationalError:
        return False
    except sqlite3.ProgrammingError:  # Its parameters are missing.
        return True
    return True


def _with_numbers(statement: str) -> str:
    """A statement for psycopg with `$1`, `$2` as the server takes it."""
    numbers: dict[object, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"${numbers.setdefault(match[1] or object(), len(numbers) + 1)}"

    return re.sub(r"%(?:\((\w+)\))?s", number, statement).replace("%%", "%")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SELECT a FROM t WHERE once AND NOT b", "SELECT a FROM t WHERE once <> 0 AND NOT b <> 0"),
        ("SELECT a = b AS same FROM t", "SELECT CAST((a = b) AS INT) AS same FROM t"),
        ("SELECT a FROM t WHERE a IS NOT ?", "SELECT a FROM t WHERE a IS DISTINCT FROM %s"),
        ("UPDATE t SET a = b < ? WHERE c = :c", "UPDATE t SET a = CAST((b < %s) AS INT) WHERE c = %(c)s"),
        ("SELECT max(a, ?1) FROM t WHERE b LIKE 'x%'", "SELECT GREATEST(a, %(p1)s) FROM t WHERE b LIKE 'x%%'"),
        ("INSERT OR IGNORE INTO t (a) VALUES (?)", "INSERT INTO t (a) VALUES (%s) ON CONFLICT DO NOTHING"),
        ("SELECT a FROM (SELECT b FROM t)", "SELECT a FROM (SELECT b FROM t) AS nameless"),
        ("SELECT CAST(a AS INTEGER) FROM t", "SELECT CAST(a AS BIGINT) FROM t"),
        (
            "SELECT json_group_array(DISTINCT a), json_group_object(a, b) FROM t",
            "SELECT COALESCE(CAST(JSON_AGG(DISTINCT a) AS TEXT), '[]'),"
            " COALESCE(CAST(JSON_OBJECT_AGG(a, b) AS TEXT), '{}') FROM t",
        ),
    ],
)
def test_statements_are_translated(ours: str, theirs: str) -> None:
    assert translated(ours) == theirs


def test_what_postgresql_lacks_is_refused() -> None:
    with pytest.raises(UntranslatableError):
        translated("INSERT OR REPLACE INTO t (a) VALUES (1)")


@pytest.fixture
async def both(tmp_path: Path, postgresql: Cluster) -> AsyncIterator[tuple[TwoHalves, TwoHalves]]:
    """Two hosts over one database."""
    url = postgresql.make(secrets.token_hex(8))
    opened = [await TwoHalves.open_with(tmp_path / f"{name}.db", url, OPERATIONS) for name in "ab"]
    yield opened[0], opened[1]
    for one in opened:
        await one.close()


async def test_what_one_host_writes_the_other_reads(both: tuple[TwoHalves, TwoHalves]) -> None:
    here, there = both
    async with here.write() as connection:
        await connection.execute("INSERT INTO settings (key, value) VALUES ('a', ?)", ["1"])
    async with there.read() as connection:
        assert [row["value"] for row in await connection.execute_fetchall("SELECT value FROM settings")] == ["1"]


async def test_a_transaction_that_raises_leaves_nothing(both: tuple[TwoHalves, TwoHalves]) -> None:
    here, _ = both
    with pytest.raises(ZeroDivisionError):
        async with here.write() as connection:
            await connection.execute("INSERT INTO settings (key, value) VALUES ('a', '')")
            raise ZeroDivisionError
    async with here.read() as connection:
        assert not list(await connection.execute_fetchall("SELECT key FROM settings"))


async def test_papers_are_written_by_way_of_the_log_only(both: tuple[TwoHalves, TwoHalves]) -> None:
    with pytest.raises(errors.StoreError, match="readonly"):
        async with both[0].write() as connection:
            await connection.execute("INSERT INTO sources (kind, name) VALUES ('dump', 'made')")


async def test_what_a_guild_was_taught_is_in_the_files_of_all_hosts(both: tuple[TwoHalves, TwoHalves]) -> None:
    here, there = both
    await aliases.remember(here, 1, "title", "that paper", "a" * 13, taught_by=7)
    assert [one.query for one in await aliases.entries(here, 1)] == ["that paper"], "at once"
    await there.refresh_mirror()
    assert [one.query for one in await aliases.entries(there, 1)] == ["that paper"]
    await aliases.forget(there, 1, "title", "that paper")
    await here.refresh_mirror()
    assert await aliases.entries(here, 1) == []


async def test_every_mirrored_table_is_watched(both: tuple[TwoHalves, TwoHalves]) -> None:
    async with both[0].guilds.read() as guilds:
        rows = await guilds.execute_fetchall("SELECT DISTINCT event_object_table FROM information_schema.triggers")
        assert {row[0] for row in rows} == MIRRORED.keys()


async def test_the_clock_is_that_of_the_database(both: tuple[TwoHalves, TwoHalves]) -> None:
    async with both[0].read() as here, both[0].guilds.read() as guilds:
        ours = await database_clock.now_ms(here)
        ((theirs,),) = await guilds.execute_fetchall("SELECT extract(epoch FROM clock_timestamp()) * 1000")
    assert abs(ours - theirs) < 5_000


async def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(errors.GuildStoreUnavailableError):
        await TwoHalves.open_with(tmp_path / "a.db", "postgresql://nobody@127.0.0.1:1/none", OPERATIONS)


if __name__ == "__main__":
    DESIGNED.write_text(made(database.migrations()), "utf-8")
