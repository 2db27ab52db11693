"""A connection to both halves of the store, which sends each statement to the one that it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from store.storage.connection import Connection, Cursor, Row, Running, Statement
from store.storage.guild_tables import is_of_guilds, tables
from store.storage.mirror import MIRRORED

Given = TypeVar("Given")
Begin = Callable[[], Awaitable[Connection]]
Check = Callable[[Connection, Connection], Awaitable[None]]


class RoutingConnection:
    """Transactions on two databases, each begun with the first statement that is about it.

    With `mirrored`, what the file of papers has a copy of is read there. `check` is called with both once both are
    begun: a paper of which guilds were told is not to look as if it were gone, because this file does not have it yet.
    """

    def __init__(self, papers: Begin, guilds: Begin, *, mirrored: bool = False, check: Check | None = None) -> None:
        self._begin = {False: papers, True: guilds}
        self._begun: dict[bool, Connection] = {}
        self._mirrored = mirrored
        self._check = check
        self.has_written_mirrored = False

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

    async def begin(self, *, of_guilds: bool) -> Connection:
        """Begin a transaction on one half, unless that is done."""
        if of_guilds not in self._begun:
            self._begun[of_guilds] = await self._begin[of_guilds]()
            if self._check and len(self._begun) == 2:
                await self._check(self._begun[False], self._begun[True])
        return self._begun[of_guilds]

    async def _run(self, sql: str, run: Callable[[Connection], Running[Given]]) -> Given:
        of_guilds = is_of_guilds(sql)
        if of_guilds and not MIRRORED.keys().isdisjoint(tables(sql)):
            of_guilds = not self._mirrored
            self.has_written_mirrored |= not sql.startswith("SELECT")
        return await run(await self.begin(of_guilds=of_guilds))
