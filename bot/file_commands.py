"""`lectern import`, `export`, `backup`, `restore`: papers between the store and files, with reports to the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot.errors import ExpectedError
from bot.import_export import files_in, import_file
from bot.library_opening import open_library
from bot.settings import Settings
from seeds.formats.reader import UnreadableFileError
from store.catalog import papers
from store.catalog.exports import ExportFormat, exported
from store.search.parser import QueryError, field_term, parse
from store.storage.restore import restore


async def import_files(settings: Settings, paths: Sequence[Path], notify: bool | None) -> int:
    """Read files, folders of files or standard input into the store; the exit status.

    `notify` None asks the person whether subscribers get the papers, where they are many.
    """
    failed = False
    async with open_library(settings) as library:
        for path in files_in(paths):
            try:
                report = await import_file(library, path, _show_progress, notify, _ask)
            except (OSError, UnreadableFileError) as error:
                reason = error.strerror if isinstance(error, OSError) else error
                typer.echo(f"{path}: not read. {reason}", err=True)
                failed = True
                continue
            typer.echo(f"{path}: {report.new} new, {report.changed} changed, {report.unchanged} unchanged")
            for problem in report.problems:
                place = f"{path}:{problem.line}" if problem.line else path
                typer.echo(f"{place}: {problem.message}", err=True)
            failed |= bool(report.problems) and not (report.new or report.changed or report.unchanged)
    return 1 if failed else 0


def _show_progress(done: int) -> None:
    if sys.stderr.isatty() and done % 1000 == 0:
        typer.echo(f"\r{done:,} papers", err=True, nl=False)


def _ask(papers: int) -> bool:
    if sys.stdin.isatty():
        return typer.confirm(f"Post those of the {papers:,} papers that match to the channels that subscribed?")
    typer.echo("Not posted to subscribers; add --notify to post them.", err=True)
    return False


async def export_papers(
    settings: Settings, file: Path | None, export_format: ExportFormat, search: str = "", author: str = ""
) -> None:
    """Write the papers that match to a file, or to standard output where it is None.

    The file has its name only when it is whole. Raises `ExpectedError` where it cannot be written, or the search not be
    read.
    """
    try:
        terms = [field_term("author", author)] if author else []
        query = parse(search, terms) if search or terms else None
    except QueryError as error:
        raise ExpectedError(f"The search cannot be read: {error}") from None
    partial = file.with_name(f"{file.name}.part") if file else None
    async with open_library(settings) as library:
        pages = library.view().all_matches(query) if query else papers.in_pages(library.db)
        try:
            with partial.open("w", encoding="utf-8") if partial else nullcontext(sys.stdout) as target:
                async for piece in exported(pages, export_format):
                    target.write(piece)
                target.flush()
            if file and partial:
                partial.replace(file)
        except BrokenPipeError:
            raise
        except OSError as error:
            name = file or "standard output"
            raise ExpectedError(f"{name} is not written: {error.strerror or error}.") from None
        finally:
            if partial:
                partial.unlink(missing_ok=True)


def restore_store(settings: Settings, backup: Path) -> None:
    """Put a backup in the place of the store, and say what became of the former one."""
    former = restore(settings.db, backup, datetime.now(UTC))
    kept = f" The former store is kept as {former}; delete it when you are content." if former else ""
    typer.echo(f"The store is {settings.db}.{kept}")
    typer.echo("What was posted since is looked for in the channels, so that nothing is posted twice.")


async def back_up(settings: Settings, file: Path) -> None:
    """Copy the store to a file that is not there yet: all of it, or the papers where the rest is in PostgreSQL."""
    async with open_library(settings) as library:
        await library.db.backup(file)
    if settings.database:
        typer.echo(f"The papers are in {file}. What servers said is in PostgreSQL, which has backups of its own.")
    else:
        typer.echo(f"The whole store is in {file}.")
