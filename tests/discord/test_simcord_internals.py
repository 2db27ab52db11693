"""The private parts of simcord that the playground uses; what they do together is tested in `test_playground.py`."""

from __future__ import annotations

import asyncio
import inspect
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import pytest
from markdown_it import MarkdownIt
from simcord.preview import _markdown

from bot.simulator import simcord_internals
from tests.discord.conversation import Conversation


def test_the_version_is_one_that_was_checked() -> None:
    assert metadata.version("simcord") == "3.2.1", (
        "read bot/simulator/simcord_internals.py again beside the new simcord"
    )


async def test_every_channel_has_a_page_and_its_time_is_the_real_one(ask: Conversation) -> None:
    viewers = [ask.scene.admin, ask.scene.member]
    lounge, papers = ask.scene.channels["lounge"], ask.scene.channels["papers"]
    async with (
        simcord_internals.add_preview(ask.scene.env, lounge, viewers, 0) as first,
        simcord_internals.add_preview(ask.scene.env, papers, viewers, 0) as second,
    ):
        assert first.url != second.url
        simcord_internals.show_real_time(first)
        before = datetime.now(UTC)
        await first.refresh()
        assert before <= first.capture_time <= datetime.now(UTC)


async def test_an_action_waits_for_its_turn(ask: Conversation) -> None:
    viewers = [ask.scene.admin]
    acted: list[str] = []
    turn = asyncio.Lock()
    async with simcord_internals.add_preview(ask.scene.env, ask.scene.channels["lounge"], viewers, 0) as preview:
        simcord_internals.take_turns(ask.scene.env, preview, turn, lambda: acted.append("acted"))
        async with turn:
            action = asyncio.create_task(preview._action(None, {}))
            await asyncio.sleep(0)
            assert acted == []
        with pytest.raises(Exception, match="expired or unknown"):
            await action
        assert acted == ["acted"]


def test_a_markdown_parser_serves_all_texts_of_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_markdown, "_markdown_parser", inspect.unwrap(_markdown._markdown_parser))
    made: list[str] = []
    monkeypatch.setattr(MarkdownIt, "__init__", counting(MarkdownIt.__init__, made))
    contexts: list[dict[str, dict[str, str]]] = [{"users": {"5": "Ada"}}, {"users": {"5": "Max"}}, {}]
    texts = ["**bold** <@5> ||hidden||", "[link](https://example.org) </help:7>", "-# small\n- a list\n```code```"]

    def shown() -> list[Any]:
        return [_markdown.markdown_tokens(text, "message", context=one) for text in texts for one in contexts]

    before = shown()
    assert len(made) == len(texts) * len(contexts)
    simcord_internals.keep_markdown_parsers()
    made.clear()
    assert shown() == shown() == before
    assert len(made) == len(contexts)


def counting(make: Any, made: list[str]) -> Any:
    def count(*args: Any, **options: Any) -> None:
        made.append("one")
        make(*args, **options)

    return count


async def test_a_payload_is_that_of_the_message(ask: Conversation) -> None:
    answer = await ask("help")
    payload = simcord_internals.message_payload(ask.scene.env, answer.shown)
    assert payload["id"] == str(answer.shown.id) and payload["components"]
