"""`/help`."""

from __future__ import annotations

import discord
from discord import app_commands

from commands.context import Interaction
from commands.respond import reply_with
from commands.views.layout import NEUTRAL, Card, CardView

GROUPS = {
    "Find": ("paper", "author", "search", "summary", "related", "cite"),
    "Follow": ("subscribe", "subscriptions", "unsubscribe", "why"),
    "Maintain": ("add", "aliases", "status", "help"),
}
EXAMPLES = {
    "paper": "title:web rl",
    "author": "name:zehan qui",
    "search": 'query:"web agents" -survey code:yes since:2024',
    "summary": "paper:debate qa",
    "related": "paper:chatglm",
    "cite": "paper:long2rag style:bibtex",
    "subscribe": "query:agents -survey",
    "why": "paper:web rl",
    "add": "entry:@article{…}",
}
"""What to type after a command; those of the first group work in the bundled store."""


@app_commands.command(name="help", description="What I can do, with an example of each command")
async def help_command(interaction: Interaction) -> None:
    """Answer `/help`."""
    await reply_with(interaction, _help(interaction.client.tree), private=True)


def _help(tree: app_commands.CommandTree[discord.Client]) -> CardView:
    card = Card(NEUTRAL)
    card.text("## Lectern\nAsk for papers as you remember them. I find them even when the words are not quite right.")
    commands = {c.name: c for c in tree.get_commands(type=discord.AppCommandType.chat_input)}
    for group, names in GROUPS.items():
        card.divider()
        lines = [f"**/{name}** {commands[name].description}{_example(name)}" for name in names]
        card.text("\n".join([f"### {group}", *lines]))
    card.divider()
    menus = tree.get_commands(type=discord.AppCommandType.message)
    card.text(
        "\n".join(f"**Apps ► {m.name}** on a message: cards for the arXiv ids, DOIs and links in it" for m in menus)
    )
    card.text("-# Titles and names complete as you type. `private:True` shows an answer only to you.")
    return card.view()


def _example(name: str) -> str:
    return f"\n-# `/{name} {EXAMPLES[name]}`" if name in EXAMPLES else ""
