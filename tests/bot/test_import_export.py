"""Papers in from files: all of them, once, and subscribers are not flooded."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.import_export import POSTED_UNASKED, import_file
from store.catalog import papers
from store.guilds import subscriptions
from store.library import Library
from store.search.parser import parse
from tests.support.made import DAY


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    opened = await Library.open(tmp_path / "a.db")
    yield opened
    await opened.close()


def dump(folder: Path, count: int) -> Path:
    path = folder / "made.jsonl"
    rows = ({"title": f"A Made Title Number {n}", "authors": [f"Author {n}"], "year": 2024} for n in range(count))
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


async def states(library: Library) -> set[str]:
    async with library.db.read() as connection:
        return {row[0] for row in await connection.execute_fetchall("SELECT state FROM ledger")}


async def follow(library: Library) -> None:
    scope = subscriptions.Scope(1, 2)
    await subscriptions.create(library.db, scope, 2, 3, parse("title"), subscriptions.Options(), DAY)


@pytest.mark.parametrize(
    ("count", "notify", "answer", "asked", "state"),
    [
        (POSTED_UNASKED, None, False, [], "pending"),
        (POSTED_UNASKED + 1, None, True, [POSTED_UNASKED + 1], "pending"),
        (POSTED_UNASKED + 1, None, False, [POSTED_UNASKED + 1], "silent"),
        (50, True, False, [], "pending"),
        (5, False, True, [], "silent"),
    ],
)
async def test_many_papers_are_posted_only_where_somebody_agrees(
    library: Library, tmp_path: Path, count: int, notify: bool | None, answer: bool, asked: list[int], state: str
) -> None:
    await follow(library)
    questions: list[int] = []

    def ask(number: int) -> bool:
        questions.append(number)
        return answer

    report = await import_file(library, dump(tmp_path, count), lambda done: None, notify, ask)
    assert report.new == count
    assert questions == asked
    assert await states(library) == {state}


async def test_nobody_is_asked_where_nobody_has_subscribed(library: Library, tmp_path: Path) -> None:
    await import_file(library, dump(tmp_path, 50), lambda done: None, None, lambda number: pytest.fail("asked"))


async def test_a_long_file_is_read_in_parts_and_reported_once(library: Library, tmp_path: Path) -> None:
    steps: list[int] = []
    report = await import_file(library, dump(tmp_path, 2500), steps.append, None, lambda number: True)
    assert (report.new, await papers.count(library.db), steps[-1]) == (2500, 2500, 2500)
    async with library.db.read() as connection:
        assert len(list(await connection.execute_fetchall("SELECT 1 FROM intakes"))) == 1
