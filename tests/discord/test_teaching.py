"""What words stand for on a server: only what somebody said they meant, told each time, undone by a button."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store.storage.database import Database
from tests.discord.conversation import Answer, Conversation, conversation
from tests.discord.test_papers import TITLES

YES, NO, UNDO = "Yes, remember it", "No", "Undo"
WOBBLE = "stereotype wobble"


async def first_of(ask: Conversation, command: str, **options: str) -> Answer:
    """The first of what is offered where nothing fits."""
    offered = await ask(command, **options)
    assert "closest" in offered.text
    return await ask.press(offered, "1")


async def test_looking_teaches_nothing(ask: Conversation) -> None:
    opened = await first_of(ask, "author", name="bob smith")
    assert "Is this what you meant by “bob smith”?" in opened.text
    assert "closest" in (await ask("author", name="bob smith")).text
    await ask.press(opened, NO)
    assert "closest" in opened.text, "a no leads back to what was offered"
    assert "closest" in (await ask("author", name="bob smith")).text


@pytest.mark.parametrize(("command", "option"), [("paper", "title"), ("author", "name"), ("summary", "paper")])
async def test_a_yes_teaches_and_undo_takes_it_back(ask: Conversation, command: str, option: str) -> None:
    typed = "bob smith" if command == "author" else WOBBLE
    opened = await first_of(ask, command, **{option: typed})
    heading = opened.text.splitlines()[0]
    await ask.press(opened, YES)
    assert opened.text.splitlines()[0] == heading
    assert f"“{typed}” leads here from now on" in opened.text
    again = await ask(command, **{option: typed.upper()})
    assert again.text.splitlines()[0] == heading
    assert f"is understood as this, as <@{ask.scene.member.id}> said on" in again.text
    await ask.press(again, UNDO)
    assert "closest" in again.text
    assert "closest" in (await ask(command, **{option: typed})).text


async def test_anybody_may_undo_what_another_taught(ask: Conversation) -> None:
    await ask.press(await first_of(ask, "paper", title=WOBBLE), YES)
    taught = await ask("paper", title=WOBBLE)
    assert "closest" in (await ask.as_admin.press(taught, UNDO)).text
    assert "closest" in (await ask("paper", title=WOBBLE)).text


async def test_what_is_called_exactly_so_wins_over_what_was_taught(ask: Conversation) -> None:
    await ask.press(await first_of(ask, "author", name="Yann LeCun"), YES)
    assert "## Yann LeCun" not in (await ask("author", name="Yann LeCun")).text
    await ask("add", entry=json.dumps([{"title": "A Path Towards Machines", "authors": ["Yann LeCun"]}]))
    real = await ask("author", name="yann lecun")
    assert real.text.startswith("## Yann LeCun\n")
    assert "understood as" not in real.text
    assert (await ask.suggested("author", "name", "yann lecun"))[0] == "Yann LeCun · 1 paper"


async def test_what_a_former_version_noted_by_looking_is_asked_about(store_file: Path) -> None:
    async with conversation(store_file) as ask:
        await ask.press(await first_of(ask, "paper", title=WOBBLE), YES)
        db: Database = ask.client.library.db
        async with db.write() as connection:
            await connection.execute("UPDATE aliases SET taught_by = NULL")
        noted = await ask("paper", title=WOBBLE)
        assert f"Somebody here once picked this for “{WOBBLE}”. Is it what you meant?" in noted.text
        await ask.press(noted, NO)
        assert "closest" in noted.text
        assert "Nothing is remembered" in (await ask("aliases")).text


async def test_nothing_is_asked_where_something_fits(ask: Conversation) -> None:
    several = await ask("author", name="liu")
    opened = await ask.press(several, "1")
    assert YES not in opened.buttons()
    assert TITLES["WebRL"] in (await ask("paper", title="webrl")).text
