"""What the bot says in the playground beside its commands: a hello on each page, and answers to what is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import discord

from bot.client import Lectern
from bot.simulator import simcord_internals
from bot.simulator.simulation import Scene
from commands import plain_text
from commands.hello import hello
from store.guilds import own_papers

if TYPE_CHECKING:
    import simcord

NOTE = """\
-# **Playground**: be Ada, an administrator, or Max, a member (at the top). Pages: {pages}. I answer all that is \
written here, also without a mention. Discord has Apps ► Look up papers in the menu of a message; here, write the ids \
or links."""


async def say_hello(client: Lectern, scene: Scene, pages: Mapping[str, str]) -> None:
    """Show in each channel what can be done there; `pages` are the addresses of the pages by their names."""
    note = NOTE.format(pages=" · ".join(f"[{name}]({url})" for name, url in pages.items()))
    for channel in [*scene.channels.values(), scene.direct]:
        owner = own_papers.owner_of(channel.guild.id if channel.guild else None, scene.admin.id)
        await client.get_partial_messageable(channel.id).send(view=await hello(client, owner, note))


def hear_everything(client: Lectern, env: simcord.Env) -> None:
    """Answer every message: people have nobody else to write to here, and the page cannot make a mention."""

    async def on_message(message: discord.Message) -> None:
        if not message.author.bot and not message.is_system():
            text = simcord_internals.text_of(env, message).removeprefix(f"@{client.user}").strip()
            await plain_text.answer(client, message, text)

    client.event(on_message)
