"""`lectern migrate`: moves what servers said and what was posted from the store's file to PostgreSQL, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec

import typer

from bot.errors import ExpectedError
from bot.settings import Settings

NEXT = """\
{moved} Next:
  1. Set LECTERN_DATABASE to the address of that database; without it, Lectern does not run on {file} any more.
  2. Start Lectern again.
  3. Keep that file: it has the papers. A second host begins with a backup of it, made from now on: lectern backup.
To go back, stop all hosts, then: lectern migrate --from ADDRESS"""
BACK = "{file} has all of it again. Unset LECTERN_DATABASE, then start Lectern again, on this host alone."


async def migrate(settings: Settings, to: str | None, origin: str | None) -> None:
    """Move to the PostgreSQL database at the address `to`, or back from that at `origin`; Lectern has to be stopped."""
    address = to or origin
    if address is None or (to and origin):
        raise ExpectedError("Give either --to or --from, with the address of a PostgreSQL database.")
    if not address.startswith(("postgresql://", "postgres://")):
        raise ExpectedError("The address has to begin with postgresql://, as in postgresql://lectern@host/lectern.")
    if find_spec("psycopg") is None or find_spec("sqlglot") is None:
        raise ExpectedError("This needs PostgreSQL's client; in Lectern's folder: pip install -e '.[postgres]'")
    from store.storage.postgresql.move import move, move_back

    if to:
        moved = await move(settings.db, address, datetime.now(UTC), typer.echo)
        typer.echo(NEXT.format(file=settings.db, moved="All is moved." if moved else "All was moved already."))
    else:
        await move_back(settings.db, address, typer.echo)
        typer.echo(BACK.format(file=settings.db))
