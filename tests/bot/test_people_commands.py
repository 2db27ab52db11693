"""`lectern people`, as people type it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from store import correcting_people
from store.library import Library

FULL, SHORT = "Noah A. Smith", "Noah Smith"
ENTRIES = [
    {"title": "Parsing with Sparsity", "authors": [FULL, "Ada Bee"]},
    {"title": "Grammars for Dialogue", "authors": [FULL, "Ada Bee"]},
    {"title": "Structured Sparsity", "authors": [SHORT, "Ada Bee"]},
]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LECTERN_DB", str(tmp_path / "lectern.db"))
    (tmp_path / "a.json").write_text(json.dumps(ENTRIES))
    assert run("import", str(tmp_path / "a.json"))
    assert "Nobody has corrected" in run("people", "corrections")
    return tmp_path / "lectern.db"


def run(*arguments: str) -> str:
    """What is printed; or the error."""
    done = CliRunner().invoke(app, list(arguments))
    return str(done.exception) if done.exit_code else done.output


def in_store(path: Path, act: Callable[[Library], Awaitable[object]]) -> None:
    async def do() -> None:
        library = await Library.open(path)
        await act(library)
        await library.close()

    asyncio.run(do())


def papers(path: Path, name: str, owner: int = 5) -> int:
    counts: list[int] = []

    async def read(library: Library) -> None:
        counts.extend(author.papers for author in await library.view(owner).namesakes(name))

    in_store(path, read)
    return counts[0]


def test_two_are_one_for_everybody_also_after_another_import_until_undone(store: Path) -> None:
    assert "one page for everybody" in run("people", "same", SHORT, FULL)
    assert papers(store, SHORT) == papers(store, FULL) == 3
    assert "already" in run("people", "same", FULL, SHORT)
    run("import", str(store.with_name("a.json")))
    assert papers(store, SHORT) == 3
    listed = run("people", "corrections")
    assert "One person:" in listed and FULL in listed
    undo = next(line for line in listed.splitlines() if "to undo" in line).split("lectern ")[1].split()
    assert "two people again" in run(*undo)
    assert "was not said" in run(*undo)
    assert (papers(store, SHORT), papers(store, FULL)) == (1, 2)


def test_a_paper_is_anothers(store: Path) -> None:
    assert f"but by {SHORT}" in run("people", "not-by", "Parsing with Sparsity", FULL, "--but", SHORT)
    assert (papers(store, SHORT), papers(store, FULL)) == (2, 1)
    assert "is not by" in run("people", "not-by", "Parsing with Sparsity", FULL)
    assert "is not by Noah A. Smith, but by Noah Smith:" in run("people", "corrections")
    assert "is by Noah A. Smith again" in run("people", "not-by", "--undo", "Parsing with Sparsity", FULL)
    assert (papers(store, SHORT), papers(store, FULL)) == (1, 2)


def test_what_a_server_said_can_be_made_to_hold_for_all(store: Path) -> None:
    async def say(library: Library) -> None:
        for guild in (5, 6):
            view = library.view(guild)
            one, other = [(await view.bearers(name))[0].handle for name in (SHORT, FULL)]
            await correcting_people.join(view, one, other, 7)
            await correcting_people.move(view, (await view.papers_of(one))[0], one, None, 7)

    in_store(store, say)
    assert papers(store, SHORT, owner=8) == 1
    listed = run("people", "corrections")
    assert listed.count("said by 2 of the servers") == 2 and "by somebody else" in listed
    for command in [line.split("lectern ")[1].split() for line in listed.splitlines() if "for everybody:" in line]:
        assert "To undo this" in run(*command)
    assert papers(store, SHORT, owner=8) == 2


def test_who_is_kept_apart_is_not_asked_about(store: Path) -> None:
    asked: list[int] = []

    async def ask(library: Library) -> None:
        (who,) = await library.view(5).namesakes(SHORT)
        asked.append(len(await library.view(5).same_people(who.handle)))

    in_store(store, ask)
    run("people", "same", SHORT, FULL)
    assert "stay two people" in run("people", "apart", SHORT, FULL)
    assert papers(store, SHORT) == 1, "the last word counts"
    in_store(store, ask)
    assert "Two people:" in run("people", "corrections")
    assert "decide again" in run("people", "apart", "--undo", FULL, SHORT)
    assert "was not said" in run("people", "apart", "--undo", FULL, SHORT)
    in_store(store, ask)
    assert asked == [1, 0, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("same", "Nobody Here", SHORT), "Nobody is called 'Nobody Here'"),
        (("apart", SHORT, SHORT), "one person in the store"),
        (("not-by", "No Such Title At All", SHORT), "No paper is found"),
    ],
)
def test_what_is_not_there_is_said(store: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in run("people", *arguments)
