"""The tables of the guild half in PostgreSQL: those that the migrations make in SQLite, translated.

A new database gets them as they are in SQLite after all migrations. One of an earlier version gets what each further
migration does to tables of the guild half.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Sequence

import psycopg
from sqlglot import exp, parse

from store.errors import DatabaseNewerError
from store.storage.guild_tables import GUILD_TABLES
from store.storage.mirror import MIRRORED
from store.storage.postgresql.translation import generated

ELEMENTS = """\
CREATE FUNCTION json_each(texts text) RETURNS TABLE (key bigint, value text) IMMUTABLE STRICT LANGUAGE sql AS
$$ SELECT place - 1, one FROM json_array_elements_text(texts::json) WITH ORDINALITY AS elements (one, place) $$"""
"""SQLite's function of this name, as far as statements use it: the elements of a JSON array, as texts."""
_SQLITE_ONLY = re.compile(r"\)\s*STRICT(?:,\s*WITHOUT ROWID)?")
CLOCK = """\
CREATE FUNCTION julianday(moment text) RETURNS double precision VOLATILE STRICT LANGUAGE sql AS
$$ SELECT 2440587.5 + extract(epoch FROM clock_timestamp()) / 86400 WHERE moment = 'now' $$"""
"""The same for the time of the database in days."""
CHANGES = """\
CREATE TABLE mirror_changes (owner BIGINT PRIMARY KEY, change BIGINT NOT NULL);
CREATE INDEX mirror_changes_by_number ON mirror_changes (change);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose BIGINT := (CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> TG_ARGV[0])::bigint;
BEGIN
    INSERT INTO mirror_changes SELECT whose, coalesce(max(change), 0) + 1 FROM mirror_changes
    ON CONFLICT (owner) DO UPDATE SET change = excluded.change;
    RETURN NULL;
END $$"""
"""Counts the changes of each owner's rows for `store.storage.mirror`; an owner's number is that of the last one."""
NOTED = (
    "CREATE TRIGGER {0}_change AFTER INSERT OR UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION note_change('{1}')"
)
MOVES = "CREATE TABLE moves (base TEXT PRIMARY KEY, completed TEXT)"
"""From which file the rows were moved here, and when that was done (`store.storage.moved`)."""
VERSION = "CREATE TABLE schema_version (version BIGINT NOT NULL)"
LOCK = 7_207_020_331
"""An advisory lock for migrations, so that two hosts that start at once do not both make them; any number would do."""


def tables_after(migrations: Sequence[str]) -> list[str]:
    """The statements that make the tables and indexes of the guild half as these migrations leave them."""
    made = sqlite3.connect(":memory:")
    try:
        for body in migrations:
            made.executescript(body)
        rows = made.execute("SELECT tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, rowid")
        return [text for table, sql in rows.fetchall() if table in GUILD_TABLES for text in in_postgresql(sql)]
    finally:
        made.close()


def in_postgresql(script: str) -> list[str]:
    """The statements of a migration that concern the guild half, translated."""
    trees = map(_definition, parse(_SQLITE_ONLY.sub(")", script), read="sqlite"))
    return [generated(tree) for tree in trees if tree is not None and _is_of_guilds(tree)]


async def migrate(connection: psycopg.AsyncConnection, migrations: Sequence[str]) -> None:
    """Make the tables where there are none, and bring older ones up to date. Raises `DatabaseNewerError`."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        found = await (await connection.execute("SELECT to_regclass('schema_version')")).fetchone()
        if found is None or found[0] is None:
            statements = [
                *(ELEMENTS, CLOCK, CHANGES, MOVES, VERSION, "INSERT INTO schema_version VALUES (0)"),
                *await asyncio.to_thread(tables_after, migrations),
                *(NOTED.format(table, column) for table, column in MIRRORED.items()),
            ]
        else:
            row = await (await connection.execute("SELECT version FROM schema_version")).fetchone()
            version = int(row[0]) if row else 0
            if version > len(migrations):
                raise DatabaseNewerError
            later = migrations[version:]
            statements = await asyncio.to_thread(lambda: [text for body in later for text in in_postgresql(body)])
        for statement in statements:
            await connection.execute(statement.encode())
        await connection.execute("UPDATE schema_version SET version = %s", [len(migrations)])


def _is_of_guilds(tree: exp.Expr) -> bool:
    target = tree.this if isinstance(tree.this, exp.Expr) else tree
    table = target.find(exp.Table)
    return table is not None and table.name in GUILD_TABLES


def _definition(tree: exp.Expr | None) -> exp.Expr | None:
    """A definition with what SQLite does by itself: it counts ids, and orders texts by their bytes."""
    if not isinstance(tree, exp.Create):
        return tree
    for column in tree.find_all(exp.ColumnDef):
        if column.name == "id":
            counted = exp.GeneratedAsIdentityColumnConstraint(this=False)
            column.append("constraints", exp.ColumnConstraint(kind=counted))
        if column.kind is not None and column.kind.this == exp.DataType.Type.TEXT:
            # Texts are in the order of their bytes, as in SQLite.
            collation = exp.CollateColumnConstraint(this=exp.to_identifier("C", quoted=True))
            column.append("constraints", exp.ColumnConstraint(kind=collation))
    return tree
