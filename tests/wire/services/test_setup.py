"""`/setup` from an empty store to subscriptions, through the real client, over services on loopback."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from aiohttp import web

from bot import service_access
from bot.composition import make_client
from bot.settings import Settings
from bot.simulator.services.library import MadeLibrary
from bot.simulator.services.server import MadeServices
from bot.workers.people import fetch_waiting
from store.catalog import papers
from store.guilds import subscriptions
from store.guilds.subscriptions import Scope, Subscription
from tests.discord.conversation import Answer, Conversation, conversation, walk
from tests.discord.test_preview import announced
from tests.seeds.asking import unhurried
from tests.seeds.serving import service
from tests.wire.services.test_people import lone

SEVERAL = "Ada Example"
"""A name of three people."""


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that want no pauses between two requests."""
    services = service_access.services
    monkeypatch.setattr(service_access, "services", lambda settings: unhurried(services(settings)))


@pytest.fixture
async def ask(tmp_path: Path, made: MadeServices) -> AsyncIterator[Conversation]:
    """An administrator on a server whose store is empty."""
    async with conversation(tmp_path / "lectern.db", **made.settings) as asked:
        yield asked.as_admin


async def fill(ask: Conversation, people: str = "", categories: str = "", words: str = "", **more: Any) -> Answer:
    """Submit the form of `/setup`; the channel is #papers unless another is given."""
    channel = more.get("channel", ask.scene.channels["papers"])
    form = await ask.scene.member.slash(ask.scene.channels["lounge"], "setup")
    result = await ask.scene.member.submit_modal(
        form, {"people": people, "categories": categories, "words": words, "channel": [channel]}
    )
    assert result.response
    return Answer(result, result.response)


def lists(answer: Answer) -> list[dict[str, Any]]:
    """The lists of a card."""
    return [dict(c) for c in walk(answer.shown.components) if c["type"] == 3]


async def choose(ask: Conversation, answer: Answer, *values: str, which: int = 0) -> Answer:
    custom_id = lists(answer)[which]["custom_id"]
    result: simcord.InteractionResult = await ask.scene.member.select(answer.shown, list(values), custom_id=custom_id)
    return Answer(result, result.response or answer.shown)


async def in_papers(ask: Conversation) -> list[Subscription]:
    scope = Scope(ask.scene.guild.id, ask.scene.channels["papers"].id)
    return await subscriptions.in_channel(ask.client.library.db, scope)


async def test_from_an_empty_store_to_subscriptions(ask: Conversation, library: MadeLibrary) -> None:
    person = lone(library)
    card = await fill(ask, person.name, "cs.CL", '"web agents"\ntool use')
    assert f"✓ {person.name} · {person.place} · {len(person.papers)} papers" in card.text.replace("**", "")
    assert card.private
    await ask.press(card, "Fetch the papers of 1")
    assert f"50 of {len(person.papers)} papers, the rest is on its way" in card.text
    assert await papers.count(ask.client.library.db) == 50
    offered = [option["label"] for option in lists(card)[0]["options"]]
    assert offered == [f'author:"{person.name}"', '"web agents" cat:cs.CL', "tool use cat:cs.CL", "cat:cs.CL"]
    assert "whoever runs me has turned off asking arXiv" in card.text, "what could not be asked is told"
    assert await in_papers(ask) == [], "nothing is subscribed without the click"
    await choose(ask, card, "0", "2")
    await ask.press(card, "Make 2 subscriptions")
    assert "2 subscriptions made in" in card.text
    assert [one.query.canonical() for one in await in_papers(ask)] == [offered[0], offered[2]]


async def test_a_name_of_several_people_is_asked_about(ask: Conversation, library: MadeLibrary) -> None:
    card = await fill(ask, f"{SEVERAL}\n{lone(library).name}\nWei Sample")
    assert f"Which {SEVERAL}?" in card.text.replace("**", "")
    assert not any(label.startswith("Fetch") for label in card.buttons()), "nobody is guessed"
    *people, nobody = lists(card)[0]["options"]
    assert nobody["label"] == "None of these"
    assert len({person["description"] for person in people}) == 3, "they are told apart"
    assert all("papers" in person["description"] for person in people)
    await choose(ask, card, "0")
    assert not any(label.startswith("Fetch") for label in card.buttons())
    await choose(ask, card, "1", which=1)
    await choose(ask, card, "2")
    assert [[option["value"] for option in one["options"] if option.get("default")] for one in lists(card)] == [
        ["2"],
        ["1"],
    ], "an answer can be changed"
    await ask.press(card, "Fetch the papers of 3")
    assert "Set up · 2 of 2" in card.text


