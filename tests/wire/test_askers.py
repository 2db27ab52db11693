"""That people who get no answer, or two, are noticed, and what excuses it."""

from __future__ import annotations

import contextlib
import random

import pytest
from discord import app_commands

from commands.context import Interaction
from tests.wire.askers import Askers
from tests.wire.clients import Probe, beside, connected, until
from tests.wire.conftest import Scene


async def _silent(interaction: Interaction) -> None:
    """Never answers."""


async def _once(interaction: Interaction) -> None:
    await interaction.response.send_message("once")


async def _broken(interaction: Interaction) -> None:
    await interaction.response.send_message("Something went wrong on my side.")


async def _asked(scene: Scene, answer: object, *, absent: bool = False) -> Askers:
    """What became of a few questions to a client whose every command answers so."""
    client, askers = Probe(), Askers(scene, random.Random(1), ["words"])
    for name in ("subscriptions", "mine"):
        client.tree.add_command(app_commands.Command(name=name, description="Asked", callback=answer))  # type: ignore[arg-type]
    async with connected(client, scene):
        await client.tree.sync()
        with askers.absent([0]) if absent else contextlib.nullcontext():
            async with beside(askers.ask_on()):
                await until(lambda: set(askers.outcomes) - {"before the commands were there"} != set(), 20)
    return askers


async def test_who_is_answered_once_is_content(scene: Scene) -> None:
    askers = await _asked(scene, _once)
    assert askers.outcomes["answered"] and not askers.missing and not askers.answered_twice


@pytest.mark.parametrize("answer", [_silent, _broken])
async def test_who_gets_no_answer_or_an_error_is_noticed(scene: Scene, answer: object) -> None:
    askers = await _asked(scene, answer)
    assert askers.missing and not askers.outcomes["answered"]


async def test_a_host_that_is_away_is_an_excuse(scene: Scene) -> None:
    askers = await _asked(scene, _silent, absent=True)
    assert askers.outcomes["the host stood still or was cut off"] and not askers.missing


async def test_two_answers_are_noticed(scene: Scene) -> None:
    async def twice(interaction: Interaction) -> None:
        await _once(interaction)
        with contextlib.suppress(Exception):
            scene.interactions.respond(interaction.id, interaction.token, {"type": 4, "data": {"content": "twice"}})

    askers = await _asked(scene, twice)
    assert askers.answered_twice
