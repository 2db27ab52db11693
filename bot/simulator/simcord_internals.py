"""The parts of simcord that are not its public interface, where it has no public way; checked with 3.2.1.

simcord serves one page at a time and refuses what overlaps; the playground has a page for each channel, and time moves
while people act. `tests/discord/test_simcord_internals.py` and `test_playground.py` fail when one of them changes.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial, wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import discord
    import simcord

LOOKS_EVERY_S = 0.005
"""Seconds between two looks at whether the bot has done all that follows from an action. simcord's 0.05 s go by after
most actions, as nothing tells it that a worker only waits again; ten times as many looks take no CPU time that the
tests in `tests/discord` show."""


def look_often(env: simcord.Env) -> None:
    """Let actions be over soon after the bot has done what follows from them."""
    vars(env)["_settle_internal"] = partial(env._settle_internal, idle=LOOKS_EVERY_S)


def add_preview(
    env: simcord.Env,
    channel: simcord.ChannelHandle,
    viewers: Sequence[simcord.MemberActor | simcord.UserHandle],
    port: int,
) -> simcord.Preview:
    """A page of a channel beside those that there are."""
    env._preview = None
    return env.preview(channel, viewers=viewers, layout="channel", port=port)


def take_turns(env: simcord.Env, preview: simcord.Preview, turn: asyncio.Lock, acted: Callable[[], None]) -> None:
    """Let actions on the page wait for the lock, and call `acted` before each.

    simcord refuses an action on what the page showed before its last refresh. Here a clock refreshes pages while people
    act, so it is taken for one on the page as it is; simcord looks up what it is about in any case.
    """
    act = preview._action

    async def act_in_turn(page_id: str | None, action: Any) -> Any:
        async with turn:
            env._preview = preview
            acted()
            if (page := preview._pages.get(page_id or "")) and isinstance(action, dict):
                action = action | {"published_revision": page.revision}
            return await act(page_id, action)

    vars(preview)["_action"] = act_in_turn


def show_real_time(preview: simcord.Preview) -> None:
    """Let the page count "5 minutes ago" from the real time, which is that of the store, not from the simulated one."""
    publish = preview._publish

    def publish_now(*args: Any, **options: Any) -> None:
        preview.capture_time = datetime.now(UTC)
        publish(*args, **options)

    vars(preview)["_publish"] = publish_now


def keep_markdown_parsers() -> None:
    """Let pages make a markdown parser once for all texts of a kind.

    simcord makes one for every text of every message on a page, each time that anything on it changes: two thirds of
    the time that an action takes once the channel is full.
    """
    from simcord.preview import _markdown

    make = inspect.unwrap(_markdown._markdown_parser)

    @lru_cache(maxsize=64)
    def kept(policy_and_context: str) -> Any:
        return make(*json.loads(policy_and_context))

    @wraps(make)
    def parser(policy: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
        return kept(json.dumps([policy, context]))

    vars(_markdown)["_markdown_parser"] = parser


def text_of(env: simcord.Env, message: discord.Message) -> str:
    """What a person has written, also where Discord would keep it from the bot."""
    return str(env.backend.get_message(message.channel.id, message.id).content)


def message_payload(env: simcord.Env, message: simcord.ResponseMessage) -> Mapping[str, Any]:
    """A message as Discord's API gives it, also where only one person sees it."""
    from simcord.backend import serializers

    return dict(serializers.message_payload(env.backend, env.backend.get_message(message.channel_id, message.id)))