async def test_none_of_these_leaves_the_line_out(ask: Conversation) -> None:
    card = await fill(ask, SEVERAL, "cs.CL")
    await choose(ask, card, "none")
    await ask.press(card, "Go on")
    assert f"✗ {SEVERAL}: left out." in card.text
    assert [option["label"] for option in lists(card)[0]["options"]] == ["cat:cs.CL"]


async def test_an_orcid_says_who_is_meant(ask: Conversation, library: MadeLibrary) -> None:
    person = next(one for one in library.people if one.name == SEVERAL and one.has_orcid)
    card = await fill(ask, f"- {SEVERAL}, https://orcid.org/{person.orcid}")
    assert "Fetch the papers of 1" in card.buttons()
    assert person.name in card.text


async def test_every_step_goes_on_after_a_restart(ask: Conversation, library: MadeLibrary) -> None:
    async def restart() -> Conversation:
        client = make_client(Settings(_env_file=None, watch=False), ask.client.library, ask.services)
        await ask.scene.env.restart_bot(client)
        return replace(ask, client=client)

    card = await fill(ask, lone(library).name)
    for label in ("Fetch the papers of 1", "Make 1 subscription"):
        ask = await restart()
        await ask.press(card, label)
    assert len(await in_papers(ask)) == 1


async def test_what_is_followed_already_is_not_offered_again(ask: Conversation) -> None:
    card = await fill(ask, categories="cs.CL")
    await ask.press(card, "Make 1 subscription")
    assert len(await in_papers(ask)) == 1
    again = await fill(ask, categories="cs.CL")
    assert "followed there already" in again.text
    assert not lists(again)


async def test_cancel_subscribes_nothing(ask: Conversation) -> None:
    card = await fill(ask, categories="cs.CL")
    await ask.press(card, "Cancel")
    assert "Nothing was subscribed" in card.text
    assert await in_papers(ask) == []


async def test_what_is_fetched_later_is_no_news_for_those_who_follow(ask: Conversation, library: MadeLibrary) -> None:
    person = lone(library)
    card = await fill(ask, person.name)
    await ask.press(card, "Fetch the papers of 1")
    await ask.press(card, "Make 1 subscription")
    while await fetch_waiting(ask.client, ask.client.library.db, lambda: datetime.now(UTC)):
        pass
    assert await papers.count(ask.client.library.db) == len(person.papers)
    (made,) = await in_papers(ask)
    assert made.waiting == 0


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "nothing to follow"),
        ({"categories": "cs.CL nonsense.XX"}, "no category nonsense.XX"),
        ({"people": "\n".join(f"Person {number}" for number in range(11))}, "at most 10"),
        ({"words": "author:"}, "author"),
    ],
)
async def test_what_cannot_be_read_is_told_with_the_form_to_open_again(
    ask: Conversation, values: dict[str, str], told: str
) -> None:
    answer = await fill(ask, **values)
    assert told in answer.text
    assert "Open the form again" in answer.buttons()
    form = await ask.scene.member.click(answer.shown, label="Open the form again")
    assert form.modal


async def test_with_every_service_down_topics_can_be_followed(ask: Conversation, made: MadeServices) -> None:
    made.all("down")
    card = await fill(ask, "Ada Nobody", "cs.CL")
    assert "Ada Nobody: nobody found." in card.text
    assert "OpenAlex" in card.text
    await ask.press(card, "Go on")
    await ask.press(card, "Make 1 subscription")
    assert len(await in_papers(ask)) == 1


