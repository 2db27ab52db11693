"""What buttons stand for is known for a while, and not kept for ever."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

from store.storage import button_state, database
from store.storage.database import Database
from tests.support.made import DAY


async def test_a_question_is_forgotten_some_time_after_it_was_last_asked(db: Database) -> None:
    one, other = await button_state.keep(db, "one", DAY), await button_state.keep(db, "other", DAY)
    later = DAY + button_state.KEPT - timedelta(days=1)
    assert await button_state.keep(db, "one", later) == one
    assert await button_state.recall(db, other, later) == "other"
    after = DAY + button_state.KEPT + timedelta(days=1)
    assert (await button_state.recall(db, one, after), await button_state.recall(db, other, after)) == ("one", None)
    await button_state.keep(db, "third", after)
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT question FROM questions ORDER BY question")
    assert [row[0] for row in rows] == ["one", "third"]


async def test_questions_from_before_they_had_an_age_are_still_known(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.db", isolation_level=None) as connection:
        for body in database.migrations()[:4]:
            connection.executescript(body)
        connection.execute("PRAGMA user_version = 4")
        connection.execute("INSERT INTO questions VALUES ('token', 'asked before')")
    connection.close()
    migrated = await Database.open(tmp_path / "old.db")
    assert await button_state.recall(migrated, "token") == "asked before"
    await migrated.close()
