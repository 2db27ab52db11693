"""`lectern migrate`, as people run it: killed in the middle, run again, and what it says next is true."""

from __future__ import annotations

import asyncio
import re
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from store.storage.database import Database
from tests.bot.conftest import Lectern, environment
from tests.support.filled import fill
from tests.support.postgresql import Cluster

pytestmark = pytest.mark.sqlite_only("it moves a file to a database itself")
ROWS = 60_000


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with rows in every table, and many in the ledger."""
    path = tmp_path / "lectern.db"

    async def make() -> None:
        await (await Database.open(path)).close()

    asyncio.run(make())
    fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO ledger (subscription_id, handle, target_id, state, reasons, matched, due, changed)"
            " VALUES (1, ?, 200, 'pending', '[]', '', '', '')",
            ((f"paper {number}",) for number in range(ROWS)),
        )
    return path


@pytest.fixture
def url(postgresql: Cluster) -> str:
    return postgresql.make(secrets.token_hex(8))


def lines(program: subprocess.Popen[str]) -> Iterator[str]:
    assert program.stdout
    yield from program.stdout


def test_a_killed_move_is_finished_by_the_next_one(store: Path, url: str, lectern: Lectern, tmp_path: Path) -> None:
    moving = subprocess.Popen(
        [sys.executable, "-m", "bot", "migrate", "--to", url],
        env=environment(tmp_path, PYTHONUNBUFFERED="1"), cwd=tmp_path, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert any(re.match(r"ledger: \d0,000 of", line) for line in lines(moving))
    moving.kill()
    moving.wait()
    if moving.stdout:
        moving.stdout.close()
    assert count(url, "subscriptions") > 0
    assert count(url, "ledger") == 0, "it was killed within this table"
    refused = lectern("export", LECTERN_DATABASE=url)
    assert (refused.returncode, "lectern migrate" in refused.stderr) == (1, True)
    assert lectern("export").returncode == 0, "without the database it goes on as before"

    done = lectern("migrate", "--to", url)
    assert done.returncode == 0, done.stderr
    assert "ledger: 60,004 rows, the same on both sides" in done.stdout
    assert not re.search(r"subscriptions: .* of", done.stdout)
    assert count(url, "ledger") == ROWS + 4
    refused = lectern("export")
    assert (refused.returncode, "set LECTERN_DATABASE" in refused.stderr) == (1, True)
    assert lectern("export", LECTERN_DATABASE=url).returncode == 0

    back = lectern("migrate", "--from", url)
    assert "has all of it again" in back.stdout
    assert lectern("export").returncode == 0


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "either --to or --from"),
        (("--to", "postgresql://a", "--from", "postgresql://b"), "either --to or --from"),
        (("--to", "mysql://a"), "begin with postgresql://"),
        (("--to", "postgresql://nobody:secret@127.0.0.1:1/none"), "cannot be reached"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    lectern: Lectern, tmp_path: Path, arguments: tuple[str], says: str
) -> None:
    (tmp_path / "lectern.db").touch()
    done = lectern("migrate", *arguments)
    assert (done.returncode, says in done.stderr, "secret" in done.stderr) == (1, True, False)


def test_a_backup_says_what_it_does_not_hold(url: str, lectern: Lectern) -> None:
    assert lectern("import", "none.bib", LECTERN_DATABASE=url).returncode == 1, "it makes the store"
    done = lectern("backup", "copy.db", LECTERN_DATABASE=url)
    assert done.returncode == 0, done.stderr
    assert "whole" not in done.stdout
    assert "PostgreSQL" in done.stdout
