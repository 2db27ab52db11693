"""`/add`: papers by BibTeX, arXiv id or DOI, from a file, or from a form to paste into."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands

from commands import custom_ids, options
from commands.context import OUTBOX_CHANGED, Interaction, owner_of, view_of
from commands.errors import UserError
from commands.modals import Form
from commands.respond import reply
from commands.views import markdown, paper_cards
from commands.views.layout import CardView
from commands.views.paging import PAGE_SIZE
from seeds.formats.reader import UnreadableFileError
from seeds.reading.limits import NotReadError
from store import ingest, own_intake
from store.models import Identifier, IntakeReport, PaperRecord, ParsedSource, SourceKind
from store.text import identifiers
from store.view import View

MAX_FILE_BYTES = 5_000_000
"""Larger files, and those that unpack to more, are for `lectern import` on the machine that runs the bot."""
MAX_PAPERS = 500
FETCH_TIMEOUT_S = 25.0
"""How long services may take to answer for what is asked by id."""
SOURCE_NAME = "/add"
"""The name of the source of pasted text; that of a file begins with it, so that it never replaces another source."""
_SEEN_BY = {
    True: "Seen on this server only.",
    False: "Seen by you only, in direct messages.",
}
"""Who sees what a member handed over: on a server, and in a direct message."""
_FILE_FORMATS: frozenset[SourceKind] = frozenset({"author_page", "bibtex", "ris", "csl", "dump"})


@app_commands.command(
    name="add", description="Add papers from BibTeX, RIS, CSL-JSON, arXiv ids or DOIs, pasted or in a file"
)
@app_commands.describe(
    entry="A BibTeX entry, arXiv id or DOI; leave it empty to paste several into a form",
    file="A .bib, .ris, .json or author page file",
    private=options.PRIVATE,
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
        await AddForm(custom_ids.AddForm()).open(interaction)


class AddForm(Form[custom_ids.AddForm], title="Add papers", id_type=custom_ids.AddForm):
    """A form with room for several entries."""

    entries: discord.ui.Label[Any] = discord.ui.Label(
        text="BibTeX, RIS, CSL-JSON, arXiv ids or DOIs",
        component=discord.ui.TextInput(custom_id="entries", style=discord.TextStyle.paragraph, max_length=4000),
    )

    @classmethod
    async def answer(cls, interaction: Interaction, state: custom_ids.AddForm, values: Mapping[str, str]) -> None:
        await reply(interaction, _add_pasted(interaction, values["entries"]))


async def _add_pasted(interaction: Interaction, entries: str) -> CardView:
    # A lone surrogate, which a terminal makes of bytes that are not text, cannot be encoded.
    return await _add(interaction, SOURCE_NAME, entries.encode(errors="replace"))


async def _add_file(interaction: Interaction, file: discord.Attachment) -> CardView:
    if file.size > MAX_FILE_BYTES:
        raise UserError(f"That file is larger than {MAX_FILE_BYTES // 1_000_000} MB. Use `lectern import` for it.")
    try:
        content = await file.read()
    except discord.HTTPException as error:
        raise UserError("Discord did not give me that file. Try again, or paste its entries.") from error
    return await _add(interaction, f"{SOURCE_NAME}: {markdown.plain(file.filename, 100)}", content)


async def _add(interaction: Interaction, name: str, content: bytes) -> CardView:
    db, owner = interaction.client.library.db, owner_of(interaction)
    try:
        parsed = _as_file(await interaction.client.read(owner, name, content))
        asked = False
    except NotReadError as error:
        raise UserError(str(error)) from error
    except UnreadableFileError as error:
        asked = True
        named = identifiers.find(content.decode("utf-8", "replace"))
        if not named:
            raise UserError("I cannot read that. Give me BibTeX, RIS, CSL-JSON, an arXiv id or a DOI.") from error
        parsed = await _fetched(interaction, named)
    _check(parsed)
    if asked:
        report = await ingest.take(db, name, parsed, asked_by=owner)
    else:
        addition = own_intake.Addition(owner, interaction.user.id)
        try:
            report = await own_intake.take(db, addition, name, parsed, datetime.now(UTC))
        except own_intake.TooManyPapersError as error:
            raise UserError(error.message) from error
    interaction.client.dispatch(OUTBOX_CHANGED)
    return await _added(view_of(interaction), parsed, report, own=not asked)


def _check(parsed: ParsedSource) -> None:
    """Raise `UserError` where there is no paper in it."""
    if not (parsed.papers or any(page.papers for page in parsed.pages)):
        problem = parsed.problems[0] if parsed.problems else None
        reason = f": {markdown.echo(problem.message, 200).rstrip('.')}." if problem else "."
        raise UserError(f"There is no paper in that{reason} Check it and try again.")


def _as_file(parsed: ParsedSource) -> ParsedSource:
    """The same, with no record taken for a service's own answer, whatever its format: a person handed it over."""

    def as_file(record: PaperRecord) -> PaperRecord:
        if record.source.kind in _FILE_FORMATS:
            return record
        return record.model_copy(update={"source": record.source.model_copy(update={"kind": "dump"})})

    return parsed.model_copy(update={"papers": tuple(map(as_file, parsed.papers)), "withdrawals": ()})


async def _fetched(interaction: Interaction, named: Sequence[Identifier]) -> ParsedSource:
    try:
        async with asyncio.timeout(FETCH_TIMEOUT_S):
            return await interaction.client.fetch(named)
    except TimeoutError as error:
        raise UserError(
            "The services that know papers by their id are not answering. Try again later, or paste a BibTeX entry."
        ) from error


async def _added(view: View, parsed: ParsedSource, report: IntakeReport, *, own: bool) -> CardView:
    records = [*(r for page in parsed.pages for r in page.papers), *parsed.papers]
    shown = await view.papers_added(records[:PAGE_SIZE])
    counts = {"new": report.new, "changed": report.changed, "already known": report.unchanged}
    problems = [f"line {p.line}: {p.message}" if p.line else p.message for p in report.problems[:3]]
    more = f" and {len(report.problems) - 3:,} more" if len(report.problems) > 3 else ""
    notes = [f"-# These are the first {len(shown)}; /search finds all."] if sum(counts.values()) > PAGE_SIZE else []
    notes += [f"-# {_SEEN_BY[view.owner > 0]}"] if own else []
    notes += [f"-# Not read: {markdown.safe('; '.join(problems), 400)}{more}"] if problems else []
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### Papers: {', '.join(f'{n:,} {what}' for what, n in counts.items() if n)}",
            papers=shown,
            footnote="\n".join(notes),
        )
    )
