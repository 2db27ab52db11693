"""The commands of `lectern people`, which say for everybody who is who."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.command_line import Db, existing, run_to_end

people = typer.Typer(help="Say for everybody who is who: that people are one or two, that a paper is another's.")
Person = Annotated[str, typer.Argument(help="By handle, or by the whole name where only one person has it.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take it back.")]


@people.command()
def same(one: Person, other: Person, db: Db = None, undo: Undo = False) -> None:
    """Let two people have one page, also while the bot runs; what sources say of them is kept."""
    from bot import people_commands

    run_to_end(people_commands.same(existing(db), one, other, undo=undo))


@people.command()
def apart(one: Person, other: Person, db: Db = None, undo: Undo = False) -> None:
    """Keep two people apart: papers that come later never make them one, and nobody is asked whether they are."""
    from bot import people_commands

    run_to_end(people_commands.apart(existing(db), one, other, undo=undo))


@people.command()
def not_by(
    paper: Annotated[str, typer.Argument(help="By handle, arXiv id, DOI, ACL Anthology id or whole title.")],
    person: Person,
    db: Db = None,
    but: Annotated[str | None, typer.Option(help="Whose it is; left out, somebody's who is not known.")] = None,
    undo: Undo = False,
) -> None:
    """Take a paper from a person's page, and put it on that of another."""
    from bot import people_commands

    run_to_end(people_commands.not_by(existing(db), paper, person, but, undo=undo))


@people.command()
def corrections(db: Db = None) -> None:
    """Show what you said, and what servers said for themselves, each with the command that makes it hold for all."""
    from bot import people_commands

    run_to_end(people_commands.corrections(existing(db)))
