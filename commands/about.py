"""`/help` and `/status`."""

from __future__ import annotations

import discord
from discord import app_commands

from commands import pieces, text
from commands.context import Interaction
from commands.layout import Card, CardView
from commands.reply import reply
from store import authors, intake, papers
from store.library import Library

EXAMPLES = {
    "author": "`/author name:zehan qui` finds Zehan Qi; initials, order and accents do not matter",
    "paper": "`/paper title:web rl` finds it by its acronym, half of its title, an arXiv id or a DOI",
    "summary": "`/summary paper:debate qa`: sentences of the abstract, each with its number",
    "search": '`/search query:"web agents" -survey code:yes since:2024`: words, phrases, authors, categories',
    "related": "`/related paper:chatglm`: papers near it, and why",
    "cite": "`/cite paper:long2rag style:bibtex`: BibTeX, RIS, CSL-JSON or plain",
}
"""What each command is good for, by an example that works in the bundled store; the others show their description."""


@app_commands.command(name="help", description="What one can do here")
async def help_command(interaction: Interaction) -> None:
    """Answer `/help`."""
    await reply(interaction, _help(interaction), private=True)


async def _help(interaction: Interaction) -> CardView:
    tree = interaction.client.tree
    card = Card(pieces.NEUTRAL)
    card.text("## Lectern\nAsk for papers as you remember them; I find them anyway.")
    commands = tree.get_commands(type=discord.AppCommandType.chat_input)
    lines = [f"**/{c.name}** {EXAMPLES.get(c.name) or c.description}" for c in commands]
    card.text("\n".join(lines))
    menus = tree.get_commands(type=discord.AppCommandType.message)
    card.text(
        "\n".join(f"**Apps ► {m.name}** on any message: cards for the arXiv ids, DOIs and links in it" for m in menus)
    )
    card.text("-# Every name option completes as you type. `private:True` shows an answer to you alone.")
    return card.view()


@app_commands.command(name="status", description="What the store holds, and when it last heard of new papers")
@app_commands.describe(private="Show the answer to me only")
async def status_command(interaction: Interaction, private: bool = True) -> None:
    """Answer `/status`."""
    await reply(interaction, _status(interaction.client.library), private=private)


async def _status(library: Library) -> CardView:
    card = Card(pieces.NEUTRAL)
    held, known = await papers.count(library.db), await authors.count(library.db)
    card.text(f"## Status\n**{held:,}** papers by **{known:,}** authors")
    for report in await intake.latest(library.db):
        rejected = f", {len(report.problems):,} rejected" if report.problems else ""
        card.text(
            f"{text.safe(report.source, 80)}: {report.new:,} new, {report.changed:,} changed{rejected}\n"
            f"-# {text.moment(report.finished, 'R')}"
        )
    return card.view()
