"""`/paper`, `/related`, `/cite`, and Apps ► Look up papers."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from commands import answers, disambiguation
from commands.context import Interaction, UserError
from commands.respond import reply
from commands.views import markdown, paper_cards, parts
from commands.views.layout import CardView
from store.catalog import papers
from store.library import Library
from store.text import identifiers

Title = app_commands.Range[str, 1, 300]


@app_commands.command(
    name="paper", description="Show a paper: by title, however typed, by its authors and year, by arXiv id or DOI"
)
@app_commands.describe(
    title="Words of the title, its acronym, authors and year, an arXiv id or a DOI",
    private="Show the answer to me only",
)
@app_commands.autocomplete(title=disambiguation.suggest_papers)
async def paper_command(interaction: Interaction, title: Title, private: bool = False) -> None:
    """Answer `/paper`."""
    await reply(interaction, disambiguation.paper(interaction, title, "open"), private=private)


@app_commands.command(name="related", description="Papers near a paper, each with the reason")
@app_commands.describe(paper="Words of the title, an arXiv id or a DOI", private="Show the answer to me only")
@app_commands.autocomplete(paper=disambiguation.suggest_papers)
async def related_command(interaction: Interaction, paper: Title, private: bool = False) -> None:
    """Answer `/related`."""
    await reply(interaction, disambiguation.paper(interaction, paper, "related"), private=private)


@app_commands.command(name="cite", description="A reference to a paper, to copy")
@app_commands.describe(
    paper="Words of the title, an arXiv id or a DOI", style="BibTeX unless told", private="Show the answer to me only"
)
@app_commands.autocomplete(paper=disambiguation.suggest_papers)
async def cite_command(
    interaction: Interaction,
    paper: Title,
    style: Literal["plain", "bibtex", "ris", "csl-json"] = "bibtex",
    private: bool = False,
) -> None:
    """Answer `/cite`."""

    async def cited(library: Library, handle: str) -> CardView:
        return await answers.citation(library, handle, style)

    await reply(interaction, disambiguation.paper(interaction, paper, "cite", cited), private=private)


@app_commands.context_menu(name="Look up papers")
async def look_up_papers(interaction: Interaction, message: discord.Message) -> None:
    """Cards for the arXiv ids, DOIs and links in a message; its words are a title where it has none."""
    written = "\n".join(
        [message.content, *(part for e in message.embeds for part in (e.title, e.url, e.description) if part)]
    )
    await reply(interaction, _in_message(interaction, written), private=True)


async def _in_message(interaction: Interaction, written: str) -> CardView:
    named = identifiers.find(written)
    if not named:
        if not markdown.clean(written):
            raise UserError("I cannot see any text in that message. Paste its link or title into /paper.")
        return await disambiguation.paper(interaction, written, "open")
    found = await papers.by_identifiers(interaction.client.library.db, named)
    known = {i for p in found for i in p.identifiers}
    unknown = [n for n in named if known.isdisjoint(identifiers.names_of(n))]
    if not found:
        raise UserError(f"{disambiguation.missing(unknown)} Add them with /add.")
    if len(found) == 1 and not unknown:
        return await disambiguation.open_paper(interaction, found[0].handle, "open")
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### Papers in that message: {len(found)}",
            papers=found[: parts.MOST],
            footnote=f"-# {disambiguation.missing(unknown)}" if unknown else "",
        )
    )
