"""`lectern remove`, `removed` and `edit`: papers that are there by mistake, and values that are wrong."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import typer

from bot.errors import ExpectedError
from bot.library_opening import open_library
from bot.naming_papers import named_paper, removed_paper
from bot.settings import Settings
from seeds import record_builder
from store import correction, removal
from store.catalog import removed_papers
from store.catalog.corrections import SOURCE_NAME
from store.models import CorrectedField, Paper, Source
from store.text.partial_dates import from_iso
from store.text.timestamps import moment_in_words

_NAMES: Mapping[CorrectedField, str] = {"published": "date", "authors": "author"}


async def remove(settings: Settings, texts: Sequence[str], *, sure: bool) -> None:
    """Remove the papers that handles, identifiers or titles name, after a yes unless it is `sure`."""
    async with open_library(settings) as library:
        papers = list({paper.handle: paper for paper in [await named_paper(library, text) for text in texts]}.values())
        for paper in papers:
            typer.echo("\n".join(_lines(paper)))
        if not sure:
            _confirm(f"Remove {'this paper' if len(papers) == 1 else f'these {len(papers)} papers'} for everybody?")
        for paper in papers:
            await removal.remove(library.db, paper.handle)
    handles = " ".join(paper.handle for paper in papers)
    typer.echo(f"Removed. No source brings {'it' if len(papers) == 1 else 'them'} back.")
    typer.echo(f"To undo this: lectern remove --undo {handles}")


async def bring_back(settings: Settings, texts: Sequence[str]) -> None:
    """Undo the removal of the papers that handles, identifiers or titles name."""
    async with open_library(settings) as library:
        for text in texts:
            removed = await removed_paper(library, text)
            if removed is None:
                raise ExpectedError(f"{text!r} is not one removed paper; lectern removed lists them by handle.")
            if paper := await removal.bring_back(library.db, removed.before.handle):
                typer.echo("\n".join(["Back as it was:", *_lines(paper)]))


async def show_removed(settings: Settings) -> None:
    """Print the papers that were removed, newest first."""
    async with open_library(settings) as library:
        found = await removed_papers.newest_first(library.db)
    for one in found:
        typer.echo("\n".join([moment_in_words(one.removed), *_lines(one.paper)]))
    typer.echo("To bring one back: lectern remove --undo HANDLE" if found else "No papers have been removed.")


async def edit(settings: Settings, text: str, given: Mapping[CorrectedField, str | Sequence[str] | None]) -> None:
    """Correct fields of a paper; an empty text says that there is no such value."""
    values = _values({field: value for field, value in given.items() if value is not None})
    if not values:
        raise ExpectedError("Say what to correct, such as --title or --date; lectern edit --help lists all.")
    async with open_library(settings) as library:
        paper = await named_paper(library, text)
        change = await correction.correct(library.db, paper.handle, values)
    if change is not None and change.before is not None:
        _show_change(change.before, change.after)
        typer.echo(f"What its sources say is kept. To undo this: lectern edit --undo {paper.handle}")


async def undo_edit(settings: Settings, text: str) -> None:
    """Take back all that was corrected in a paper."""
    async with open_library(settings) as library:
        paper = await named_paper(library, text)
        change = await correction.undo(library.db, paper.handle)
    if change is None or change.before is None:
        raise ExpectedError(f"Nothing has been corrected in {paper.handle}.")
    _show_change(change.before, change.after)


def _confirm(question: str) -> None:
    if not sys.stdin.isatty():
        raise ExpectedError(
            "Nothing was removed: there is nobody to ask here. Give --yes to remove without a question."
        )
    if not typer.confirm(question):
        raise ExpectedError("Nothing was removed.")


def _values(given: Mapping[CorrectedField, str | Sequence[str]]) -> dict[CorrectedField, object]:
    """The values as records have them: TeX made readable, within bounds. Raises `ExpectedError` for what is none."""
    texts = {field: value for field, value in given.items() if isinstance(value, str)}
    names = given.get("authors", ())
    date = texts.get("published")
    if date and from_iso(date) != date:
        raise ExpectedError("A date is a year, a month or a day: 2024, 2024-08 or 2024-08-12.")
    try:
        built = record_builder.build(
            Source(kind="operator", name=SOURCE_NAME, retrieved=datetime.now(UTC)),
            title=texts.get("title", "unchanged"),
            abstract=texts.get("abstract"),
            authors=record_builder.authorships(names),
            published=date or None,
            category=texts.get("category"),
            venue=texts.get("venue"),
        )
    except record_builder.UnreadableRecordError as error:
        raise ExpectedError(f"That is not taken: {error}.") from None
    values: dict[CorrectedField, object] = {field: getattr(built, field) for field in given}
    for field, value in given.items():
        if value and not values[field]:
            raise ExpectedError(f"That is no {_NAMES.get(field, field)}: {value!r}.")
    return values


def _lines(paper: Paper) -> list[str]:
    names = ", ".join(author.name for author in paper.authors[:5]) or "authors not known"
    more = f" and {len(paper.authors) - 5} more" if len(paper.authors) > 5 else ""
    ids = " ".join(f"{one.scheme}:{one.value}" for one in paper.identifiers)
    sources = "; ".join(source.name for source in paper.sources)
    return [
        f"  {paper.handle} {paper.title}",
        f"    {names}{more}; {paper.published or 'no date'}{f'; {ids}' if ids else ''}",
        f"    from {sources}",
    ]


def _show_change(before: Paper, after: Paper) -> None:
    fields: tuple[CorrectedField, ...] = ("title", "abstract", "authors", "published", "category", "venue")
    typer.echo(f"  {after.handle} {after.title}")
    for field in fields:
        was, now = (_shown(getattr(paper, field)) for paper in (before, after))
        if was != now:
            typer.echo(f"    {field}: {was} -> {now}")


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(author.name for author in value) or "none"
    return str(value) if value else "none"
