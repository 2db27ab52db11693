"""The rows of the guild half as they are copied from one engine to the other, and compared: the same text for both."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from store.storage.connection import Connection
from store.storage.guild_tables import GUILD_TABLES
from store.storage.moved import BASE, PRUNED_TO
from store.storage.wal_check import IS_OPEN

COPIED = GUILD_TABLES - {"leases", "intake_log", "intake_hosts"}
"""Without what says who does what at the moment, and the log, which begins with several hosts."""
SAID = COPIED - {"settings", "questions", "service_spending", "service_answers", "feeds"}
"""Those with rows only where a guild or person said something."""
_OF_ONE_SIDE = {"settings": f"{IS_OPEN} OR key IN ('{BASE}', '{PRUNED_TO}')"}
"""Rows that are about the file or the database itself."""


@dataclass(frozen=True)
class Table:
    """A table with its columns, those of its primary key, and the tables to whose rows it refers."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    parents: frozenset[str]

    @property
    def listed(self) -> str:
        """The columns, for a statement."""
        return ", ".join(f'"{column}"' for column in self.columns)

    @property
    def condition(self) -> str:
        """Which rows are copied."""
        return f"NOT ({_OF_ONE_SIDE[self.name]})" if self.name in _OF_ONE_SIDE else "1 = 1"

    @property
    def select(self) -> str:
        """The statement for its rows in the order of the key, which is the same in both engines."""
        order = ", ".join(f'"{column}"' for column in self.key)
        return f"SELECT {self.listed} FROM {self.name} WHERE {self.condition} ORDER BY {order}"  # noqa: S608


async def tables(file: Connection) -> list[Table]:
    """The tables that are copied, each after those to whose rows it refers."""
    found = {name: await _table(file, name) for name in sorted(COPIED)}
    order = TopologicalSorter({table.name: table.parents for table in found.values()})
    return [found[name] for name in order.static_order()]


async def _table(file: Connection, name: str) -> Table:
    columns = list(await file.execute_fetchall(f"SELECT name, pk FROM pragma_table_info('{name}')"))  # noqa: S608
    keys = sorted((place, column) for column, place in columns if place)
    parents = await file.execute_fetchall(f"SELECT \"table\" FROM pragma_foreign_key_list('{name}')")  # noqa: S608
    return Table(
        name=name,
        columns=tuple(column for column, _ in columns),
        key=tuple(column for _, column in keys),
        parents=frozenset(parent for (parent,) in parents) - {name},
    )


def refilled(ordered: Sequence[Table], differing: set[str]) -> list[Table]:
    """The tables that are to be filled anew: those that differ, and those that refer to their rows."""
    found: set[str] = set()
    for table in ordered:
        if table.name in differing or table.parents & found:
            found.add(table.name)
    return [table for table in ordered if table.name in found]


@dataclass
class Fingerprint:
    """How many rows there are, and a checksum of all their values in their order."""

    rows: int = 0
    _hash: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    def add(self, row: Sequence[Any]) -> None:
        """Take another row in. In Python texts, bytes, whole and other numbers look different, as they are."""
        self.rows += 1
        self._hash.update(f"{tuple(row)!r}\n".encode())

    @property
    def checksum(self) -> str:
        """In hexadecimal digits."""
        return str(self._hash.hexdigest())


async def fingerprint(rows: AsyncIterator[Sequence[Any]]) -> Fingerprint:
    """That of rows."""
    made = Fingerprint()
    async for row in rows:
        made.add(row)
    return made
