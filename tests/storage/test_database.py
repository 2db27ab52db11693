"""The file: migrations, errors that people understand, two processes, backup, cancelled writes."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from store import errors
from store.storage import database
from store.storage.database import Database

DESIGNED = Path(__file__).with_name("schema.sql")


def schema(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
        # The tables that a full-text table is made of are SQLite's own, and differ from version to version.
        statements = [row[0] for row in rows if not row[0].startswith("CREATE TABLE '")]
    connection.close()
    return "\n\n".join(f"{statement};" for statement in statements) + "\n"


async def make(path: Path) -> None:
    await (await Database.open(path)).close()


async def test_the_migrated_schema_is_the_designed_one(tmp_path: Path) -> None:
    """After a new migration: look at what `python -m tests.storage.test_database` writes to schema.sql, and commit it."""
    await make(tmp_path / "a.db")
    assert schema(tmp_path / "a.db") == DESIGNED.read_text("utf-8")


@pytest.mark.parametrize("version", range(1, len(database.migrations()) + 1))
async def test_a_file_of_every_earlier_version_migrates_with_its_data(tmp_path: Path, version: int) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path, isolation_level=None) as connection:
        for body in database.migrations()[:version]:
            connection.executescript(body)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("INSERT INTO papers (handle, title, added) VALUES ('abc', 'A Title', '2026-01-01')")
        connection.execute("INSERT INTO settings VALUES ('key', 'value')")
    connection.close()
    migrated = await Database.open(path)
    async with migrated.read() as reader:
        assert await database.schema_version(reader) == len(database.migrations())
        rows = await reader.execute_fetchall("SELECT title, value FROM papers, settings WHERE key = 'key'")
        assert [tuple(row) for row in rows] == [("A Title", "value")]
    await migrated.close()
    await make(tmp_path / "new.db")
    assert schema(path) == schema(tmp_path / "new.db")


async def test_the_columns_of_a_key_come_first_in_a_table_without_rowid(tmp_path: Path) -> None:
    """Otherwise SQLite before 3.42 looks for NULL in the wrong columns, and calls the file damaged."""
    await make(tmp_path / "a.db")
    with sqlite3.connect(tmp_path / "a.db") as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE sql LIKE '%WITHOUT ROWID%'").fetchall()
        assert len(tables) > 10
        for (table,) in tables:
            places = [row[5] for row in connection.execute(f"PRAGMA table_info({table})")]
            length = sum(map(bool, places))
            assert places[:length] == list(range(1, length + 1)), table
    connection.close()


async def test_a_migration_that_fails_leaves_the_version_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = database.migrations()
    bad = "CREATE TABLE half (id INTEGER) STRICT;\nCREATE TABLE papers (id INTEGER) STRICT;\n"
    monkeypatch.setattr(database, "migrations", lambda: [*good, bad])
    await_path = tmp_path / "a.db"
    with pytest.raises(errors.StoreError):
        await Database.open(await_path)
    monkeypatch.undo()
    await make(await_path)
    assert "half" not in schema(await_path)


async def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    await make(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pytest.raises(errors.DatabaseNewerError):
        await Database.open(path)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be looked at" * 100, b"SQLite format 3\0" * 99]
)
async def test_a_file_that_is_none_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    with pytest.raises(errors.DatabaseDamagedError):
        await Database.open(path)
    assert path.read_bytes() == content


async def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    connection.close()
    with pytest.raises(errors.DatabaseDamagedError, match="another program"):
        await Database.open(path)


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.DatabaseUnavailableError):
        await Database.open(tmp_path / "file" / "a.db")


async def test_a_locked_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    db = await Database.open(tmp_path / "a.db")
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(errors.DatabaseLockedError):
        async with db.write():
            pass
    other.execute("ROLLBACK")
    other.close()
    async with db.write() as connection:
        await connection.execute("INSERT INTO settings VALUES ('a', 'b')")
    await db.close()


async def test_two_processes_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    db = await Database.open(path)
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom store.storage.database import Database\n"
        "async def main():\n"
        "    db = await Database.open(Path(sys.argv[1]))\n"
        "    for i in range(50):\n"
        "        async with db.write() as c:\n"
        "            await c.execute('INSERT INTO settings VALUES (?, ?)', [f'theirs {i}', ''])\n"
        "    await db.close()\n"
        "asyncio.run(main())"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, str(path), stderr=subprocess.PIPE)
    for number in range(50):
        async with db.write() as connection:
            await connection.execute("INSERT INTO settings VALUES (?, '')", [f"ours {number}"])
    _, complaints = await process.communicate()
    assert process.returncode == 0, complaints
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT count(*) FROM settings WHERE key NOT LIKE 'open by %'")
    assert next(iter(rows))[0] == 100
    await db.close()


async def test_a_cancelled_write_leaves_nothing_and_does_not_block_the_next(db: Database) -> None:
    started = asyncio.Event()

    async def interrupted() -> None:
        async with db.write() as connection:
            await connection.execute("INSERT INTO settings VALUES ('half', '')")
            started.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(interrupted())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.write() as connection:
        await connection.execute("INSERT INTO settings VALUES ('whole', '')")
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT key FROM settings WHERE key NOT LIKE 'open by %'")
    assert [row[0] for row in rows] == ["whole"]


async def test_writes_cancelled_at_any_moment_do_not_block_the_next(db: Database) -> None:
    async def write(key: str) -> None:
        async with db.write() as connection:
            await connection.execute("INSERT INTO settings VALUES (?, '')", [key])

    for number in range(60):
        task = asyncio.create_task(write(f"{number}"))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        await asyncio.sleep(number % 5 / 10_000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await write("last")
    async with db.read() as connection:
        assert await connection.execute_fetchall("SELECT 1 FROM settings WHERE key = 'last'")


async def test_readers_cannot_write(db: Database) -> None:
    with pytest.raises(errors.StoreError):
        async with db.read() as connection:
            await connection.execute("INSERT INTO settings VALUES ('a', 'b')")


async def test_a_backup_is_whole_while_writes_go_on(db: Database, tmp_path: Path) -> None:
    async def write() -> None:
        for number in range(200):
            async with db.write() as connection:
                await connection.execute("INSERT INTO settings VALUES (?, '')", [f"{number} a"])
                await connection.execute("INSERT INTO settings VALUES (?, '')", [f"{number} b"])

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    await db.backup(tmp_path / "copy.db")
    await writing
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copy.execute("SELECT count(*) % 2 FROM settings WHERE key NOT LIKE 'open by %'").fetchone() == (0,)
    copy.close()
    with pytest.raises(errors.DatabaseUnavailableError, match="exists already"):
        await db.backup(tmp_path / "copy.db")


def copies(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("copy.db*")]


async def test_a_backup_for_which_there_is_no_room_leaves_nothing(db: Database, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(errors.StoreError):
            await db.backup(tmp_path / "copy.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert copies(tmp_path) == []
    await db.backup(tmp_path / "copy.db")
    assert copies(tmp_path) == ["copy.db"]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(make(Path(folder) / "a.db"))
        DESIGNED.write_text(schema(Path(folder) / "a.db"), "utf-8")
