"""Interactions through the gateway, answered over REST by a real client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine

import aiohttp
import pytest

from commands.context import Interaction
from commands.errors import answer_error
from commands.respond import reply
from commands.views import paper_cards
from commands.views.layout import CardView
from tests.wire import payloads
from tests.wire.clients import Probe, connected, until
from tests.wire.conftest import Scene
from tests.wire.faults import Fault, Script, What


async def test_commands_are_installed_with_ids_and_listed(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        synced = await client.tree.sync()
        assert {command.name for command in synced} == {"echo", "slow", "twice", "Shout"}
        again = await client.tree.fetch_commands()
        assert [command.id for command in again] == [command.id for command in await client.tree.sync()]


async def test_a_slash_command_is_answered_and_its_button_changes_the_message(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        asked = scene.interactions.slash(scene.ann, scene.channel, "echo", text="hello")
        message = await asked.answer()
        assert payloads.texts(message) == ["hello", "Again"]
        assert message["flags"] & payloads.V2
        assert list(scene.channel.messages) == [int(message["id"])]
        assert asked.answered_s is not None and asked.answered_s < 3
        clicked = scene.interactions.click(scene.ann, scene.channel, message, "again")
        assert payloads.texts(await clicked.answer()) == ["clicked"]
        assert payloads.texts(scene.channel.messages[int(message["id"])]) == ["clicked"]


async def test_a_private_answer_is_no_message_of_the_channel(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        asked = scene.interactions.slash(scene.ann, scene.channel, "echo", text="psst", private=True)
        assert (await asked.answer())["flags"] & payloads.EPHEMERAL
        assert scene.channel.messages == {}


async def test_a_deferred_answer_is_settled_by_its_edit(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        asked = scene.interactions.slash(scene.ann, scene.channel, "slow")
        message = await asked.answer()
        assert message["content"] == "done"
        assert not message["flags"] & payloads.LOADING
        assert asked.callback is not None and asked.callback["type"] == 5


async def test_keystrokes_get_choices(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        typed = scene.interactions.keystroke(scene.ann, scene.channel, "echo", "text", "x")
        assert await typed.answer() == {"choices": [{"name": n, "value": n} for n in ("xa", "xb")]}


async def test_an_apps_menu_gets_the_whole_message(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        message = scene.world.post(scene.channel, scene.ann.body, {"content": "quiet"})
        asked = scene.interactions.on_message(scene.ann, scene.channel, "Shout", message)
        assert (await asked.answer())["content"] == "QUIET"
        # Without the privileged intent the gateway gives other people's messages without their content.
        assert client.seen[0] == ""


async def test_commands_in_direct_messages(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        direct = scene.world.direct(scene.ann.id)
        asked = scene.interactions.slash(scene.ann, direct, "echo", text="hello")
        assert payloads.texts(await asked.answer()) == ["hello", "Again"]


async def test_answering_twice_is_40060(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        asked = scene.interactions.slash(scene.ann, scene.channel, "twice")
        assert (await asked.answer())["content"] == "once"
        await until(lambda: bool(client.failures))
        assert [getattr(error, "code", None) for error in client.failures] == [40060]


async def test_answering_after_three_seconds_is_10062(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        asked = scene.interactions.slash(scene.ann, scene.channel, "twice")
        asked.born -= 3.0
        with pytest.raises(TimeoutError):
            await asked.answer(0.3)
        await until(lambda: len(client.failures) == 2)
        assert [getattr(error, "code", None) for error in client.failures] == [10062, 10062]


async def test_an_announcement_whose_confirmation_is_lost_is_still_followed_by_the_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.respond.DEFER_AFTER_S", 0.05)
    client = _thinking(lambda interaction: reply(interaction, _thought()))
    async with connected(client, scene):
        await client.tree.sync()
        scene.faults = Script(lambda call: call.route.endswith("/callback"), [Fault("status", after=True, status=500)])
        asked = scene.interactions.slash(scene.ann, scene.channel, "think")
        assert payloads.texts(await asked.answer()) == ["thought"]
        assert len(scene.channel.messages) == 1


@pytest.mark.parametrize("what", ["reset", "hang_up", "status"])
@pytest.mark.parametrize("after", [False, True])
async def test_an_answer_whose_connection_breaks_off_is_sent_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, what: What, after: bool
) -> None:
    monkeypatch.setattr("commands.respond.DEFER_AFTER_S", 0.0)
    await _shown_once(scene, Script(lambda call: call.method == "PATCH", [Fault(what, after=after)] * 2))


@pytest.mark.parametrize("what", ["reset", "hang_up"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("patience", [0.0, 2.0])
async def test_a_first_answer_whose_connection_breaks_off_is_sent_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, what: What, after: bool, patience: float
) -> None:
    """Whether it is the card itself, or says that one will come."""
    monkeypatch.setattr("commands.respond.DEFER_AFTER_S", patience)
    await _shown_once(scene, Script(lambda call: call.route.endswith("/callback"), [Fault(what, after=after)] * 2))


@pytest.mark.parametrize("private", [False, True])
async def test_an_error_after_a_card_was_shown_takes_the_place_of_no_card_and_breaks_no_rule(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    """The first card's edit came through, but its answer never: nobody can know whether it is shown."""
    monkeypatch.setattr("commands.respond.DEFER_AFTER_S", 0.0)

    async def think(interaction: Interaction) -> None:
        try:
            await reply(interaction, _thought(), private=private)
        except aiohttp.ClientError as error:
            await answer_error(interaction, error)
            finished.set()

    finished, client = asyncio.Event(), _thinking(think)
    async with connected(client, scene):
        await client.tree.sync()
        scene.faults = Script(lambda call: call.method == "PATCH", [Fault("hang_up", after=True)] * 4)
        asked = scene.interactions.slash(scene.ann, scene.channel, "think")
        await asyncio.wait_for(finished.wait(), 20)
        told = asked.original if private else asked.followups[0]
        assert told and "Something went wrong" in "".join([told["content"], *payloads.texts(told)])
        assert told["flags"] & payloads.EPHEMERAL
        assert scene.violations == [] and scene.channel.messages == {}


