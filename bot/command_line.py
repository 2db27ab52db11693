"""What the commands of the command line have in common: the store that they are told, and how they end."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import ExpectedError
from bot.settings import Settings, load
from store.errors import StoreError

Db = Annotated[
    Path | None,
    typer.Option("--db", help="The paper store; without it LECTERN_DB, or a file in your data folder.", dir_okay=False),
]


def run_to_end(work: Coroutine[Any, Any, int | None]) -> None:
    """Run to the end and leave with its exit status; expected errors become `ExpectedError`."""
    from seeds.services.model_client import LanguageModelMissingError

    try:
        status = asyncio.run(work)
    except StoreError as error:
        raise ExpectedError(error.message) from None
    except LanguageModelMissingError as error:
        raise ExpectedError(str(error)) from None
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has closed it; nothing may be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except OSError as error:
        raise ExpectedError(f"{error.filename or 'The system'}: {error.strerror or error}") from None
    raise typer.Exit(status or 0)


def settings_for(db: Path | None, level: int = logging.WARNING) -> Settings:
    """The settings; also starts the log, with records of `level` and above."""
    from bot import logs

    settings = load(db)
    logs.start(settings, level)
    return settings


def existing(db: Path | None) -> Settings:
    """The settings, where there is a store; raises `ExpectedError` where there is none."""
    settings = settings_for(db)
    if not settings.db.exists():
        raise ExpectedError(f"There is no store at {settings.db}; name it with --db.")
    return settings
