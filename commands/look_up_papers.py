"""Apps ► Look up papers: the papers that a message names."""

from __future__ import annotations

import discord
from discord import app_commands

from commands import disambiguation
from commands.context import Interaction, view_of
from commands.errors import UserError
from commands.respond import reply
from commands.views import paper_cards
from commands.views.layout import CardView
from commands.views.paging import MAX_PAPERS
from store.text import identifiers
from store.text.visible import one_line


@app_commands.context_menu(name="Look up papers")
async def look_up_papers(interaction: Interaction, message: discord.Message) -> None:
    """Cards for the arXiv ids, DOIs and links in a message; where it has none, its text is taken for a title."""
    embedded = [part for e in message.embeds for part in (e.title, e.url, e.description) if part]
    await reply(interaction, _papers_in(interaction, "\n".join([message.content, *embedded])), private=True)


async def _papers_in(interaction: Interaction, text: str) -> CardView:
    named = identifiers.find(text)
    if not named:
        if not one_line(text):
            raise UserError("I see no text in that message. Paste its link or title into /paper.")
        return await disambiguation.paper(interaction, text, "open")
    found = await view_of(interaction).papers_named(named)
    known = {identifier for paper in found for identifier in paper.identifiers}
    unknown = [one for one in named if known.isdisjoint(identifiers.names_of(one))]
    if not found:
        raise UserError(f"{disambiguation.missing(unknown)} Add them with /add.")
    if len(found) == 1 and not unknown:
        return await disambiguation.open_paper(interaction, found[0].handle, "open")
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### Papers in that message: {len(found)}",
            papers=found[:MAX_PAPERS],
            total=len(found),
            footnote=f"-# {disambiguation.missing(unknown)} Add them with /add." if unknown else "",
        )
    )
