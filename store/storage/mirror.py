"""A copy, in each host's file, of what guilds see beside the papers of all: what they hid, added, taught, corrected.

Look-ups need it at every keystroke, and it is there while PostgreSQL is not. PostgreSQL counts the changes of each
owner's rows (`store.storage.postgresql.schema`), and an owner's rows are copied anew when that number has grown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from store.storage import key_values
from store.storage.connection import Connection, Row

MIRRORED = {
    "aliases": "guild_id",
    **dict.fromkeys(
        (
            *("hidden_papers", "own_papers", "own_records", "own_keys", "own_authorships", "own_figures", "own_moves"),
            *("joined_people", "moved_authorships"),
        ),
        "owner",
    ),
}
"""The tables, each with the column that says whose a row is."""
POSITION = "mirror"
"""The key of how far the file is."""


async def position(papers: Connection) -> int:
    """The last change that this file has."""
    return int(await key_values.get(papers, "papers_settings", POSITION) or 0)


async def changed_since(guilds: Connection, change: int) -> tuple[int, list[int]]:
    """The last change now, and the owners whose rows changed since that one."""
    rows = await guilds.execute_fetchall("SELECT owner, change FROM mirror_changes WHERE change > ?", [change])
    found = [(row[0], row[1]) for row in rows]
    return max([change, *(number for _, number in found)]), [owner for owner, _ in found]


async def read(guilds: Connection, owners: Sequence[int]) -> dict[str, list[Row]]:
    """The rows of these owners, of each table."""
    return {
        table: list(
            await guilds.execute_fetchall(
                f"SELECT * FROM {table} WHERE {column} IN (SELECT CAST(value AS INTEGER) FROM json_each(?))",  # noqa: S608
                [json.dumps(list(owners))],
            )
        )
        for table, column in MIRRORED.items()
    }


async def write(papers: Connection, owners: Sequence[int], rows: dict[str, list[Row]], change: int) -> None:
    """Put these rows in the place of those that the file has of the owners."""
    for table, column in MIRRORED.items():
        await papers.execute(
            f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))",  # noqa: S608
            [json.dumps(list(owners))],
        )
        if rows[table]:
            columns = list(rows[table][0].keys())
            await papers.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
                [tuple(row) for row in rows[table]],
            )
    await key_values.put(papers, "papers_settings", POSITION, str(change))
