"""The command line `lectern`. Exit status: 0 done, 1 not done and why on stderr, 2 a wrong command line."""

from __future__ import annotations

import json
import logging
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.command_line import Db, existing, run_to_end, settings_for
from bot.errors import ExpectedError
from bot.paper_cli import edit, remove, removed
from bot.people_cli import people
from bot.settings import Settings, version

app = typer.Typer(
    help="Lectern, a research assistant for a team's Discord. Begin with: lectern playground",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lectern {version()}")
        raise typer.Exit


@app.callback()
def _start(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; what is expected to go wrong becomes one sentence on stderr."""
    try:
        app()
    except ExpectedError as error:
        sys.exit(f"lectern: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def run(
    db: Db = None,
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="So many processes, to use as many cores; each has a part of the servers."),
    ] = None,
    shards: Annotated[
        str | None,
        typer.Option(help="One process of several: its part of the servers, such as 0-3/16, or auto for its share."),
    ] = None,
    parent: Annotated[int | None, typer.Option(hidden=True, help="End when the process of this id has ended.")] = None,
) -> None:
    """Run the bot in Discord until SIGINT or SIGTERM; needs LECTERN_TOKEN."""
    from bot.run import run as serve
    from bot.shards import parse

    if processes and shards:
        raise ExpectedError("Give --processes or --shards, not both.")
    settings = settings_for(db, logging.INFO)
    if processes:
        from bot.processes import supervise

        run_to_end(supervise(settings, processes))
    run_to_end(serve(settings, parse(shards) if shards else None, parent))


@app.command()
def playground(
    db: Db = None,
    port: Annotated[
        int,
        typer.Option(min=0, max=65533, help="The port of #lounge; the other pages have the next two. Any by default."),
    ] = 0,
    show: Annotated[bool, typer.Option("--open", help="Open the page in your browser.")] = False,
    services: Annotated[
        bool,
        typer.Option("--services", help="Ask made services about made people, with no network, in a store of its own."),
    ] = False,
) -> None:
    """Try everything in a simulated Discord, in your browser; no token, no account."""
    _require("simcord", "PIL", "markdown_it", "linkify_it", extra="playground")
    from bot.simulator.playground import play

    settings = settings_for(db)
    if services and db is None:  # what is made up is not to be among what is true
        settings = settings.model_copy(update={"db": settings.db.with_name("made.db")})
    run_to_end(play(settings, port=port, show=show, say=typer.echo, made_services=services))


@app.command("try")
def try_(
    command: Annotated[str, typer.Argument(help="For example: '/author name:zehan qui'")],
    db: Db = None,
    as_: Annotated[Literal["member", "admin"], typer.Option("--as", help="Who types it.")] = "member",
    click: Annotated[
        list[str] | None, typer.Option(metavar="LABEL", help="Then press this button; can be repeated.")
    ] = None,
    message: Annotated[str | None, typer.Option(help="The message on which a command of Apps ► is used.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the message as Discord has it.")] = False,
) -> None:
    """Run one slash command in a simulated Discord and print the reply. Status 1: an error; 2: no such command."""
    _require("simcord", extra="playground")
    settings = settings_for(db, logging.ERROR)
    run_to_end(_try(settings, command, as_ == "admin", click or [], message, as_json))


async def _try(
    settings: Settings, command: str, admin: bool, clicks: list[str], message: str | None, as_json: bool
) -> int:
    from bot.composition import make_client, open_services
    from bot.import_export import import_bundled_documents
    from bot.library_opening import open_library
    from bot.simulator.simulation import simulated
    from bot.simulator.try_command import CannotTypeError, try_command

    try:
        async with open_library(settings) as library, open_services(settings, library) as services:
            await import_bundled_documents(library)
            client = make_client(settings, library, services)
            async with simulated(client) as scene:
                outcome = await try_command(client, scene, command, admin=admin, clicks=clicks, message=message)
    except CannotTypeError as error:
        typer.echo(f"lectern: {error}", err=True)
        return 2
    typer.echo(json.dumps(outcome.message, indent=2, ensure_ascii=False) if as_json else "\n".join(outcome.lines))
    return 1 if outcome.is_error else 0


@app.command()
def setup(
    person: Annotated[
        list[str] | None, typer.Option(help="Somebody of your team by name, ORCID or link; can be repeated.")
    ] = None,
    people: Annotated[
        Path | None, typer.Option(help="A file with one of them on each line.", exists=True, dir_okay=False)
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="A category of arXiv, such as cs.CL; can be repeated.")
    ] = None,
    words: Annotated[list[str] | None, typer.Option(help="Words to look for, as in /search; can be repeated.")] = None,
    db: Db = None,
) -> None:
    """Fetch your team's papers and say what to subscribe in Discord; asks for what it is not told."""
    from bot.setup_command import set_up

    lines = people.read_text("utf-8", "replace").splitlines() if people else []
    run_to_end(set_up(settings_for(db), [*(person or []), *lines], category or [], words or []))


@app.command("import")
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Files, folders of files, or - for standard input; in any known format."
        ),
    ],
    db: Db = None,
    notify: Annotated[
        bool | None,
        typer.Option("--notify/--no-notify", help="Whether subscribed channels get the papers; asked for over 20."),
    ] = None,
) -> None:
    """Read papers from files into the store, also while the bot runs. Reading twice changes nothing."""
    from bot.file_commands import import_files

    run_to_end(import_files(settings_for(db), paths, notify))


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output by default.", dir_okay=False)] = None,
    export_format: Annotated[
        Literal["jsonl", "bibtex", "ris", "csl-json", "csv"], typer.Option("--format", help="The format.")
    ] = "jsonl",
    search: Annotated[str, typer.Option(help="Only papers that match, in the language of /search.")] = "",
    author: Annotated[str, typer.Option(help="Only papers by this author.")] = "",
    db: Db = None,
) -> None:
    """Write the papers of the store to a file; JSON Lines holds all of it, with sources."""
    from bot.file_commands import export_papers

    run_to_end(export_papers(existing(db), file, export_format, search, author))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A file that does not exist yet.", dir_okay=False)], db: Db = None
) -> None:
    """Copy the whole store to a new file, as of one moment, also while the bot runs."""
    from bot.file_commands import back_up

    settings = existing(db)
    if file.exists():
        raise ExpectedError(f"{file} exists already; name a file that does not exist yet.")
    run_to_end(back_up(settings, file))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup, or the store itself.", exists=True, dir_okay=False)],
    db: Db = None,
) -> None:
    """Put a backup in the place of the store, which is kept under another name. Stop the bot first."""
    from bot.file_commands import restore_store

    restore_store(settings_for(db), file)


