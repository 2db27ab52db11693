"""Rows of every kind in every table of the guild half, made from the schema."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from store.storage.guild_tables import GUILD_TABLES

ODD_TEXTS = ("plain", "Müller 中文 🧪", "a tab\t, a line\n, a backslash \\N and '\"%s", "", "\\.", " ", "%(p1)s ?1")
ODD_NUMBERS = (0, 1, 2**63 - 1, -(2**63), 1_234_567_890_123_456_789)
ODD_REALS = (0.0, 0.1, 1e300, -2.5, 3.0)
ODD_BYTES = (b"", b"\0\x01\xff", b"\\x00")
_ALLOWED = re.compile(r"\b(\w+) IN \(([^()]+)\)")


def fill(path: Path, rows: int = 4) -> None:
    """Put so many rows into each table of the guild half, beside those that are there."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN")
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for table in sorted(GUILD_TABLES):
            (sql,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [table]).fetchone()
            columns = connection.execute(f"SELECT * FROM pragma_table_info('{table}')").fetchall()
            parents = {row[3] for row in connection.execute(f"SELECT * FROM pragma_foreign_key_list('{table}')")}
            allowed = {
                name: [one.strip().strip("'") for one in listed.split(",")] for name, listed in _ALLOWED.findall(sql)
            }
            for number in range(rows):
                values = [
                    _value(place, number, kind, allowed.get(name), is_key=bool(pk) or name in parents, name=name)
                    for place, name, kind, _, _, pk in columns
                ]
                marks = ", ".join("?" * len(values))
                connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)
        connection.execute("COMMIT")


def _value(place: int, number: int, kind: str, allowed: list[str] | None, *, is_key: bool, name: str) -> Any:
    if kind == "INTEGER":
        if allowed:
            return int(allowed[number % len(allowed)])
        if is_key or name in _SMALL:
            return number + 1
        return ODD_NUMBERS[(place + number) % len(ODD_NUMBERS)]
    if kind == "REAL":
        return ODD_REALS[(place + number) % len(ODD_REALS)]
    if kind == "BLOB":
        return ODD_BYTES[(place + number) % len(ODD_BYTES)]
    if allowed:
        return allowed[number % len(allowed)]
    return f"{place:02d} {number} {ODD_TEXTS[(place + number) % len(ODD_TEXTS)]}"


_SMALL = {"weekday", "cap", "spent", "owner", "anchor_id"}
"""Columns with a limit, or that are unique."""
