"""The whole program in a simulated Discord, with papers that arrive and are posted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import discord
import simcord

from bot.client import Lectern
from bot.simulator.simulation import Scene
from commands.context import OUTBOX_CHANGED
from store import ingest
from store.guilds import digests, scheduled_messages, subscriptions
from store.guilds.subscriptions import Scope, Subscription
from store.models import Authorship, PaperRecord, ParsedSource, Source
from tests.discord.conversation import walk

SOURCE = Source(kind="bibtex", name="made.bib", retrieved=datetime(2026, 1, 1, tzinfo=UTC))


@dataclass
class Server:
    """The whole program in a simulated Discord."""

    client: Lectern
    scene: Scene
    make: Callable[[], Lectern]
    """Another client on the same store, with its workers."""

    @property
    def admin(self) -> simcord.MemberActor:
        return self.scene.admin

    @property
    def papers(self) -> Any:
        return self.scene.channels["papers"]

    async def restart(self) -> None:
        """The process ends, and another begins on the same store."""
        self.client = self.make()
        await self.scene.env.restart_bot(self.client)

    async def arrive(self, *titles: str, notify: bool = True, **fields: Any) -> None:
        records = [
            PaperRecord(source=SOURCE, title=title, authors=(Authorship(name="Ada Bee", position=1),), **fields)
            for title in titles
        ]
        await ingest.take(self.client.library.db, SOURCE.name, ParsedSource(papers=tuple(records)), notify=notify)
        await self.work()

    async def work(self) -> None:
        """Let the delivery do its work, which waits for time and for the disk in turn, until nothing is due."""
        for _ in range(10):
            self.client.dispatch(OUTBOX_CHANGED)
            await self.scene.env.advance_time(11)
            await asyncio.sleep(0.02)
            db = self.client.library.db
            moments = [await digests.next_due(db), await scheduled_messages.next_due(db)]
            if all(moment is None or moment > datetime.now(UTC) for moment in moments):
                return

    async def confirm(self, channel: Any, **options: Any) -> simcord.ResponseMessage:
        result = await self.admin.slash(channel, "subscribe", **options)
        assert result.response
        done = await self.admin.click(result.response, label="Confirm")
        return shown(done, result.response)

    async def subscribed(self, channel: Any) -> list[Subscription]:
        return await subscriptions.in_channel(self.client.library.db, Scope(self.scene.guild.id, channel.id))


def shown(result: simcord.InteractionResult, before: simcord.ResponseMessage | None = None) -> simcord.ResponseMessage:
    message = result.response or before
    assert message
    return message


def text(message: Any) -> str:
    """All text of a message or reply, without the escapes."""
    written = [c["content"] for c in walk(components_of(message)) if c["type"] == 10]
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", "\n".join([message.content or "", *written]))


def labels(message: Any) -> list[str]:
    return [c["label"] for c in walk(components_of(message)) if c["type"] == 2 and not c.get("disabled")]


def components_of(message: Any) -> list[Any]:
    return [c if isinstance(c, dict) else c.to_dict() for c in message.components]


async def press(actor: Any, server: Server, custom_id: str, channel: Any) -> str:
    """Press a button with that state in that channel, wherever the state comes from, and read the answer."""
    place = server.client.get_channel(channel.id)
    assert isinstance(place, discord.TextChannel)
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.ActionRow(discord.ui.Button(label="forged", custom_id=custom_id)))
    message = await place.send(view=view)
    answer = await actor.click(message, label="forged")
    await message.delete()
    return text(answer.response) if answer.response else ""
