"""Keeping the index exact: called in the transaction that changes `papers` or `authors`, after it.

Each call leaves one row in `lookup_changes`, from which the parts in memory, of this process and of others, catch up.
"""

from __future__ import annotations

import asyncio
import json
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import aiosqlite

from store.lookup.index.fields import AUTHORS, TITLES, Kind
from store.text.normalize import HEAD, fold, head, other_forms, words

Change: TypeAlias = tuple[int, str | None, str | None]
"""Id, old text (None: new), new text (None: deleted). Equal texts: only what orders equal hits has changed."""

_IN_A_THREAD = 100
"""Texts from which folding would hold up the event loop noticeably."""


async def update_titles(connection: aiosqlite.Connection, changes: Sequence[Change]) -> None:
    """Index papers whose row was inserted, deleted or changed in title, citations or date; thousands in one call."""
    await _update(connection, TITLES, changes)


async def update_names(connection: aiosqlite.Connection, changes: Sequence[Change]) -> None:
    """Index authors whose row was inserted, deleted or changed in name or number of papers; thousands in one call."""
    await _update(connection, AUTHORS, changes)


async def _update(connection: aiosqlite.Connection, kind: Kind, changes: Sequence[Change]) -> None:
    rows = await connection.execute_fetchall("SELECT built_to FROM lookup_state WHERE kind = ?", (kind.name,))
    # What the builder has not reached yet it will read from the source table itself.
    built_to = next((row[0] for row in rows), 0)
    due = [change for change in changes if built_to is None or change[0] <= built_to]
    if not due:
        return
    ids = list(dict.fromkeys(change[0] for change in due))
    texts = {id_: new for id_, old, new in due if old != new}
    counts = await replace_texts(connection, kind, texts) if texts else {}
    await connection.execute(
        "INSERT INTO lookup_changes (kind, ids, words) VALUES (?, ?, ?)",
        (kind.name, array("q", ids).tobytes(), json.dumps(counts, separators=(",", ":"))),
    )


async def replace_texts(connection: aiosqlite.Connection, kind: Kind, texts: dict[int, str | None]) -> dict[str, int]:
    """Replace the indexed texts of these ids, None deleting; says by how many texts each word's count changed."""
    stored = await connection.execute_fetchall(
        f"SELECT id, folded, extra FROM {kind.texts} WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(texts)),),
    )
    old = {row[0]: (row[1], row[2]) for row in stored}
    work = (kind, texts, old)
    written = await asyncio.to_thread(_compare, *work) if len(texts) > _IN_A_THREAD else _compare(*work)
    if written.removed:
        await connection.executemany(f"DELETE FROM {kind.texts} WHERE id = ?", [(id_,) for id_, _ in written.removed])
        # SQLite before 3.43 deletes from a contentless table only when it is told the old words.
        await connection.executemany(
            f"INSERT INTO {kind.words} ({kind.words}, rowid, words) VALUES ('delete', ?, ?)", written.removed
        )
    if written.rows:
        await connection.executemany(f"INSERT INTO {kind.texts} (id, folded, extra) VALUES (?, ?, ?)", written.rows)
        await connection.executemany(f"INSERT INTO {kind.words} (rowid, words) VALUES (?, ?)", written.added)
    return written.counts


class _Written(NamedTuple):
    """What has to be written: words to remove and to add by id, new rows, and changes of counts of words."""

    removed: list[tuple[int, str]]
    added: list[tuple[int, str]]
    rows: list[tuple[int, str, str]]
    counts: dict[str, int]


def _compare(kind: Kind, texts: Mapping[int, str | None], old: Mapping[int, tuple[str, str]]) -> _Written:
    written = _Written([], [], [], {})
    counts: Counter[str] = Counter()
    for id_, text in texts.items():
        before = old.get(id_)
        after = None if text is None else forms(kind, text)
        if before == after:
            continue
        if before is not None:
            tokens = indexed(*before)
            counts.subtract(tokens)
            written.removed.append((id_, " ".join(tokens)))
        if after is not None:
            tokens = indexed(*after)
            counts.update(tokens)
            written.added.append((id_, " ".join(tokens)))
            written.rows.append((id_, *after))
    written.counts.update((word, count) for word, count in counts.items() if count and not word.endswith(HEAD))
    return written


def indexed(folded: str, extra: str) -> list[str]:
    """The words under which a text is found, each once, in order."""
    return sorted({*words(folded), *extra.split()})


def forms(kind: Kind, text: str) -> tuple[str, str]:
    """The row of a text: what it folds to, and the words beside that by which it is found."""
    extra = other_forms(text)
    if kind.has_heads and (acronym := head(text)):
        extra.append(acronym + HEAD)
    return fold(text), " ".join(extra)
