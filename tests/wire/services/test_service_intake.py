"""Asking for people and papers that are not here, through the real client, over services on loopback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import discord
import pytest

from bot import service_access
from bot.simulator.services.library import MadeLibrary, MadePaper
from bot.simulator.services.server import MadeServices
from bot.workers.people import fetch_waiting
from commands import service_intake
from commands.context import Assistant
from store.catalog import papers
from store.guilds import person_intakes
from tests.discord.conversation import Answer, Conversation, conversation
from tests.seeds.asking import unhurried
from tests.wire.services.test_people import lone

OUTSIDE, HERE = "Found outside", "In your library"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that want no pauses between two requests."""
    services = service_access.services
    monkeypatch.setattr(service_access, "services", lambda settings: unhurried(services(settings)))


@pytest.fixture
async def ask(tmp_path: Path, made: MadeServices) -> AsyncIterator[Conversation]:
    """A person on a server whose store is empty."""
    async with conversation(tmp_path / "lectern.db", **made.settings) as asked:
        yield asked


def numbered(answer: Answer, words: str) -> str:
    """The number of the entry that says so."""
    (number,) = re.findall(rf"(?m)^\*\*(\d+)\.\*\* \*\*[^\n]*\*\*\n[^*]*{re.escape(words)}", answer.text)
    return str(number)


async def fetch_all(ask: Conversation) -> None:
    """What the worker does until nobody waits."""
    while await fetch_waiting(ask.client, ask.client.library.db, lambda: datetime.now(UTC)):
        pass


async def test_somebody_absent_is_on_the_screen_with_their_papers_in_three_requests(
    ask: Conversation, made: MadeServices, library: MadeLibrary
) -> None:
    person = lone(library)
    found = await ask("author", name=person.name)
    assert OUTSIDE in found.text
    assert HERE not in found.text
    assert f"{person.place} · {len(person.papers)} papers" in found.text
    await ask.press(found, "1")
    assert found.text.startswith(f"## {person.name}\n")
    assert made.requests <= 3
    assert len(found.titles) == 3
    assert re.search(rf"-# {re.escape(person.place)} \(\d{{4}}–\d{{4}}\)\n", found.text), "with years"
    assert f"of {len(person.papers)} papers" in found.text, "it says how far it is"
    assert f"**{len(person.papers)}** papers" in found.text, "the figures are the service's"


async def test_the_rest_of_their_papers_comes_in_the_background(ask: Conversation, library: MadeLibrary) -> None:
    person = lone(library)
    page = await ask("author", name=person.name)
    await ask.press(page, "1")
    assert await papers.count(ask.client.library.db) == 50
    await fetch_all(ask)
    assert await papers.count(ask.client.library.db) == len(person.papers)
    again = await ask("author", name=person.name)
    for service in ("OpenAlex", "DBLP"):
        assert f"{len(person.papers)} papers from {service}, fetched" in again.text
    assert f"{len(person.papers)} papers here" in again.text, "each is here once"
    assert "Refresh" in again.buttons()


async def test_names_are_suggested_with_where_the_person_works(
    ask: Conversation, made: MadeServices, library: MadeLibrary
) -> None:
    person = lone(library)
    page = await ask("author", name=person.name)
    await ask.press(page, "1")
    await ask("add", entry=f"@article{{a, title={{Looms}}, author={{{person.name} Loom}}}}")
    asked = made.requests
    first, second, *_ = await ask.suggested("author", "name", person.name)
    assert first == f"{person.name} · 50 papers · {person.place}"
    assert second == f"{person.name} Loom · 1 paper"
    async with ask.client.library.db.write() as connection:
        await connection.execute(
            "UPDATE person_intakes SET person = json_set(person, '$.affiliations[0].name', ?)", [f"Made {'long ' * 50}"]
        )
    first, *_ = await ask.suggested("author", "name", person.name)
    assert len(first) <= 100 and first.startswith(f"{person.name} · 50 papers · Made long") and first.endswith("…")
    assert made.requests == asked, "no service is waited for"


async def test_a_namesake_is_fetched_from_each_service_as_the_one_they_are(
    ask: Conversation, made: MadeServices, library: MadeLibrary
) -> None:
    found = await ask("author", name="outside: Ada Example")
    assert found.text.count("-# from OpenAlex and DBLP") == 3
    await ask.press(found, "1")
    assert "⏳ Fetching from DBLP: 0 papers" in found.text
    await fetch_all(ask)
    (page,) = [
        one
        for one in library.people
        if one.name == "Ada Example" and len(one.papers) == await papers.count(ask.client.library.db)
    ]
    assert page.place in found.text


async def test_where_the_first_service_gives_no_papers_the_next_does(ask: Conversation, made: MadeServices) -> None:
    found = await ask("author", name="outside: Ada Example")
    made["openalex"].always = "429 later"
    await ask.press(found, "1")
    assert "⏳ Fetching from DBLP: 100 of" in found.text
    assert "0 papers from OpenAlex; OpenAlex" in found.text


