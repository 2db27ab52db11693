"""`/add`: papers by BibTeX, arXiv id or DOI, from a file, or from a form to paste into."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands

from commands import add_by_id, add_document, custom_ids, intake_card, options
from commands.admission import admit
from commands.context import OUTBOX_CHANGED, Interaction, owner_of, view_of
from commands.errors import UserError
from commands.modals import Form
from commands.respond import reply
from commands.views import markdown
from commands.views.layout import CardView
from seeds import pdf
from seeds.formats.reader import UnreadableFileError
from seeds.reading.limits import NotReadError, QueueFullError
from store import own_intake
from store.guilds import own_additions
from store.models import DocumentNames, PaperRecord, ParsedSource, SourceKind
from store.text import identifiers

MAX_FILE_BYTES = 5_000_000
"""Larger files, and those that unpack to more, are for `lectern import` on the machine that runs the bot."""
MAX_PDF_BYTES = 10_000_000
"""What Discord lets members upload who do not pay for more; of larger ones the name is looked at."""
MAX_PAPERS = 500
MOST_OF_A_LIST = 20_000
"""Bytes in which identifiers are looked for where a file is none that can be read: 500 DOIs in a list."""
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
    file="A .bib, .ris, .json or author page file, or a paper's PDF",
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
    is_pdf = file.filename.lower().endswith(".pdf")
    if is_pdf and file.size > MAX_PDF_BYTES:
        too_large = DocumentNames(problem=f"It is larger than {MAX_PDF_BYTES // 1_000_000} MB.")
        return await add_document.add(interaction, pdf.with_file_name(too_large, file.filename))
    if not is_pdf and file.size > MAX_FILE_BYTES:
        raise UserError(f"That file is larger than {MAX_FILE_BYTES // 1_000_000} MB. Use `lectern import` for it.")
    try:
        content = await file.read()
    except discord.HTTPException as error:
        raise UserError("Discord did not give me that file. Try again, or paste its entries.") from error
    return await _add(interaction, f"{SOURCE_NAME}: {markdown.plain(file.filename, 100)}", content, file.filename)


async def _add(interaction: Interaction, name: str, content: bytes, file_name: str = "") -> CardView:
    admit(interaction, "addition")
    owner = owner_of(interaction)
    try:
        read = await interaction.client.read(owner, name, content)
    except NotReadError as error:
        if not pdf.is_pdf(content) or isinstance(error, QueueFullError):
            raise UserError(str(error)) from error
        read = DocumentNames(problem="It takes too long or too much memory to read.")
    except UnreadableFileError as error:
        if named := identifiers.find(content[:MOST_OF_A_LIST].decode("utf-8", "replace")):
            return await add_by_id.add(interaction, name, named)
        raise UserError("I cannot read that. Give me BibTeX, RIS, CSL-JSON, an arXiv id, a DOI or a PDF.") from error
    if isinstance(read, DocumentNames):
        return await add_document.add(interaction, pdf.with_file_name(read, file_name))
    parsed = _as_file(read)
    _check(parsed)
    addition = own_additions.Addition(owner, interaction.user.id)
    try:
        report = await own_intake.take(interaction.client.library.db, addition, name, parsed, datetime.now(UTC))
    except own_intake.TooManyPapersError as error:
        raise UserError(error.message) from error
    interaction.client.dispatch(OUTBOX_CHANGED)
    records = [*(record for page in parsed.pages for record in page.papers), *parsed.papers]
    return await intake_card.added(view_of(interaction), records, [report], [f"-# {_SEEN_BY[owner > 0]}"])


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
