"""A bot of plain discord.py without a store, beside which the load test measures: every answer is a constant.

`python -m tests.wire.bare_client` reads its token and where Discord is from the environment, as Lectern does.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import Any

import discord
from discord import app_commands

from bot import discord_internals

CHOICES = [app_commands.Choice(name=f"A title of a paper, number {number}", value=str(number)) for number in range(10)]
TEXT = (
    "### A title of a paper\nAda Bee, Ben Costa, Chen Diaz · 12 Aug 2024 · cs.CL\n" + "What was found, in words. " * 20
)
LABELS = ("Summary", "Abstract", "Related", "Cite", "Authors")


class Bare(discord.AutoShardedClient):
    """Answers the commands that `tests.wire.load` sends."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents.default(), allowed_mentions=discord.AllowedMentions.none(), max_messages=None
        )
        self.tree = app_commands.CommandTree(self)
        commands: list[app_commands.Command[Any, ..., Any]] = [_paper, _author, _summary, _related, _search]
        for command in commands:
            self.tree.add_command(command)
        self.add_dynamic_items(_Pressed)

    async def setup_hook(self) -> None:
        """Send the commands."""
        await self.tree.sync()


class _Pressed(discord.ui.DynamicItem[discord.ui.Button[Any]], template="bare:(?P<label>.*)"):
    def __init__(self, label: str) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"bare:{label}"))

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Any) -> Any:
        return cls(match["label"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(view=_card())


def _card() -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    for label in LABELS:
        row.add_item(_Pressed(label))
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(TEXT), row))
    view.stop()  # Otherwise discord.py would keep it in memory.
    return view


async def _choices(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return CHOICES


@app_commands.command(name="paper", description="A paper")
@app_commands.autocomplete(title=_choices)
async def _paper(interaction: discord.Interaction, title: str) -> None:
    await interaction.response.send_message(view=_card())


@app_commands.command(name="author", description="An author")
@app_commands.autocomplete(name=_choices)
async def _author(interaction: discord.Interaction, name: str) -> None:
    await interaction.response.send_message(view=_card())


@app_commands.command(name="summary", description="A summary")
@app_commands.autocomplete(paper=_choices)
async def _summary(interaction: discord.Interaction, paper: str) -> None:
    await interaction.response.send_message(view=_card())


@app_commands.command(name="related", description="Related papers")
@app_commands.autocomplete(paper=_choices)
async def _related(interaction: discord.Interaction, paper: str) -> None:
    await interaction.response.send_message(view=_card())


@app_commands.command(name="search", description="A search")
async def _search(interaction: discord.Interaction, query: str) -> None:
    await interaction.response.send_message(view=_card())


async def main() -> None:
    """Run until SIGTERM."""
    discord_internals.set_addresses(os.environ["LECTERN_DISCORD_API"], os.environ["LECTERN_DISCORD_GATEWAY"])
    client = Bare()
    running = asyncio.create_task(client.start(os.environ["LECTERN_TOKEN"]))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    with suppress(asyncio.CancelledError):
        await running
    await client.close()


if __name__ == "__main__":
    asyncio.run(main())
