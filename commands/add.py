"""`/add`: papers by BibTeX, arXiv id or DOI, from a file, or from a form to paste into."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands

from commands.context import LEDGER, Interaction, UserError
from commands.modals import Form
from commands.respond import reply
from commands.views import markdown, paper_cards, parts
from commands.views.layout import CardView
from seeds.formats.reader import UnreadableFileError, read
from store import ingest
from store.catalog import papers
from store.library import Library
from store.models import Identifier, IntakeReport, PaperRecord, ParsedSource, SourceKind
from store.text import identifiers

MAX_FILE = 5_000_000
"""Bytes of a file; larger ones are for `lectern import` on the machine that runs the bot."""
MAX_PAPERS = 500
FETCHING_S = 25.0
"""How long services may take to hand over what is asked for by id."""
PASTED = "/add"
"""The name of the source of what is pasted; that of a file begins with it, so that it never takes another's place."""
_FORMATS: frozenset[SourceKind] = frozenset({"author_page", "bibtex", "ris", "csl", "dump"})


@app_commands.command(
    name="add", description="Add papers: BibTeX, RIS, CSL-JSON, arXiv ids or DOIs, pasted or as a file"
)
@app_commands.describe(
    entry="A BibTeX entry, arXiv id or DOI; leave it out to paste several into a form",
    file="A .bib, .ris, .json or author page file",
    private="Show the answer to me only",
)
async def add_command(
    interaction: Interaction,
    entry: app_commands.Range[str, 1, 4000] | None = None,
    file: discord.Attachment | None = None,
    private: bool = False,
) -> None:
    """Answer `/add`."""
    if file is not None:
        await reply(interaction, _add_file(interaction, file), private=private)
    elif entry is not None:
        await reply(interaction, _add_pasted(interaction, entry), private=private)
    else:
        await AddForm(custom_id="add").open(interaction)


class AddForm(Form, title="Add papers", template="add"):
    """A form with room for several entries."""

    entries: discord.ui.Label[Any] = discord.ui.Label(
        text="BibTeX, RIS, CSL-JSON, arXiv ids or DOIs",
        component=discord.ui.TextInput(custom_id="entries", style=discord.TextStyle.paragraph, max_length=4000),
    )

    @classmethod
    async def answer(cls, interaction: Interaction, state: re.Match[str], typed: Mapping[str, str]) -> None:
        await reply(interaction, _add_pasted(interaction, typed["entries"]))


async def _add_pasted(interaction: Interaction, entries: str) -> CardView:
    # A lone surrogate, as a terminal makes of bytes that are no text, has no encoding.
    return await _add(interaction, PASTED, entries.encode(errors="replace"))


async def _add_file(interaction: Interaction, file: discord.Attachment) -> CardView:
    if file.size > MAX_FILE:
        raise UserError(f"That file has more than {MAX_FILE // 1_000_000} MB. Use `lectern import` for it.")
    try:
        content = await file.read()
    except discord.HTTPException as error:
        raise UserError("Discord did not hand that file over. Please try again, or paste its entries.") from error
    return await _add(interaction, f"{PASTED}: {markdown.plain(file.filename, 100)}", content)


async def _add(interaction: Interaction, name: str, content: bytes) -> CardView:
    try:
        reading = _as_told(await asyncio.to_thread(read, name, content, datetime.now(UTC)))
    except UnreadableFileError as error:
        named = identifiers.find(content.decode("utf-8", "replace"))
        if not named:
            raise UserError(
                "I cannot read that. Paste BibTeX, RIS or CSL-JSON, an arXiv id or a DOI, or give such a file."
            ) from error
        reading = await _fetched(interaction, named)
    found = sum(len(p.papers) for p in reading.pages) + len(reading.papers)
    if found > MAX_PAPERS:
        raise UserError(f"That holds {found:,} papers; here I take {MAX_PAPERS}. Use `lectern import` for more.")
    if not found:
        first = reading.problems[0] if reading.problems else None
        why = f": {markdown.echo(first.message, 200).rstrip('.')}." if first else "."
        raise UserError(f"There is no paper in that{why} Please check it and try again.")
    report = await ingest.take(interaction.client.library.db, name, reading)
    interaction.client.dispatch(LEDGER)
    return await _added(interaction.client.library, reading, report)


def _as_told(reading: ParsedSource) -> ParsedSource:
    """What a person hands over is never taken for a service's own word, whatever its format."""

    def told(record: PaperRecord) -> PaperRecord:
        if record.source.kind in _FORMATS:
            return record
        return record.model_copy(update={"source": record.source.model_copy(update={"kind": "dump"})})

    return reading.model_copy(update={"papers": tuple(map(told, reading.papers))})


async def _fetched(interaction: Interaction, named: Sequence[Identifier]) -> ParsedSource:
    try:
        async with asyncio.timeout(FETCHING_S):
            return await interaction.client.fetch(named)
    except TimeoutError as error:
        raise UserError(
            "The services that know papers by their id do not answer now. Try again later, or paste the BibTeX entry."
        ) from error


async def _added(library: Library, reading: ParsedSource, report: IntakeReport) -> CardView:
    records = [*(r for page in reading.pages for r in page.papers), *reading.papers]
    shown = await papers.by_records(library.db, records[: parts.PAGE])
    counts = {"new": report.new, "changed": report.changed, "known already": report.unchanged}
    problems = [f"line {p.line}: {p.message}" if p.line else p.message for p in report.problems[:3]]
    more = f" and {len(report.problems) - 3:,} more" if len(report.problems) > 3 else ""
    notes = [f"-# The first {len(shown)} are shown; /search finds all."] if sum(counts.values()) > parts.PAGE else []
    notes += [f"-# Not read: {markdown.safe('; '.join(problems), 400)}{more}"] if problems else []
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### Papers: {', '.join(f'{n:,} {what}' for what, n in counts.items() if n)}",
            papers=shown,
            footnote="\n".join(notes),
        )
    )
