"""`/export`: the papers of a search, of an author or of this channel's posts as a file."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing

import discord
from discord import app_commands

from commands import options, suggestions
from commands.context import Interaction, scope_of, view_of
from commands.errors import UserError
from commands.respond import reply_with_file
from commands.views import markdown
from store.catalog.exports import ExportFormat, Remarks, exported, extension
from store.guilds.explain import posted_papers
from store.models import Author, Handle, Paper
from store.search.matcher import is_match
from store.search.query import Query
from store.view import View

MOST_PAPERS = 2000
MOST_BYTES = 9_000_000
"""Discord takes 10 MB from a bot on a server without boosts."""


@app_commands.command(name="export", description="The papers of a search as a file: BibTeX, RIS, CSL-JSON, a table")
@app_commands.describe(
    query=options.QUERY,
    author=options.AUTHOR,
    category=options.CATEGORY,
    posted="Only papers that were posted in this channel",
    export_format="BibTeX unless you choose another; JSON lines hold every field and source",
)
@app_commands.rename(export_format="format")
@app_commands.autocomplete(author=suggestions.suggest_names)
async def export_command(
    interaction: Interaction,
    query: options.QueryText,
    author: options.QueryAuthor | None = None,
    category: options.QueryCategory | None = None,
    posted: bool = False,
    export_format: ExportFormat = "bibtex",
) -> None:
    """Answer `/export`."""
    all_papers = query.strip() == options.ANY and not (author or category)
    read = None if all_papers else options.read_query(query, author=author, category=category)
    await reply_with_file(interaction, _exported(interaction, read, export_format, posted=posted))


async def _exported(
    interaction: Interaction, query: Query | None, export_format: ExportFormat, *, posted: bool
) -> tuple[str, discord.File]:
    """What is in the file, and the file; raises `UserError` where there is nothing, or it is too large."""
    view = view_of(interaction)
    papers = await (_posted(interaction, view, query) if posted else _found(view, query))
    explained = markdown.echo(query.explain(), 300) if query else "papers"
    if not papers:
        where = "were posted in this channel" if posted else "are there"
        raise UserError(f"No {explained} {where}. Ask for less, or use * for any.")
    return await _file(papers, explained, export_format)


async def _file(
    papers: Sequence[Paper],
    explained: str,
    export_format: ExportFormat,
    remarks: Mapping[Handle, Remarks] | None = None,
) -> tuple[str, discord.File]:
    """What is in the file of these papers, at most `MOST_PAPERS`, and the file; raises `UserError` as above."""
    shown = papers[:MOST_PAPERS]
    text = "".join([piece async for piece in exported(_one_page(shown), export_format, remarks)]).encode()
    if len(text) > MOST_BYTES:
        raise UserError(f"That file has more than {MOST_BYTES // 1_000_000} MB. Ask for fewer papers, or for a table.")
    more = " These are the first; there are more." if len(papers) > len(shown) else ""
    told = f"{markdown.counted(len(shown), 'paper')}{explained.removeprefix('papers')}.{more}"
    return told, discord.File(io.BytesIO(text), f"papers.{extension(export_format)}")


async def of_author(interaction: Interaction, who: Author) -> tuple[str, discord.File]:
    """What is in the file of an author's papers, and the file: BibTeX, as other formats have the command."""
    view = view_of(interaction)
    papers = await view.papers((await view.papers_of(who.handle))[: MOST_PAPERS + 1])
    return await _file(papers, f"papers by {markdown.safe(who.name, 200)}", "bibtex")


async def of_list(
    interaction: Interaction, name: str, remarks: Mapping[Handle, Remarks], export_format: ExportFormat
) -> tuple[str, discord.File]:
    """What is in the file of a reading list's papers, and the file, with what the list says of each."""
    view = view_of(interaction)
    papers = await view.papers(list(remarks))
    return await _file(papers, f"papers of {markdown.safe(name, 100)}", export_format, remarks)


async def _found(view: View, query: Query | None) -> list[Paper]:
    """The papers that match, or all, newest first; of more than are shown, at least one more."""
    if query is None:
        return await view.papers(await view.newest(MOST_PAPERS + 1))
    papers: list[Paper] = []
    async with aclosing(view.all_matches(query)) as pages:
        async for page in pages:
            papers += page
            if len(papers) > MOST_PAPERS:
                break
    return papers


async def _posted(interaction: Interaction, view: View, query: Query | None) -> list[Paper]:
    """The matching papers that were posted in the channel, the last posted first."""
    handles = await posted_papers(view.db, scope_of(interaction))
    return [paper for paper in await view.papers(handles) if query is None or is_match(query, paper)]


async def _one_page(papers: Sequence[Paper]) -> AsyncIterator[Sequence[Paper]]:
    yield papers
