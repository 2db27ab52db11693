"""People and papers that are not here, asked for by the real client."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.simulator.services.library import MadeLibrary
from bot.simulator.services.server import MadeServices
from tests.discord.conversation import conversation, seeded


@pytest.fixture
async def store_file(tmp_path: Path) -> Path:
    library = await seeded(tmp_path / "lectern.db")
    await library.close()
    return tmp_path / "lectern.db"


async def test_a_paper_by_its_id_takes_one_request(store_file: Path, made: MadeServices, library: MadeLibrary) -> None:
    paper = next(one for one in library.papers if one.arxiv)
    async with conversation(store_file, **made.settings) as ask:
        assert paper.title in (await ask("paper", title=paper.arxiv)).text
        assert made.requests == 1


async def test_with_every_service_down_the_store_answers_and_says_what_was_not_asked(
    store_file: Path, made: MadeServices
) -> None:
    made.all("down")
    async with conversation(store_file, **made.settings) as ask:
        assert "Zehan Qi" in (await ask("author", name="Zehan Qi")).text
        assert made.requests == 0
        absent = await ask("author", name="Ada Example")
        assert "OpenAlex: 127.0.0.1" in absent.text and "DBLP: 127.0.0.1" in absent.text


async def test_status_says_what_services_cost_and_which_rest(store_file: Path, made: MadeServices) -> None:
    async with conversation(store_file, **made.settings) as ask:
        await ask("author", name="Ada Example")
        shown = (await ask("status")).text
        assert "OpenAlex · $0.0011 of $0.10 today, without a key" in shown
        assert "ORCID · 0 of 5,000 requests today" in shown
        made["openalex"].always = "429 later"
        await ask("author", name="Wei Sample")
        shown = (await ask("status")).text
        assert "⚠ OpenAlex · " in shown and "not asked for 120 minutes: 127.0.0.1 is overloaded" in shown
        assert shown.index("OpenAlex") < shown.index("DBLP")
