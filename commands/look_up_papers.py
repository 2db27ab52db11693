"""Apps ► Look up papers: the papers that a message names."""

from __future__ import annotations

import discord
from discord import app_commands

from commands import disambiguation
from commands.context import Interaction
from commands.errors import UserError
from commands.respond import reply
from commands.views.layout import CardView
from store.text.visible import one_line


@app_commands.context_menu(name="Look up papers")
async def look_up_papers(interaction: Interaction, message: discord.Message) -> None:
    """Cards for the arXiv ids, DOIs and links in a message; where it has none, its text is taken for a title."""
    embedded = [part for e in message.embeds for part in (e.title, e.url, e.description) if part]
    await reply(interaction, _papers_in(interaction, "\n".join([message.content, *embedded])), private=True)


async def _papers_in(interaction: Interaction, text: str) -> CardView:
    if not one_line(text):
        raise UserError("I see no text in that message. Paste its link or title into /paper.")
    return await disambiguation.paper(interaction, text)