async def test_nobody_else_can_confirm(ask: Conversation) -> None:
    card = await fill(ask, categories="cs.CL")
    place = ask.client.get_channel(ask.scene.channels["lounge"].id)
    assert isinstance(place, discord.TextChannel)
    view = discord.ui.LayoutView()
    confirm = card.buttons()["Make 1 subscription"]
    view.add_item(discord.ui.ActionRow(discord.ui.Button(label="forged", custom_id=confirm)))
    message = await place.send(view=view)
    other = ask.scene.guild.add_member(ask.scene.env.create_user("eve"))
    refused = await other.click(message, label="forged")
    assert refused.response
    assert "Somebody else" in str(refused.response.components) + (refused.response.content or "")
    assert await in_papers(ask) == []


async def test_the_permission_counts_in_the_channel_that_is_to_be_posted_in(ask: Conversation) -> None:
    manager = ask.scene.guild.create_role("Manager", permissions=discord.Permissions(manage_channels=True))
    mia = ask.scene.guild.add_member(ask.scene.env.create_user("mia"), roles=[manager])
    closed = ask.scene.guild.create_text_channel(
        "closed", overwrites={manager: discord.PermissionOverwrite(manage_channels=False, send_messages=False)}
    )
    as_mia = replace(ask, scene=replace(ask.scene, member=mia))
    refused = await fill(as_mia, categories="cs.CL", channel=closed)
    assert "You lack permissions in" in refused.text
    assert "Manage Channels" in refused.text


async def test_volume_is_of_what_feeds_announced_last_and_much_is_not_chosen(
    tmp_path: Path, made: MadeServices, library: MadeLibrary
) -> None:
    titles = ["Web Agents", *(f"Loom Number {number}" for number in range(11))]
    async with (
        service(announced(*titles)) as feeds,
        conversation(tmp_path / "lectern.db", **made.settings, watch=True, rss_url=feeds.address) as asked,
    ):
        ask = asked.as_admin
        card = await fill(ask, lone(library).name, "cs.CL", "agents\nloom")
        await ask.press(card, "Fetch the papers of 1")
        options = {option["label"]: option for option in lists(card)[0]["options"]}
        assert options["agents cat:cs.CL"]["description"] == "0 papers in 30 days, 1 announced last"
        assert options["cat:cs.CL"]["description"] == "0 papers in 30 days, 12 announced last ⚠"
        chosen = [label for label, option in options.items() if option.get("default")]
        assert chosen == [f'author:"{lone(library).name}"', "agents cat:cs.CL"]
        assert "and the 12 papers that arXiv announced on 2 Mar 2026." in card.text
        assert len(feeds.requests) == 1, "feeds are asked once for all"
        await ask.press(card, "Make 2 subscriptions")
        assert "First post" in card.text


async def test_made_feeds_announce_new_papers_of_the_people(tmp_path: Path, made: MadeServices) -> None:
    everything = {**made.settings, **made.feeds, "watch": True}
    async with conversation(tmp_path / "lectern.db", **everything) as asked:
        card = await fill(asked.as_admin, categories="cs.CL cs.LG")
        assert re.search(r"the 24 papers that arXiv announced on \d+ \w+ \d+\.", card.text)
        options = {option["label"]: option for option in lists(card)[0]["options"]}
        assert options["cat:cs.CL"]["description"] == "0 papers in 30 days, 12 announced last ⚠"


async def test_where_arxiv_does_not_answer_that_is_told(tmp_path: Path, made: MadeServices) -> None:
    async with (
        service(web.Response(status=503)) as feeds,
        conversation(tmp_path / "lectern.db", **made.settings, watch=True, rss_url=feeds.address) as asked,
    ):
        card = await fill(asked.as_admin, categories="cs.CL")
        assert "could not be asked: 127.0.0.1 is overloaded" in card.text
        assert "Make 1 subscription" in card.buttons()


async def test_services_that_want_pauses_are_given_them(
    tmp_path: Path, made: MadeServices, library: MadeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    async with conversation(tmp_path / "lectern.db", **made.settings) as asked:
        ask = asked.as_admin
        card = await fill(ask, f"{SEVERAL}\nBen Example\n{lone(library).name}\nNobody Atall")
        await choose(ask, card, "0")
        await ask.press(card, "Fetch the papers of 3")
        assert card.text.count("the rest is on its way") == 3
