"""`lectern setup`, as operators type it, over services on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import service_access, setup_command
from bot.errors import ExpectedError
from bot.settings import Settings
from bot.simulator.services.library import make
from bot.simulator.services.server import MadeServices, serve
from store.catalog import papers
from store.guilds import subscriptions
from store.library import Library
from tests.seeds.asking import unhurried
from tests.wire.services.test_people import lone


@pytest.fixture
async def made(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MadeServices]:
    services = service_access.services
    monkeypatch.setattr(service_access, "services", lambda settings: unhurried(services(settings)))
    async with serve(await asyncio.to_thread(make)) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, made: MadeServices) -> Settings:
    return Settings(_env_file=None, db=tmp_path / "lectern.db", **made.settings)


async def test_all_papers_are_fetched_and_what_to_subscribe_is_said(
    settings: Settings, made: MadeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    person = lone(made.library)
    assert await setup_command.set_up(settings, [f"- {person.name}"], ["cs.CL"], ["looms"]) == 0
    printed = capsys.readouterr().out
    assert f"{person.name}: {len(person.papers)} papers from OpenAlex" in printed
    for query in (f'author:"{person.name}"', "looms cat:cs.CL", "cat:cs.CL"):
        assert f"/subscribe query:{query}  (" in printed
    library = await Library.open(settings.db)
    assert await papers.count(library.db) == len(person.papers)
    assert await subscriptions.count(library.db) == 0
    await library.close()


async def test_nobody_is_guessed_where_there_is_nobody_to_ask(
    settings: Settings, made: MadeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await setup_command.set_up(settings, ["Ada Example"], [], []) == 1
    told = capsys.readouterr().err
    assert "Ada Example: 3 people found" in told
    assert "https://openalex.org/A" in told
    address = told.split("https://openalex.org/")[1].split()[0]
    assert await setup_command.set_up(settings, [f"https://openalex.org/{address}"], [], []) == 0


async def test_whoever_is_at_a_terminal_is_asked(
    settings: Settings, made: MadeServices, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["Ada Example", "", "cs.CL", "looms", "", 9, 2])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    assert await setup_command.set_up(settings, [], [], []) == 0
    printed = capsys.readouterr().out
    assert "A number from 0 to 3." in printed
    assert '/subscribe query:author:"Ada Example"' in printed
    assert next(answers, None) is None


@pytest.mark.parametrize(
    ("categories", "told"), [(["nonsense.XX"], "no category nonsense.XX"), ([], "Say who belongs to your team")]
)
async def test_what_cannot_be_read_is_told_before_anything_is_asked(
    settings: Settings, made: MadeServices, categories: list[str], told: str
) -> None:
    with pytest.raises(ExpectedError, match=told):
        await setup_command.set_up(settings, [], categories, [])
    assert made.requests == 0


async def test_with_every_service_down_that_is_told(
    settings: Settings, made: MadeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    made.all("down")
    assert await setup_command.set_up(settings, ["Ada Example"], ["cs.CL"], []) == 1
    printed = capsys.readouterr()
    assert "not asked: OpenAlex" in printed.err
    assert "/subscribe query:cat:cs.CL" in printed.out
