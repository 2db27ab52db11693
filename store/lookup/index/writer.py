"""Updates the index tables, in the same transaction that changed `papers` or `authors`.

Each call appends one row to `lookup_changes`, from which the in-memory snapshots of all processes are refreshed.
"""

from __future__ import annotations

import asyncio
import json
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from store.lookup.index.fields import AUTHORS, TITLES, Field
from store.storage.connection import Connection
from store.text.normalize import HEAD, by_sound, fold, head, other_forms, words

Change: TypeAlias = tuple[int, str | None, str | None]
"""Id, old text (None: inserted), new text (None: deleted). If equal, only popularity or date have changed."""

_THREAD_MIN_TEXTS = 100
"""Number of texts above which folding moves to a thread, because it would block the event loop for over 1 ms."""


async def update_titles(connection: Connection, changes: Sequence[Change]) -> None:
    """Index papers that were inserted, deleted, or changed in title, citations or date. Pass thousands in one call."""
    await _update(connection, TITLES, changes)


async def update_names(connection: Connection, changes: Sequence[Change]) -> None:
    """Index authors that were inserted, deleted, or changed in name or number of papers. Pass thousands in one call."""
    await _update(connection, AUTHORS, changes)


async def _update(connection: Connection, field: Field, changes: Sequence[Change]) -> None:
    rows = await connection.execute_fetchall("SELECT built_to FROM lookup_state WHERE kind = ?", (field.name,))
    # The builder will read rows beyond `built_to` from the source table itself.
    built_to = next((row[0] for row in rows), 0)
    due = [change for change in changes if built_to is None or change[0] <= built_to]
    if not due:
        return
    ids = list(dict.fromkeys(change[0] for change in due))
    texts = {id_: new for id_, old, new in due if old != new}
    counts = await replace_texts(connection, field, texts) if texts else {}
    await connection.execute(
        "INSERT INTO lookup_changes (kind, ids, words) VALUES (?, ?, ?)",
        (field.name, array("q", ids).tobytes(), json.dumps(counts, separators=(",", ":"))),
    )


async def replace_texts(connection: Connection, field: Field, texts: dict[int, str | None]) -> dict[str, int]:
    """Replace the indexed texts of these ids (None deletes); returns the change of each term's document frequency."""
    stored = await connection.execute_fetchall(
        f"SELECT id, folded, extra FROM {field.texts} WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(texts)),),
    )
    old = {row[0]: (row[1], row[2]) for row in stored}
    work = (field, texts, old)
    update = await asyncio.to_thread(_plan_update, *work) if len(texts) > _THREAD_MIN_TEXTS else _plan_update(*work)
    if update.removed:
        await connection.executemany(f"DELETE FROM {field.texts} WHERE id = ?", [(id_,) for id_, _ in update.removed])
        # SQLite before 3.43 deletes from a contentless table only when it is told the old words.
        await connection.executemany(
            f"INSERT INTO {field.words} ({field.words}, rowid, words) VALUES ('delete', ?, ?)", update.removed
        )
    if update.rows:
        await connection.executemany(f"INSERT INTO {field.texts} (id, folded, extra) VALUES (?, ?, ?)", update.rows)
        await connection.executemany(f"INSERT INTO {field.words} (rowid, words) VALUES (?, ?)", update.added)
    return update.counts


class _TableUpdate(NamedTuple):
    """Terms to remove and to add by id, new rows of folded texts, and changes of document frequencies."""

    removed: list[tuple[int, str]]
    added: list[tuple[int, str]]
    rows: list[tuple[int, str, str]]
    counts: dict[str, int]


def _plan_update(field: Field, texts: Mapping[int, str | None], old: Mapping[int, tuple[str, str]]) -> _TableUpdate:
    update = _TableUpdate([], [], [], {})
    counts: Counter[str] = Counter()
    for id_, text in texts.items():
        before = old.get(id_)
        after = None if text is None else index_row(field, text)
        if before == after:
            continue
        if before is not None:
            tokens = index_terms(*before)
            counts.subtract(tokens)
            update.removed.append((id_, " ".join(tokens)))
        if after is not None:
            tokens = index_terms(*after)
            counts.update(tokens)
            update.added.append((id_, " ".join(tokens)))
            update.rows.append((id_, *after))
    update.counts.update((word, count) for word, count in counts.items() if count and not word.endswith(HEAD))
    return update


def index_terms(folded: str, extra: str) -> list[str]:
    """The distinct terms under which a text is indexed, sorted."""
    return sorted({*words(folded), *extra.split()})


def index_row(field: Field, text: str) -> tuple[str, str]:
    """The folded text, and its extra index terms: joined compounds, transliterations and the acronym."""
    folded, extra = fold(text), other_forms(text)
    if not field.has_acronyms:
        extra = sorted(by_sound(text).difference(folded.split()).union(extra))
    elif acronym := head(text):
        extra.append(acronym + HEAD)
    return folded, " ".join(extra)
