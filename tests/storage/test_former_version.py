"""A file of version 5, in which the ledger named papers by their rows: it opens, migrates and answers the same."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import ingest
from store.catalog import papers
from store.guilds import aliases, digests, pauses, post_contents, posts, subscriptions
from store.guilds.explain import explain
from store.guilds.subscriptions import Options, Scope
from store.guilds.transitions import MATCH_STATES
from store.library import Library
from store.models import Identifier, PaperRecord, ParsedSource, Scheme, Source
from store.search.parser import parse
from store.storage import database
from store.storage.database import Database
from tests.guilds.channels import meant_by

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
STAMP = "2026-03-02T12:00:00.000000+00:00"
LATER = "2026-03-09T12:00:00.000000+00:00"
LAB = Scope(100, 200)
STATES = ("posted", "over_cap", "pending", "pending", "held", "posting", "excluded", "silent", "dropped")
HANDLES = [f"{letter * 12}{number}" for letter, number in zip("zyxwvutsr", "765432765", strict=True)]
"""Of papers 1 to 9; in the order of the alphabet they are the other way round."""
NAMES: list[tuple[Scheme, str]] = [("arxiv", f"2601.0000{number}") for number in range(1, 10)]
NAMES[3] = ("doi", "10.1/a")
MERGED = "a" * 13
TOKENS = ("posted" + "_" * 10, "begun" + "_" * 11)
REASONS = json.dumps([{"kind": "text", "text": "word “agents” in title"}])
REJECTION = json.dumps({"rule": "-survey", "reason": {"kind": "text", "text": "word “survey” in title"}})
COLUMNS = "subscription_id, handle, ledger.target_id, state, reasons, matched, due, changed, note, post_id"


def fill(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO sources VALUES (1, 'arxiv', 'arXiv')")
    for number, handle in enumerate(HANDLES, 1):
        title = f"Agents {number}"
        connection.execute(
            "INSERT INTO papers (id, handle, title, added) VALUES (?, ?, ?, '2026-01-01')", (number, handle, title)
        )
        scheme, value = NAMES[number - 1]
        body = json.dumps({"title": title, "identifiers": [{"scheme": scheme, "value": value}]})
        connection.execute("INSERT INTO records VALUES (?, 1, '2026-03-01T00:00:00+00:00', ?)", (number, body))
        connection.execute("INSERT INTO identifiers VALUES (?, ?, ?)", (scheme, value, number))
        connection.execute(
            "INSERT INTO paper_words (rowid, title, abstract, categories) VALUES (?, ?, '', '')",
            (number, title.lower()),
        )
    connection.execute("INSERT INTO merged_handles VALUES (?, 1)", (MERGED,))
    connection.execute("INSERT INTO aliases VALUES (100, 'title', 'the first', 'The First', ?, '')", (MERGED,))
    for number, target in ((1, 200), (2, 300)):
        connection.execute(
            "INSERT INTO subscriptions (id, token, guild_id, channel_id, target_id, creator_id, anchor_id, query, needs,"
            " cadence, at, weekday, zone, cap, created) VALUES (?, ?, 100, ?, ?, 7, 0, 'agents -survey', 'w:agents',"
            " 'now', '08:30', 0, 'UTC', 10, ?)",
            (number, f"subscription_{number}__", target, target, STAMP),
        )
        connection.execute("INSERT INTO subscription_keys VALUES ('w:agents', ?)", (number,))
    for post_id, token, state in ((1, TOKENS[0], "posted"), (2, TOKENS[1], "posting")):
        connection.execute(
            "INSERT INTO posts (id, token, subscription_id, target_id, state, after_id, part, started, tries, unsure,"
            " next_try, message_id, posted) VALUES (?, ?, 1, 200, ?, 0, 1, ?, 0, 1, ?, ?, ?)",
            (post_id, token, state, STAMP, STAMP, *((5000, STAMP) if state == "posted" else (None, None))),
        )
    for paper_id, state in enumerate(STATES, 1):
        connection.execute(
            "INSERT INTO ledger VALUES (1, ?, 200, ?, ?, ?, ?, ?, ?, ?)",
            (
                paper_id,
                state,
                REJECTION if state == "excluded" else REASONS,
                STAMP,
                STAMP,
                STAMP,
                "no longer wanted" if state == "dropped" else None,
                {"posted": 1, "over_cap": 1, "posting": 2}.get(state),
            ),
        )
    connection.execute(
        "INSERT INTO ledger VALUES (2, 3, 300, 'pending', ?, ?, ?, ?, NULL, NULL)", (REASONS, STAMP, LATER, STAMP)
    )


def rows(path: Path, tables: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute(f"SELECT {COLUMNS} FROM {tables} ORDER BY subscription_id, handle").fetchall()
    connection.close()
    return found


@pytest.fixture
def former(tmp_path: Path) -> Path:
    path = tmp_path / "former.db"
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for body in database.migrations()[:5]:
            connection.executescript(body)
        connection.execute("PRAGMA user_version = 5")
        fill(connection)
    connection.close()
    return path


@pytest.fixture
async def migrated(former: Path) -> AsyncIterator[Database]:
    db = await Database.open(former)
    yield db
    await db.close()


async def test_every_row_is_kept_under_its_papers_handle(former: Path) -> None:
    before = rows(former, "ledger JOIN papers ON papers.id = paper_id")
    assert {row[3] for row in before} == set(MATCH_STATES)
    await (await Database.open(former)).close()
    assert rows(former, "ledger") == before
    connection = sqlite3.connect(former)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


async def test_what_became_of_a_paper_is_still_known(migrated: Database) -> None:
    for handle, state in zip(HANDLES, STATES, strict=True):
        (outcome,) = (await explain(migrated, LAB, LAB.guild_id, handle))[1]
        assert outcome.state == state
        assert (outcome.message_id == 5000) == (state in ("posted", "over_cap"))
        assert outcome.note == ("no longer wanted" if state == "dropped" else None)
        assert (outcome.rejection is not None) == (state == "excluded")
    assert (await explain(migrated, LAB, LAB.guild_id, MERGED))[1] == (
        await explain(migrated, LAB, LAB.guild_id, HANDLES[0])
    )[1]


async def test_old_buttons_and_names_still_work(migrated: Database) -> None:
    assert [item.paper.title for item in await post_contents.over_cap(migrated, LAB, TOKENS[0])] == ["Agents 2"]
    (cause,) = await post_contents.causes(migrated, LAB, TOKENS[0])
    assert (cause.creator_id, [item.paper.title for item in cause.items]) == (7, ["Agents 1"])
    merged = await papers.by_handle(migrated, MERGED)
    assert merged and merged.handle == HANDLES[0]
    assert meant_by(migrated, 100, "title", "the first") == MERGED
    assert [alias.text for alias in await aliases.entries(migrated, 100)] == ["Agents 1"]
    (listed,) = await subscriptions.in_channel(migrated, LAB)
    assert (listed.waiting, listed.last_post) == (4, NOW)
    paused = await pauses.pause(migrated, LAB, "subscription_1__", "enough", NOW)
    assert paused.pause


async def test_what_was_begun_is_finished_and_what_waits_is_posted_in_its_order(migrated: Database) -> None:
    async with migrated.read() as connection:
        (begun,) = await posts.unfinished(connection, 200)
    assert begun.token == TOKENS[1]
    assert [item.paper.title for item in (await digests.content(migrated, begun)).items] == ["Agents 6"]
    (due,) = await digests.begin_due(migrated, 200, NOW, lambda items, _: [len(items)])
    assert [item.paper.title for item in (await digests.content(migrated, due)).items] == ["Agents 3", "Agents 4"]
    assert (await posts.backlog(migrated, [200], NOW)).papers == 3


async def test_papers_that_turn_out_to_be_one_have_one_match(migrated: Database) -> None:
    source = Source(kind="dblp", name="DBLP", retrieved=NOW)
    both = tuple(Identifier(scheme=scheme, value=value) for scheme, value in NAMES[3:5])
    record = PaperRecord(source=source, title="Agents 5", identifiers=both)
    await ingest.take(migrated, "DBLP", ParsedSource(papers=(record,)), now=NOW)
    for handle in HANDLES[3:5]:
        (outcome,) = (await explain(migrated, LAB, LAB.guild_id, handle))[1]
        assert outcome.state == "pending"
    assert (await subscriptions.in_channel(migrated, LAB))[0].waiting == 3


async def test_its_subscriptions_find_other_forms_of_their_words_and_say_so(former: Path) -> None:
    library = await Library.open(former)
    try:
        (carried,) = await subscriptions.in_channel(library.db, LAB)
        assert carried.widened
        made = await subscriptions.create(library.db, LAB, 200, 7, parse("agent"), Options(), datetime.now(UTC))
        assert not made.widened
        record = PaperRecord(source=Source(kind="arxiv", name="arXiv", retrieved=NOW), title="An Agent")
        await ingest.take(library.db, "arXiv", ParsedSource(papers=(record,)), now=NOW)
        ((handle, _),) = [one for one in await papers.newest(library.db, 20) if one[0] not in HANDLES]
        first, second = (await explain(library.db, LAB, LAB.guild_id, handle))[1]
        assert {one.reasons[0].text for one in (first, second)} == {
            "word “agents” as “agent” in title", "word “agent” in title",
        }  # fmt: skip
        found = await library.view(LAB.guild_id).search(parse("agent"), 20)
        assert found.total == 10
    finally:
        await library.close()


async def test_titles_of_stored_papers_find_them_whoever_is_named(tmp_path: Path) -> None:
    path = tmp_path / "former.db"
    with sqlite3.connect(path, isolation_level=None) as connection:
        for body in database.migrations()[:19]:
            connection.executescript(body)
        connection.execute("PRAGMA user_version = 19")
        for number, title in enumerate(("Weaving Silk by Machines", "On Looms", "Guest Editor S Note"), 1):
            connection.execute(
                "INSERT INTO papers (id, handle, title, added) VALUES (?, ?, ?, '2026-01-01')",
                (number, HANDLES[number], title),
            )
            connection.execute("INSERT INTO title_texts VALUES (?, ?, '')", (number, title.lower()))
            connection.execute("INSERT INTO identifiers VALUES ('title', ?, ?)", (f"{title.lower()}|2001", number))
    connection.close()
    db = await Database.open(path)
    async with db.read() as reading:
        found = await reading.execute_fetchall("SELECT value, paper_id FROM identifiers")
    await db.close()
    assert [tuple(row) for row in found] == [("weaving silk by machines|", 1)]
