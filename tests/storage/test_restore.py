"""A store that lost its log is noticed, a backup takes its place, and nobody else can read either."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.errors import DatabaseDamagedError, DatabaseIncompleteError, DatabaseLockedError, DatabaseNewerError
from store.storage import app_state
from store.storage.database import Database, migrations
from store.storage.restore import restore
from store.storage.wal_check import log_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from store.storage import app_state
from store.storage.database import Database
async def main():
    db = await Database.open(Path(sys.argv[1]))
    await app_state.put(db, "last", "change")
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """That of most machines: new files can be read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


async def value(path: Path) -> str | None:
    db = await Database.open(path)
    try:
        return await app_state.get(db, "last")
    finally:
        await db.close()


async def make(path: Path, last: str) -> None:
    db = await Database.open(path)
    await app_state.put(db, "last", last)
    await db.close()


def files(folder: Path) -> list[str]:
    """The names of files, without the log of the store."""
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("lectern.db-"))


def kill_while_open(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL and log_of(path).exists()


async def test_a_store_of_a_killed_process_opens_with_its_log_only(tmp_path: Path) -> None:
    path = tmp_path / "lectern.db"
    await make(path, "before")
    kill_while_open(path)
    log_of(path).rename(tmp_path / "log")
    for _ in range(2):
        with pytest.raises(DatabaseIncompleteError, match="-wal"):
            await Database.open(path)
    shutil.copy(path, tmp_path / "copied while it ran.db")
    with pytest.raises(DatabaseIncompleteError):
        await Database.open(tmp_path / "copied while it ran.db")
    (tmp_path / "log").rename(log_of(path))
    assert await value(path) == "change"
    assert await value(path) == "change", "it was closed since"


async def test_one_can_go_on_without_the_log(tmp_path: Path) -> None:
    path = tmp_path / "lectern.db"
    await make(path, "before")
    kill_while_open(path)
    log_of(path).unlink()
    assert restore(path, path, NOW) is None
    assert await value(path) == "before"


async def test_a_process_beside_does_not_close_the_store(tmp_path: Path) -> None:
    path = tmp_path / "lectern.db"
    first = await Database.open(path)
    await make(path, "from beside")
    shutil.copy(path, tmp_path / "copy.db")
    with pytest.raises(DatabaseIncompleteError):
        await Database.open(tmp_path / "copy.db")
    await first.close()
    assert await value(path) == "from beside"


async def test_another_program_may_be_the_last_to_close_it(tmp_path: Path) -> None:
    path = tmp_path / "lectern.db"
    await make(path, "kept")
    with closing(sqlite3.connect(path)) as shell:
        shell.execute("SELECT count(*) FROM papers").fetchone()
        await make(path, "from the bot")
        assert log_of(path).exists()
    assert await value(path) == "from the bot"


async def test_a_store_whose_tables_were_in_the_log_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lectern.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        assert path.stat().st_size
    with pytest.raises(DatabaseIncompleteError):
        await Database.open(path)
    assert restore(path, path, NOW) is None
    assert await value(path) is None


async def test_a_backup_takes_the_place_of_the_store(tmp_path: Path) -> None:
    path, backup = tmp_path / "lectern.db", tmp_path / "backup.db"
    await make(path, "old")
    db = await Database.open(path)
    await db.backup(backup)
    await db.close()
    kill_while_open(path)
    former = restore(path, backup, NOW)
    assert former == tmp_path / "lectern.db.before-20260302T120000"
    assert await value(path) == "old" and await value(former) == "change", "nothing is lost"
    assert await value(backup) == "old"
    assert restore(tmp_path / "new.db", backup, NOW) is None
    assert await value(tmp_path / "new.db") == "old"


async def test_a_store_in_use_is_not_replaced(db: Database, tmp_path: Path) -> None:
    await db.backup(tmp_path / "backup.db")
    with pytest.raises(DatabaseLockedError):
        restore(db.path, tmp_path / "backup.db", NOW)
    assert files(tmp_path) == ["backup.db", "lectern.db"]
    await app_state.put(db, "last", "works")


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
async def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lectern.db"
    await make(path, "kept")
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(DatabaseDamagedError):
        restore(path, tmp_path / "bad", NOW)
    assert await value(path) == "kept"
    newer = await Database.open(tmp_path / "newer.db")
    async with newer.write() as connection:
        await connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    await newer.close()
    with pytest.raises(DatabaseNewerError):
        restore(path, tmp_path / "newer.db", NOW)


async def test_only_the_owner_can_read_a_store_its_log_and_its_backup(tmp_path: Path) -> None:
    path, backup = tmp_path / "new folder" / "lectern.db", tmp_path / "backup.db"
    db = await Database.open(path)
    await app_state.put(db, "last", "x")
    await db.backup(backup)
    readable = [file for file in (path.parent, *path.parent.iterdir(), backup) if file.stat().st_mode & 0o077]
    await db.close()
    assert readable == []
    restore(tmp_path / "restored.db", backup, NOW)
    assert not (tmp_path / "restored.db").stat().st_mode & 0o077
