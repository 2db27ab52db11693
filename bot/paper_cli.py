"""The commands of `lectern` that remove and correct papers."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.command_line import Db, existing, run_to_end
from store.models import CorrectedField


def remove(
    papers: Annotated[
        list[str],
        typer.Argument(metavar="PAPER...", help="Each by handle, arXiv id, DOI, ACL Anthology id or whole title."),
    ],
    db: Db = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Bring papers back that were removed.")] = False,
) -> None:
    """Remove papers for everybody, also while the bot runs; no source brings them back. Shows them and asks first."""
    from bot.paper_commands import bring_back
    from bot.paper_commands import remove as take_out

    settings = existing(db)
    run_to_end(bring_back(settings, papers) if undo else take_out(settings, papers, sure=yes))


def removed(db: Db = None) -> None:
    """Show which papers were removed; their sources do not bring them back."""
    from bot.paper_commands import show_removed

    run_to_end(show_removed(existing(db)))


def edit(
    paper: Annotated[str, typer.Argument(help="By handle, arXiv id, DOI, ACL Anthology id or whole title.")],
    db: Db = None,
    title: Annotated[str | None, typer.Option(help="The title.")] = None,
    date: Annotated[str | None, typer.Option(help="When it was published: 2024, 2024-08 or 2024-08-12.")] = None,
    author: Annotated[list[str] | None, typer.Option(help="An author; repeat it for each, in their order.")] = None,
    venue: Annotated[str | None, typer.Option(help="The conference or journal.")] = None,
    category: Annotated[str | None, typer.Option(help="The arXiv category, such as cs.CL.")] = None,
    abstract: Annotated[str | None, typer.Option(help="The abstract.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back all that was corrected in this paper.")] = False,
) -> None:
    """Correct a paper for everybody, also while the bot runs; an empty text ("") says that there is no such value.

    The correction goes before all sources, and the card says so; what sources say is kept.
    """
    from bot.paper_commands import edit as correct
    from bot.paper_commands import undo_edit

    settings = existing(db)
    if undo:
        run_to_end(undo_edit(settings, paper))
    given: dict[CorrectedField, str | list[str] | None] = {
        "title": title,
        "published": date,
        "authors": author,
        "venue": venue,
        "category": category,
        "abstract": abstract,
    }
    run_to_end(correct(settings, paper, given))