async def _shown_once(scene: Scene, faults: Script) -> None:
    """Ask with these faults, which all happen; the thought is shown, in one message."""

    async def think(interaction: Interaction) -> None:
        await reply(interaction, _thought())
        finished.set()

    finished, client = asyncio.Event(), _thinking(think)
    async with connected(client, scene):
        await client.tree.sync()
        scene.faults = faults
        asked = scene.interactions.slash(scene.ann, scene.channel, "think")
        await asyncio.wait_for(finished.wait(), 10)
        assert payloads.texts(await asked.answer()) == ["thought"]
        assert len(scene.channel.messages) == 1 and faults.left == []


def _thinking(answer: Callable[[Interaction], Coroutine[None, None, None]]) -> Probe:
    """A client with `/think`, which takes longer than the patience."""
    client = Probe()

    @client.tree.command(name="think", description="Takes longer than the patience")
    async def think(interaction: Interaction) -> None:
        await answer(interaction)

    return client


async def _thought() -> CardView:
    await asyncio.sleep(0.1)
    return paper_cards.message("thought")


async def test_a_token_is_good_for_a_quarter_of_an_hour(scene: Scene) -> None:
    client = Probe()
    async with connected(client, scene):
        await client.tree.sync()
        asked = scene.interactions.slash(scene.ann, scene.channel, "slow")
        await asked.answer()
        asked.born = time.monotonic() - 901
        url = f"{scene.api_base}/webhooks/{scene.world.application_id}/{asked.token}/messages/@original"
        async with aiohttp.ClientSession() as http, http.patch(url, json={"content": "late"}) as answer:
            assert answer.status == 401
            assert (await answer.json())["code"] == 50027
