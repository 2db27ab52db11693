"""What the client itself does, with commands, buttons and workers made for it."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import discord
import pytest
from discord import app_commands

from bot.client import Lectern, Worker, commands_key
from bot.composition import make_limits, open_services
from bot.library_opening import open_library
from bot.settings import Settings
from bot.simulator.simulation import Scene, simulated
from commands.buttons import StatefulButton
from commands.custom_ids import CustomId
from commands.errors import UserError, log_autocomplete_errors
from store.errors import DatabaseLockedError
from store.guilds.own_papers import Owner
from store.models import ParsedSource
from store.storage import app_state

ERRORS: dict[str, Exception] = {
    "user": UserError("No such paper; try other words."),
    "store": DatabaseLockedError("database is locked"),
    "program": ValueError("an inside matter"),
}


@app_commands.command(name="made", description="Made for tests")
async def made(interaction: discord.Interaction[Any], how: str, late: bool = False) -> None:
    """Fail as it is told."""
    if late:
        await interaction.response.defer()
    if how in ERRORS:
        raise ERRORS[how]
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.ActionRow(made_button("user"), made_button("program"), made_button("store")))
    view.add_item(discord.ui.ActionRow(discord.ui.Button(label="old", custom_id="made:1:of-an-older-version")))
    await interaction.response.send_message(view=view)


@made.autocomplete("how")
async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    with log_autocomplete_errors("how"):
        if typed == "boom":
            raise ValueError("an inside matter")
        return [app_commands.Choice(name="user", value="user")]
    return []


@dataclass(frozen=True)
class MadeId(CustomId, form="made:{how}"):
    how: Literal["user", "program", "store"]


class MadeButton(StatefulButton[MadeId], id_type=MadeId):
    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        raise ERRORS[self.state.how]


def made_button(how: Literal["user", "program", "store"]) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=how, custom_id=str(MadeId(how)))


Running = Callable[..., AbstractAsyncContextManager[tuple[Lectern, Scene]]]


async def unused(asker: Owner, name: str, content: bytes) -> ParsedSource:
    raise AssertionError("nothing is handed over here")


@pytest.fixture
def running(tmp_path: Path) -> Running:
    @asynccontextmanager
    async def run(*workers: Worker) -> AsyncIterator[tuple[Lectern, Scene]]:
        settings = Settings(_env_file=None, db=tmp_path / "lectern.db")
        async with open_library(settings) as library, open_services(settings, library) as services:
            limits = make_limits(settings)
            client = Lectern(library, services.outside, unused, limits, [made], [MadeButton], workers=workers)
            async with simulated(client) as scene:
                yield client, scene

    return run


def syncs(scene: Scene) -> int:
    return sum(request.method == "PUT" and request.path.endswith("/commands") for request in scene.env.http_requests)


async def test_discord_is_told_about_commands_only_when_they_changed(running: Running) -> None:
    async with running() as (client, scene):
        assert syncs(scene) == 1
        assert not await client.tree.sync_when_changed()
        assert syncs(scene) == 1
        client.tree.add_command(app_commands.Command(name="more", description="Made", callback=made.callback))
        assert await client.tree.sync_when_changed()
        assert not await client.tree.sync_when_changed()
        assert syncs(scene) == 2


async def test_what_discord_refused_is_sent_again(running: Running) -> None:
    async with running() as (client, scene):
        await app_state.put(client.library.db, commands_key(client.application_id), "older")
        scene.env.inject_error("PUT", "/applications/*/commands", status=403)
        with pytest.raises(discord.Forbidden):
            await client.tree.sync_when_changed()
        assert await client.tree.sync_when_changed()


async def test_commands_are_installed_for_guilds_and_people_everywhere(running: Running) -> None:
    async with running() as (_, scene):
        (told,) = [r.json or [] for r in scene.env.http_requests if r.method == "PUT" and r.path.endswith("/commands")]
        assert [(c["name"], c["integration_types"], c["contexts"]) for c in told] == [("made", [0, 1], [0, 1, 2])]


@pytest.mark.parametrize("late", [False, True])
async def test_an_error_is_told_once_in_a_sentence(
    running: Running, caplog: pytest.LogCaptureFixture, late: bool
) -> None:
    async with running() as (_, scene):
        for how in ERRORS:
            caplog.clear()
            result = await scene.member.slash(scene.channels["lounge"], "made", how=how, late=late)
            # Late, after the waiting was announced to all: that is taken away, and the person told by a follow-up.
            (told,) = [message for message in (result.response, *result.followups) if message is not None]
            assert told.ephemeral
            assert scene.channels["lounge"].history() == []
            check_sentence(how, told.content, caplog)


async def test_an_error_of_a_button_is_told_too(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    async with running() as (_, scene):
        asked = await scene.member.slash(scene.channels["lounge"], "made", how="well")
        assert asked.response is not None
        for how in ERRORS:
            caplog.clear()
            result = await scene.member.click(asked.response, label=how)
            assert result.response is not None
            assert result.response.ephemeral
            check_sentence(how, result.response.content, caplog)


async def test_a_button_of_an_older_version_is_answered(running: Running) -> None:
    async with running() as (_, scene):
        asked = await scene.member.slash(scene.channels["lounge"], "made", how="well")
        assert asked.response is not None
        result = await scene.member.click(asked.response, label="old")
        assert result.response is not None
        assert "Give its command again" in result.response.content
        assert result.response.ephemeral


def check_sentence(how: str, said: str, caplog: pytest.LogCaptureFixture) -> None:
    assert "inside" not in said
    assert "locked" not in said
    if how == "user":
        assert said == "No such paper; try other words."
        assert not caplog.records
    elif how == "store":
        assert said == DatabaseLockedError.__doc__
    else:
        (number,) = re.findall(r"`([0-9a-f]{6})`", said)
        (record,) = [r for r in caplog.records if number in r.getMessage()]
        assert record.exc_info
        assert record.levelno == logging.ERROR


async def test_suggestions_that_fail_are_none(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    async with running() as (_, scene):
        lounge = scene.channels["lounge"]
        assert [c["value"] for c in await scene.member.autocomplete(lounge, "made", "how", "u")] == ["user"]
        assert await scene.member.autocomplete(lounge, "made", "how", "boom") == []
        assert "No suggestions for how" in caplog.text


async def test_a_worker_that_fails_starts_again_and_ends_with_the_client(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    begun, ended = 0, 0

    async def work(client: Lectern) -> None:
        nonlocal begun, ended
        begun += 1
        if begun == 1:
            raise ValueError("once")
        try:
            await client.pause(3600)
        finally:
            ended += 1

    async with running(Worker("work", work)) as (client, scene):
        assert begun == 1
        assert "'work' failed" in caplog.text
        await scene.env.advance_time(31)
        assert (begun, ended) == (2, 0)
        await client.close()
        assert ended == 1
