"""What the store's modules are given to run statements with: the same for every engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

Given = TypeVar("Given")
Given_co = TypeVar("Given_co", covariant=True)


class Row(Protocol):
    """A row: its columns in their order, by place, and by name."""

    def __getitem__(self, key: Any, /) -> Any:
        """The column of this place or name."""
        ...

    def __iter__(self) -> Iterator[Any]: ...

    def __len__(self) -> int: ...

    def keys(self) -> Iterable[str]:
        """The names of the columns."""
        ...


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        ...

    def __aiter__(self) -> AsyncIterator[Row]: ...

    async def fetchone(self) -> Row | None:
        """The next row; None after the last one."""
        ...

    async def fetchall(self) -> Iterable[Row]:
        """The rows that are left."""
        ...


class Running(Protocol[Given_co]):
    """A statement, to be awaited, or entered by `async with`."""

    def __await__(self) -> Generator[Any, None, Given_co]: ...

    async def __aenter__(self) -> Given_co: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None: ...


class Connection(Protocol):
    """A connection within a transaction. A statement's `?` get their values by place, its `:name` by name."""

    @property
    def total_changes(self) -> int:
        """How many rows were written since some moment before the transaction."""
        ...

    def execute(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Running[Cursor]:
        """Run a statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Iterable[Any]], /) -> Running[Cursor]:
        """Run a statement for each of the parameters."""
        ...

    def execute_fetchall(self, sql: str, parameters: Iterable[Any] | None = None, /) -> Running[Iterable[Row]]:
        """Run a statement and read all of its rows."""
        ...


Transaction = Callable[[], AbstractAsyncContextManager[Connection]]
"""Begins a transaction for a block, as the methods of `Database` do."""


class Statement(Generic[Given]):
    """A statement, to be awaited, or entered by `async with`."""

    def __init__(self, running: Coroutine[Any, Any, Given]) -> None:
        self._running = running

    def __await__(self) -> Generator[Any, None, Given]:
        return self._running.__await__()

    async def __aenter__(self) -> Given:
        return await self._running

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        return None
