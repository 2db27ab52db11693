"""The guild half of a file in PostgreSQL, and back: every row, the same, whatever happens on the way."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from store.errors import (
    CannotMoveError,
    DatabaseLockedError,
    GuildHalfElsewhereError,
    MoveDiffersError,
    MoveIncompleteError,
    NotMovedError,
    PapersOfAnotherError,
    StoreError,
)
from store.library import Library
from store.storage.database import Database
from store.storage.guild_rows import COPIED
from store.storage.moved import BASE
from store.storage.postgresql.move import move, move_back
from tests.guilds.test_isolation import Step, seen, steps
from tests.support.filled import fill
from tests.support.postgresql import Cluster

pytestmark = pytest.mark.sqlite_only("they move a file to a database themselves")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Fresh = Callable[[], str]
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def fresh(postgresql: Cluster) -> Iterator[Fresh]:
    """Makes an empty database; its address."""
    numbers = itertools.count()
    yield lambda: postgresql.make(f"move{next(numbers)}")


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    """A store with rows in every table of the guild half."""
    path = tmp_path / "lectern.db"
    await (await Database.open(path)).close()
    fill(path)
    return path


def in_file(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        return {table: sorted(connection.execute(_all(connection, table)).fetchall(), key=repr) for table in COPIED}


def in_database(path: Path, url: str) -> Rows:
    with closing(sqlite3.connect(path)) as file, psycopg.connect(url) as connection:
        return {table: sorted(connection.execute(_all(file, table).encode()).fetchall(), key=repr) for table in COPIED}


def _all(file: sqlite3.Connection, table: str) -> str:
    names = [name for (name,) in file.execute(f"SELECT name FROM pragma_table_info('{table}')")]
    of_one_side = f" WHERE key NOT IN ('{BASE}', 'subscription_stemmer')" if table == "settings" else ""
    return f"SELECT {', '.join(names)} FROM {table}{of_one_side}"


def change(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())


async def open_and_close(path: Path, url: str | None = None) -> None:
    await (await Library.open(path, guilds=url)).close()


def quiet(_: str) -> None:
    pass


async def test_every_row_is_the_same_and_new_ones_follow(filled: Path, fresh: Fresh) -> None:
    url, said = fresh(), list[str]()
    before = in_file(filled)
    assert all(before.values())
    assert await move(filled, url, NOW, said.append)
    assert in_database(filled, url) == before == in_file(filled)
    assert said[-1] == f"{sum(map(len, before.values()))} rows in {len(COPIED)} tables are the same on both sides."
    change(
        url, "INSERT INTO paper_notes (token, owner, person, handle, text, at, shared) VALUES ('', 0, 0, '', '', '', 0)"
    )
    assert max(row[0] for row in in_database(filled, url)["paper_notes"]) == len(before["paper_notes"]) + 1
    assert not await move(filled, url, NOW, quiet), "it is done"


async def test_what_is_of_the_file_alone_stays_there(filled: Path, fresh: Fresh) -> None:
    url = fresh()
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("INSERT INTO settings VALUES ('open by 1', ''), ('opener', '')")  # a process that runs
    filled.with_name(f"{filled.name}-wal").touch()
    await move(filled, url, NOW, quiet)
    with psycopg.connect(url) as moved:
        for table in ("leases", "intake_log", "intake_hosts", "mirror_changes"):
            assert moved.execute(f"SELECT * FROM {table}".encode()).fetchall() == []
        assert moved.execute("SELECT key FROM settings WHERE key LIKE 'open%'").fetchall() == [("opener",)]


# Making examples smaller would take a database for each try.
@settings(max_examples=4, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(history=st.lists(steps, min_size=16, max_size=16))
def test_guilds_are_shown_the_same(fresh: Fresh, history: list[Step]) -> None:
    async def compare(path: Path, copy: Path, url: str) -> None:
        library = await Library.open(path)
        for step in history:
            await step.what(library)
        await library.close()
        shutil.copy(path, copy)
        await move(path, url, NOW, quiet)
        assert await shown(path, url) == await shown(copy)

    with TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder) / "lectern.db", Path(folder) / "copy.db", fresh()))


async def shown(path: Path, url: str | None = None) -> dict[str, Any]:
    library = await Library.open(path, guilds=url)
    try:
        return await seen(library)
    finally:
        await library.close()


async def test_a_character_that_postgresql_lacks_stops_nothing(filled: Path, fresh: Fresh) -> None:
    url = fresh()
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("UPDATE paper_notes SET text = 'a' || char(0) || 'b'")
    assert await move(filled, url, NOW, quiet)
    with psycopg.connect(url) as moved:
        assert {text for (text,) in moved.execute("SELECT text FROM paper_notes")} == {"a\ufffdb"}
    library = await Library.open(filled, guilds=url)
    async with library.db.write() as writer:
        await writer.execute("UPDATE paper_notes SET text = ?", ["c\0d"])
    async with library.db.read() as reader:
        assert {row[0] for row in await reader.execute_fetchall("SELECT text FROM paper_notes")} == {"c\ufffdd"}
    await library.close()


async def test_a_changed_row_is_found_and_copied_anew(filled: Path, fresh: Fresh) -> None:
    url = fresh()

    def change_once(said: str) -> None:
        if "same on both sides" in said:
            change(url, "UPDATE zotero_items SET details = 'other' WHERE version > 0")

    with pytest.raises(MoveDiffersError, match="zotero_items: 4 rows here, 4 there"):
        await move(filled, url, NOW, change_once)
    await open_and_close(filled)
    with pytest.raises(MoveIncompleteError):
        await open_and_close(filled, url)
    assert await move(filled, url, NOW, quiet)
    assert in_database(filled, url) == in_file(filled)


async def test_what_changed_between_two_tries_is_moved(filled: Path, fresh: Fresh) -> None:
    url = fresh()

    def end(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await move(filled, url, NOW, end)
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("DELETE FROM list_entries WHERE list_id = 1")
        connection.execute("UPDATE reading_lists SET name = 'other' WHERE id = 2")
        connection.execute("UPDATE aliases SET query = 'same count' WHERE guild_id = 1")
    assert await move(filled, url, NOW, quiet)
    assert in_database(filled, url) == in_file(filled)


async def test_a_file_that_is_open_is_not_moved(filled: Path, fresh: Fresh) -> None:
    db = await Database.open(filled)
    with pytest.raises(DatabaseLockedError):
        await move(filled, fresh(), NOW, quiet)
    await db.close()


async def test_a_database_of_others_is_refused(filled: Path, fresh: Fresh, tmp_path: Path) -> None:
    other, url, used = tmp_path / "other.db", fresh(), fresh()
    await move(filled, url, NOW, quiet)
    with pytest.raises(CannotMoveError):
        await move(other, url, NOW, quiet)
    await open_and_close(tmp_path / "begun there.db", used)
    with pytest.raises(CannotMoveError):
        await move(other, used, NOW, quiet)
    with pytest.raises(GuildHalfElsewhereError):
        await move(filled, fresh(), NOW, quiet)


async def test_a_file_is_opened_with_its_database_only(filled: Path, fresh: Fresh, tmp_path: Path) -> None:
    url, before, after = fresh(), tmp_path / "before.db", tmp_path / "after.db"
    with pytest.raises(NotMovedError):
        await open_and_close(filled, url)
    shutil.copy(filled, before)
    await move(filled, url, NOW, quiet)
    shutil.copy(filled, after)
    with pytest.raises(GuildHalfElsewhereError):
        await open_and_close(filled)
    for path, other in ((before, url), (tmp_path / "new.db", url), (filled, fresh())):
        with pytest.raises(PapersOfAnotherError):
            await open_and_close(path, other)
    await open_and_close(filled, url)
    await open_and_close(after, url)


async def test_it_can_be_moved_back_and_elsewhere(filled: Path, fresh: Fresh) -> None:
    url, second = fresh(), fresh()
    await move(filled, url, NOW, quiet)
    change(url, "DELETE FROM club_ballots; DELETE FROM club_sessions WHERE id = 2")
    change(url, "UPDATE hidden_papers SET title = 'Since'")
    now = in_database(filled, url)
    with psycopg.connect(url), pytest.raises(CannotMoveError, match="in use"):
        await move_back(filled, url, quiet)
    assert in_file(filled) != now
    await move_back(filled, url, quiet)
    assert in_file(filled) == now
    await open_and_close(filled)
    with pytest.raises(StoreError):
        await move_back(filled, url, quiet)
    await move(filled, second, NOW, quiet)
    assert in_database(filled, second) == now


async def test_papers_that_are_not_in_the_file_are_not_left_behind(filled: Path, fresh: Fresh) -> None:
    url = fresh()
    await move(filled, url, NOW, quiet)
    change(url, "INSERT INTO intake_log (operation, arguments, host, appended) VALUES ('', '', '', '')")
    with pytest.raises(CannotMoveError, match="not in the file yet"):
        await move_back(filled, url, quiet)
