"""Papers that a service gave because somebody asked for them by id, and that no source has announced since.

They are in the catalogue at once, but only the guild that asked is told. To the others they become new when a source
announces them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from store.guilds.percolator import Update, folded
from store.models import Handle, Paper
from store.search.matcher import FoldedPaper
from store.storage.connection import Connection


async def withhold(connection: Connection, updates: Iterable[Update]) -> None:
    """Remember how these papers were before, unless that is remembered already; those that did not change are not."""
    await connection.executemany(
        "INSERT INTO unannounced (handle, before) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [
            (update.after.handle, folded(update.before[0]).to_json() if update.before else None)
            for update in updates
            if update.is_change
        ],
    )


async def announced(connection: Connection, updates: Sequence[Update]) -> list[Update]:
    """A source has told of these papers: what changed since others were told last, with papers that nobody was."""
    handles = [paper.handle for u in updates for paper in (u.after, *u.before) if isinstance(paper, Paper)]
    async with connection.execute(
        "DELETE FROM unannounced WHERE handle IN (SELECT value FROM json_each(?)) RETURNING handle, before",
        [json.dumps(handles)],
    ) as rows:
        withheld: dict[Handle, tuple[FoldedPaper, ...]] = {
            handle: (FoldedPaper.from_json(before),) if before else () for handle, before in await rows.fetchall()
        }
    return [_since_told(update, withheld) for update in updates] if withheld else list(updates)


def _since_told(update: Update, withheld: Mapping[Handle, tuple[FoldedPaper, ...]]) -> Update:
    before: list[Paper | FoldedPaper] = []
    for paper in update.before:
        before += withheld.get(paper.handle, (paper,)) if isinstance(paper, Paper) else (paper,)
    return update._replace(before=tuple(before))


async def is_unannounced(connection: Connection, handle: Handle) -> bool:
    """Whether the paper came because somebody asked for it, and no source has announced it since."""
    async with connection.execute("SELECT 1 FROM unannounced WHERE handle = ?", [handle]) as rows:
        return await rows.fetchone() is not None