async def test_asked_again_what_is_new_is_fetched(ask: Conversation, made: MadeServices, library: MadeLibrary) -> None:
    person = lone(library, most=200)
    page = await ask("author", name=person.name)
    await ask.press(page, "1")
    await fetch_all(ask)
    before = made.requests
    page = await ask("author", name=person.name)
    assert made.requests == before, "who is here is not asked for"
    await ask.press(page, "Refresh")
    assert made.requests > before
    assert page.text.startswith(f"## {person.name}\n")
    await fetch_all(ask)
    assert await papers.count(ask.client.library.db) == len(person.papers)


async def test_a_title_is_found_outside_and_taken_in_by_one_click(
    ask: Conversation, made: MadeServices, library: MadeLibrary
) -> None:
    paper: MadePaper = lone(library).papers[0]
    found = await ask("paper", title=paper.title)
    assert OUTSIDE in found.text
    assert found.titles[0] == paper.title
    asked = made.requests
    await ask.press(found, "1")
    assert f"### [{paper.title}]" in found.text or found.text.startswith(f"### {paper.title}")
    assert made.requests == asked, "what was found is taken in without asking again"
    await ask.press(found, "← Back")
    again = await ask("paper", title=paper.title)
    assert paper.title in again.text.splitlines()[0]


async def test_what_is_closest_here_stands_beside_what_is_outside(ask: Conversation, library: MadeLibrary) -> None:
    person = lone(library)
    await ask("add", entry="@article{a, title={Looms}, author={Adda Exampel}}")
    found = await ask("author", name=person.name)
    assert person.place in found.text
    assert found.text.index(OUTSIDE) < found.text.index(HERE), "who is called just so comes first"


async def test_the_last_suggestion_searches_outside(ask: Conversation, library: MadeLibrary) -> None:
    person = lone(library)
    *_, last = await ask.suggested("author", "name", person.name)
    assert last == f"Search outside for “{person.name}”"
    found = await ask("author", name=f"outside: {person.name}")
    assert found.text.startswith("### Found outside")
    assert person.place in found.text


async def test_a_page_that_fails_is_told_and_goes_on_later(
    ask: Conversation, made: MadeServices, library: MadeLibrary
) -> None:
    person = lone(library)
    page = await ask("author", name=person.name)
    await ask.press(page, "1")
    made["openalex"].always = "429 later"
    await fetch_all(ask)
    failed = await ask("author", name=person.name)
    assert f"50 of {len(person.papers)} papers from OpenAlex; OpenAlex" in failed.text
    assert "It is tried again." in failed.text


async def test_who_has_had_too_many_people_fetched_is_told(tmp_path: Path, made: MadeServices) -> None:
    limits = {"person_people": 1}
    async with conversation(tmp_path / "lectern.db", **made.settings, **limits) as ask:
        first, second = made.library.people[0], made.library.people[1]
        for person, refused in ((first, False), (second, True)):
            found = await ask("author", name=f"outside: {person.name}")
            opened = await ask.press(found, "1")
            assert ("again in" in opened.text) is refused


async def test_only_a_chosen_role_and_managers_fetch_people(ask: Conversation, library: MadeLibrary) -> None:
    person, guild = lone(library), ask.scene.guild
    role = guild.create_role("Librarians", permissions=discord.Permissions(view_channel=True, send_messages=True))
    await ask.as_admin("fetching", role=role)
    found = await ask("author", name=person.name)
    refused = await ask.press(found, "1")
    assert f"only <@&{role.id}> may fetch people from services" in refused.text
    assert await papers.count(ask.client.library.db) == 0
    mia = guild.add_member(ask.scene.env.create_user("mia"), roles=[role])
    with_role = replace(ask, scene=replace(ask.scene, member=mia))
    page = await with_role.press(await with_role("author", name=person.name), "1")
    assert page.text.startswith(f"## {person.name}\n")


class _Waiting(Assistant):
    """A client that is not connected, of a process beside the one that fetches people."""

    def does(self, worker: str) -> bool:
        return worker != "people"


async def test_what_another_process_fetches_is_seen(
    ask: Conversation, library: MadeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_intake, "LOOK_S", 0.05)
    await ask.press(await ask("author", name=lone(library).name), "1")
    db = ask.client.library.db
    (before, *_) = await person_intakes.waiting(db, datetime.now(UTC))
    client = _Waiting(intents=discord.Intents.none())
    client.library = ask.client.library
    async with client:
        asked = SimpleNamespace(client=client)
        progress = asyncio.create_task(service_intake._progress(asked, before, 20))  # type: ignore[arg-type]
        await asyncio.sleep(0.2)
        assert not progress.done()
        assert before.author
        await person_intakes.advance(db, before, before.author, 50, None, "next", datetime.now(UTC))
        later = await progress
    assert later and later.taken == before.taken + 50
