"""The real program, `lectern run`, as a process of its own against our server."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from store import ingest
from store.library import Library
from store.models import ParsedSource
from tests.wire import payloads
from tests.wire.clients import until
from tests.wire.conftest import Scene
from tests.wire.faults import Fault, Script
from tests.wire.gateway import Session
from tests.wire.made_papers import author, made_papers, title
from tests.wire.payloads import Json
from tests.wire.process import Program
from tests.wire.world import ALL_PERMISSIONS

SYNC = ("PUT", "/applications/{application_id}/commands")


@pytest_asyncio.fixture
async def program(scene: Scene, tmp_path: Path) -> AsyncIterator[Program]:
    """The program, not yet started; whatever still runs at the end is killed."""
    program = Program(scene, tmp_path)
    yield program
    if program.is_running:
        await program.kill()


def sentence(program: Program) -> str:
    """What it said at its end: one line, no traceback."""
    lines = program.output().strip().splitlines()
    assert not any("Traceback" in line for line in lines), program.output()
    return lines[-1]


async def test_it_installs_its_commands_only_when_they_changed_and_closes_in_time(
    scene: Scene, program: Program
) -> None:
    await program.start()
    await program.ready()
    assert scene.count(*SYNC) == 1
    assert scene.world.commands[None]
    began = time.monotonic()
    assert await program.stop() == 0
    assert time.monotonic() - began < 5
    await program.start()
    await program.ready()
    assert scene.count(*SYNC) == 1
    scene.world.commands[None].clear()
    await program.stop()
    assert "Traceback" not in program.output()


async def test_it_goes_on_when_the_installation_of_commands_is_reset(scene: Scene, program: Program) -> None:
    scene.faults = Script(lambda call: (call.method, call.route) == SYNC, [Fault("reset", after=True)])
    await program.start()
    await program.ready()
    await program.stop()
    await program.start()
    await program.ready()
    assert scene.count(*SYNC) == 2, "an answer that was lost is no proof, so they are sent again"


async def test_a_wrong_token_ends_it_with_a_sentence(scene: Scene, program: Program) -> None:
    program.settings["LECTERN_TOKEN"] = "another"
    await program.start()
    assert await program.ended() != 0
    assert "token" in sentence(program)


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_close_code_for_good_ends_it_with_a_sentence(scene: Scene, program: Program, code: int) -> None:
    scene.gateway.refuse_with = code
    await program.start()
    assert await program.ended() != 0
    assert {4004: "token", 4014: "intent"}[code] in sentence(program)


async def test_no_network_ends_it_with_a_sentence(scene: Scene, program: Program) -> None:
    program.settings["LECTERN_DISCORD_API"] = "http://127.0.0.1:9/api/v10"
    await program.start()
    assert await program.ended() != 0
    assert "127.0.0.1:9" in sentence(program)


async def test_sigterm_while_it_connects_ends_it_in_time(scene: Scene, program: Program) -> None:
    scene.faults = Script(lambda call: call.route == "/users/@me", [Fault("stall", seconds=8)])
    await program.start()
    await until(lambda: bool(scene.calls), timeout_s=10)
    began = time.monotonic()
    await program.stop()
    assert time.monotonic() - began < 5


async def test_a_kill_leaves_a_store_that_opens_again(scene: Scene, program: Program) -> None:
    await program.start()
    await program.ready()
    await program.kill()
    await program.start()
    await program.ready()
    assert await program.stop() == 0


async def test_it_comes_back_when_the_connection_drops(scene: Scene, program: Program) -> None:
    await program.start()
    await program.ready()
    (session,) = scene.gateway.sessions.values()
    for times in (1, 2):
        scene.gateway.live()[0].drop()
        # discord.py waits for a random time before it connects again.
        await until(partial(_resumed, session, times), timeout_s=30)
    assert scene.gateway.identifies == 1
    assert await program.stop() == 0


async def test_overlapping_commands_and_clicks_are_all_answered(scene: Scene, program: Program) -> None:
    await fill(program)
    await program.start()
    await program.ready()
    guild = next(iter(scene.world.guilds.values()))
    people = [scene.world.add_person(f"p{number}", guild) for number in range(20)]
    asked = [
        scene.interactions.slash(person, scene.channel, "author", name=author(0, 0))
        if number % 2
        else scene.interactions.slash(person, scene.channel, "paper", title=title(number))
        for number, person in enumerate(people)
    ]
    messages = [await interaction.answer() for interaction in asked]
    assert title(2) in "\n".join(payloads.texts(messages[2]))
    # Everybody presses every button of the first card at once, and each press is answered.
    buttons = [control["custom_id"] for control in payloads.controls(messages[0]) if control["type"] == 2]
    assert buttons
    clicks = [
        scene.interactions.click(person, scene.channel, messages[0], button) for person in people for button in buttons
    ]
    for click in clicks:
        await click.answer()
    assert max(i.answered_s or 9 for i in [*asked, *clicks]) < 3
    assert "Traceback" not in program.output()


async def test_every_command_and_button_is_answered_by_a_body_that_keeps_the_rules(
    scene: Scene, program: Program
) -> None:
    await fill(program)
    await program.start()
    await program.ready()
    boss = scene.world.add_person("boss", next(iter(scene.world.guilds.values())), permissions=ALL_PERMISSIONS)
    given: dict[str, object] = {"title": title(1), "paper": title(1), "name": author(1, 0), "query": "sparse"}
    given["entry"] = "@article{k, title={One More}, author={Abe, Ada}, year=2026}"
    given |= {"first": author(1, 0), "second": author(1, 1)}
    given["like"] = title(1)
    given |= {"one": author(1, 0), "other": author(1, 1)}
    given["question"] = "Is it sparse?"
    given["role"] = next(iter(scene.world.guilds))  # @everyone, which has the id of the guild
    seen = set()
    for command in scene.world.commands[None]:
        if command["type"] == 1:
            options = {o["name"]: given[o["name"]] for o in command.get("options", ()) if o["name"] in given}
            asked = scene.interactions.slash(boss, scene.channel, command["name"], **options)
        else:
            message = scene.world.post(scene.channel, boss.body, {"content": f"arXiv:2401.00001 {title(2)}"})
            asked = scene.interactions.on_message(boss, scene.channel, command["name"], message)
        answer = await asked.answer()
        assert payloads.texts(answer), command["name"]
        seen.add(command["name"])
        for custom_id in [button["custom_id"] for button in _buttons(answer)]:
            if any(button["custom_id"] == custom_id for button in _buttons(answer)):  # A press may have changed it.
                assert await scene.interactions.click(boss, scene.channel, answer, custom_id).answer()
    assert seen >= {"paper", "author", "search", "summary", "related", "cite", "subscribe", "why", "Look up papers"}
    assert "ERROR" not in program.output()


async def test_an_answer_whose_confirmation_is_lost_is_shown_once(scene: Scene, program: Program) -> None:
    await program.start()
    await program.ready()
    scene.faults = Script(lambda call: call.route.endswith("/callback"), [Fault("status", after=True, status=500)])
    asked = scene.interactions.slash(scene.ann, scene.channel, "help")
    await asked.answer()
    # The library repeats it after a second and is told 40060, which is no error to show or to log.
    await until(lambda: _callbacks(scene) == 2)
    await scene.interactions.slash(scene.ann, scene.channel, "status").answer()
    assert _callbacks(scene) == 3
    assert asked.followups == []
    assert not any(call.route.startswith("/webhooks") for call in scene.calls)
    assert "ERROR" not in program.output()


def _buttons(message: Json) -> list[Json]:
    return [c for c in payloads.controls(message) if c["type"] == 2 and not c.get("disabled")]


async def fill(program: Program) -> None:
    """Put papers into the store before the program runs."""
    library = await Library.open(program.db)
    await ingest.take(library.db, "made", ParsedSource(papers=tuple(made_papers(60))))
    await library.close()


def _callbacks(scene: Scene) -> int:
    return sum(call.route.endswith("/callback") for call in scene.calls)


def _resumed(session: Session, times: int) -> bool:
    return session.resumes == times
