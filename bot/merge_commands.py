"""`lectern merges` and `unmerge`: which papers were taken for one and why, and undoing that."""

from __future__ import annotations

import typer

from bot.errors import ExpectedError
from bot.library_opening import open_library
from bot.naming_papers import named_paper
from bot.settings import Settings
from store.catalog import merges
from store.catalog.merge import merge as merged
from store.catalog.merges import Merge
from store.separation import undo_merge
from store.text.timestamps import moment_in_words


async def show_merges(settings: Settings, limit: int) -> None:
    """Print the last merges, newest first."""
    async with open_library(settings) as library:
        found = await merges.latest(library.db, limit)
    if not found:
        typer.echo("No papers have been merged.")
    for one in found:
        typer.echo("\n".join(_lines(one)))


async def unmerge(settings: Settings, text: str) -> None:
    """Undo the last merge of the paper that a handle, an identifier or a title names, or raise `ExpectedError`."""
    async with open_library(settings) as library:
        undone = await undo_merge(library.db, (await named_paper(library, text)).handle)
    if undone is None:
        raise ExpectedError(f"The paper of {text!r} has not been merged with another.")
    typer.echo("These are papers of their own again, and will not be merged:")
    for line in _papers(undone):
        typer.echo(line)


def _lines(one: Merge) -> list[str]:
    undone = "; undone since" if one.undone else ""
    reason = f"by a record of {one.reason.source.name}, “{one.reason.title}”"
    return [f"{moment_in_words(one.merged_at)}, {reason}{undone}", *_papers(one)]


def _papers(one: Merge) -> list[str]:
    lines = []
    for paper in one.papers:
        lines.append(f"  {paper.handle} {merged(paper.handle, list(paper.records)).title}")
        evidence = one.reason.evidence.get(paper.handle)
        lines += [f"    {evidence.sentence}"] if evidence else []
    return lines