@app.command()
def migrate(
    to: Annotated[str | None, typer.Option(metavar="URL", help="The database to move to: postgresql://…")] = None,
    origin: Annotated[
        str | None, typer.Option("--from", metavar="URL", help="The database to move back from, into the store.")
    ] = None,
    db: Db = None,
) -> None:
    """Move what servers said to PostgreSQL, or back. Stop the bot first; a run that was ended is run again."""
    from bot.migrate_command import migrate as move

    run_to_end(move(existing(db), to, origin))


@app.command()
def merges(
    db: Db = None, limit: Annotated[int, typer.Option(min=1, help="How many, the last ones first.")] = 10
) -> None:
    """Show which papers were found to be one, and by what evidence."""
    from bot.merge_commands import show_merges

    run_to_end(show_merges(existing(db), limit))


@app.command()
def unmerge(
    paper: Annotated[str, typer.Argument(help="A handle that `lectern merges` shows, an arXiv id, DOI or title.")],
    db: Db = None,
) -> None:
    """Undo the last merge of a paper, also while the bot runs; what was merged stays apart from then on."""
    from bot.merge_commands import unmerge as undo

    run_to_end(undo(existing(db), paper))


for command in (remove, removed, edit):
    app.command()(command)
app.add_typer(people, name="people")


@app.command()
def doctor(db: Db = None) -> None:
    """Check the store, settings, token and permissions, and say what to do. Status 1: something is wrong."""
    run_to_end(_doctor(settings_for(db)))


async def _doctor(settings: Settings) -> int:
    from bot.doctor import examine

    wrong = False
    async for finding in examine(settings):
        mark = {True: "ok   ", False: "WRONG", None: "     "}[finding.ok]
        typer.echo(f"{mark} {finding.what}: {finding.says}")
        wrong |= finding.ok is False
    return 1 if wrong else 0


def _require(*modules: str, extra: str) -> None:
    if any(find_spec(module) is None for module in modules):
        raise ExpectedError(f"This needs the simulated Discord; in Lectern's folder: pip install -e '.[{extra}]'")


if __name__ == "__main__":
    main()
