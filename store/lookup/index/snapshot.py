"""The in-memory part of one field's index, and how it follows the tables in the file.

A snapshot can always be rebuilt from the tables. An image of it with checksums is stored in the file, so that opening
is quick; changes committed since, by this or another process, are applied from `lookup_changes`.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from store.lookup.index.doc_values import DocValues
from store.lookup.index.fields import Field
from store.lookup.index.posting_lists import vocabulary_table
from store.lookup.index.prefix_index import PrefixIndex
from store.lookup.index.vocabulary import Part, Vocabulary
from store.text.normalize import HEAD

BuildProgress = Callable[[str, int, int], None]
"""Called with what is being built, the number of texts done, and their total."""

_CHUNK = 50_000
"""Rows read at once while building."""
_SLICE = 1 << 20
"""Bytes of an image read at once."""
_ROWS = (
    "SELECT t.id, t.folded, {field.popularity}, {field.recency} "
    "FROM {field.texts} AS t JOIN {field.source} AS s ON s.id = t.id ORDER BY t.id"
)


class ImageDamagedError(Exception):
    """The stored image cannot be used."""


class IndexVersion(NamedTuple):
    """A state of the index tables."""

    generation: int
    """Increased whenever the index is rebuilt."""
    change: int
    """Id of the last row of `lookup_changes` that is included."""


class Snapshot:
    """Vocabulary, prefix index and document values of one field. One thread at a time changes it; others may read."""

    def __init__(
        self,
        field: Field,
        vocabulary: Vocabulary,
        prefix_index: PrefixIndex,
        doc_values: DocValues,
        version: IndexVersion,
    ) -> None:
        self.field = field
        self.vocabulary = vocabulary
        self.prefix_index = prefix_index
        self.doc_values = doc_values
        self.version = version
        self.unsaved_changes = 0
        """Number of texts changed since the stored image was written."""
        self.last_refresh = time.monotonic()
        """When changes were last applied, on the clock of `time.monotonic`."""
        self._write_lock = threading.Lock()

    @classmethod
    def build(cls, connection: sqlite3.Connection, field: Field, progress: BuildProgress) -> Snapshot:
        """Build from the tables, in a read transaction of the caller."""
        version = IndexVersion(_generation(connection, field), last_change(connection))
        (total,) = connection.execute(f"SELECT count(*) FROM {field.source}").fetchone()
        (top,) = connection.execute(f"SELECT coalesce(max(id), -1) FROM {field.texts}").fetchone()
        doc_values = DocValues(top, shapes=not field.has_acronyms)
        done = 0

        def chunks() -> Iterator[tuple[Sequence[int], Sequence[str]]]:
            nonlocal done
            rows = connection.execute(_ROWS.format(field=field))
            while chunk := rows.fetchmany(_CHUNK):
                ids, texts, popularity, years = zip(*chunk, strict=True)
                doc_values.put(ids, texts, popularity, years)
                done += len(chunk)
                progress(f"Sorting {field.name}s", done, max(done, total))
                yield ids, texts

        prefix_index = PrefixIndex.of(chunks())
        with vocabulary_table(connection, field) as table:
            words = connection.execute(f"SELECT term, doc FROM {table} WHERE substr(term, -1) <> ?", (HEAD,))
            vocabulary = Vocabulary.of(words)
        return cls(field, vocabulary, prefix_index, doc_values, version)

    @property
    def texts(self) -> int:
        """Number of texts."""
        return self.doc_values.texts

    def refresh(self, connection: sqlite3.Connection) -> bool:
        """Apply what was committed since, in a read transaction of the caller; False if another thread is at it.

        Raises `ImageDamagedError` if the changes it needs are no longer stored.
        """
        if not self._write_lock.acquire(blocking=False):
            # Another look-up is applying changes, or an image is being made; this one uses what there is.
            return False
        try:
            if _generation(connection, self.field) != self.version.generation:
                raise ImageDamagedError("the index was rebuilt")
            image_change = _image_change(connection, self.field)
            if image_change is not None and image_change > self.version.change:
                raise ImageDamagedError("changes since were deleted")
            changes = _changes_since(connection, self.field, self.version.change)
            if changes.ids:
                self._apply(connection, sorted(changes.ids), changes.words)
            self.version = self.version._replace(change=changes.last)
        finally:
            self._write_lock.release()
        return True

    def _apply(self, connection: sqlite3.Connection, ids: list[int], counts: Mapping[str, int]) -> None:
        rows = _rows(connection, self.field, ids)
        self.vocabulary.add({word: count for word, count in counts.items() if count})
        self.prefix_index.replace({**dict.fromkeys(ids), **{row[0]: row[1] for row in rows}})
        self.doc_values.drop(sorted(set(ids).difference(row[0] for row in rows)))
        if rows:
            self.doc_values.put(*zip(*rows, strict=True))
        self.unsaved_changes += len(ids)
        self.last_refresh = time.monotonic()

    @property
    def unsorted(self) -> int:
        """Number of texts that are not sorted in yet; every look-up has to scan them."""
        return self.prefix_index.unsorted

    def sort(self) -> None:
        """Sort in all texts, while look-ups and changes go on."""
        with self._write_lock:
            sort = self.prefix_index.begin_sorting()
        texts = sort()
        with self._write_lock:
            self.prefix_index.finish_sorting(texts)

    def image(self) -> tuple[IndexVersion, dict[str, bytes | memoryview]]:
        """The parts that `load` needs, and the version they are of."""
        with self._write_lock:
            parts: dict[str, bytes | memoryview] = {
                f"lexicon.{name}": body for name, body in self.vocabulary.dump().items()
            }
            parts |= {f"prefixes.{name}": body for name, body in self.prefix_index.dump().items()}
            self.unsaved_changes = 0
            parts |= {f"traits.{name}": body for name, body in self.doc_values.dump().items()}
            return self.version, parts

    @classmethod
    def load(cls, connection: sqlite3.Connection, field: Field) -> Snapshot:
        """Read the stored image and apply later changes, in a read transaction; raises `ImageDamagedError`."""
        change, parts = _read_image(connection, field)
        try:
            made = cls(
                field,
                Vocabulary.load(_under("lexicon.", parts)),
                PrefixIndex.load(_under("prefixes.", parts)),
                DocValues.load(_under("traits.", parts)),
                IndexVersion(_generation(connection, field), change),
            )
        except (KeyError, ValueError) as error:
            raise ImageDamagedError(str(error)) from error
        made.refresh(connection)
        return made


def _rows(connection: sqlite3.Connection, field: Field, ids: Sequence[int]) -> list[tuple[int, str, int, int]]:
    """Id, folded text, popularity and year of the texts that exist; fetched as one row, see `posting_lists`."""
    (found,) = connection.execute(
        "SELECT group_concat("
        f"t.id || char(9) || t.folded || char(9) || {field.popularity} || char(9) || {field.recency}, char(10)) "
        f"FROM {field.texts} AS t JOIN {field.source} AS s ON s.id = t.id "
        "WHERE t.id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    ).fetchone()
    rows = (row.split("\t") for row in (found or "").split("\n") if row)
    return [(int(id_), folded, int(popularity), int(year)) for id_, folded, popularity, year in rows]


class Changes(NamedTuple):
    """Committed changes: ids of texts, changes of document frequencies by word, and id of the last row."""

    ids: set[int]
    words: Counter[str]
    last: int


def _changes_since(connection: sqlite3.Connection, field: Field, change: int) -> Changes:
    """Changes of this field that were committed after that row of `lookup_changes`."""
    changes = Changes(set(), Counter(), change)
    for last, of_kind, ids, words in connection.execute(
        "SELECT id, kind, ids, words FROM lookup_changes WHERE id > ? ORDER BY id", (change,)
    ):
        changes = changes._replace(last=last)
        if of_kind == field.name:
            changes.ids.update(np.frombuffer(ids, np.int64).tolist())
            changes.words.update(json.loads(words))
    return changes


def _read_image(connection: sqlite3.Connection, field: Field) -> tuple[int, dict[str, Part]]:
    """The change up to which the image goes, and its parts; raises `ImageDamagedError`."""
    parts: dict[str, Part] = {}
    levels = set()
    for row, part, upto, checksum, size in connection.execute(
        "SELECT rowid, part, upto, checksum, length(body) FROM lookup_images WHERE kind = ?", (field.name,)
    ):
        # Read straight into an array: a bytes object of that size would be copied, and would fragment memory.
        body = np.empty(size, np.uint8)
        found = 0
        with connection.blobopen("lookup_images", "body", row, readonly=True) as blob:
            for start in range(0, size, _SLICE):
                piece = blob.read(min(_SLICE, size - start))
                found = zlib.crc32(piece, found)
                body[start : start + len(piece)] = np.frombuffer(piece, np.uint8)
        if found != checksum:
            raise ImageDamagedError(f"the checksum of {part} is wrong")
        parts[part] = body
        levels.add(upto)
    if len(levels) != 1:
        raise ImageDamagedError("it is missing or its parts are of several versions")
    return levels.pop(), parts


def _generation(connection: sqlite3.Connection, field: Field) -> int:
    row = connection.execute(
        "SELECT generation FROM lookup_state WHERE kind = ? AND built_to IS NULL", (field.name,)
    ).fetchone()
    if row is None:
        raise ImageDamagedError("the index is being built")
    return int(row[0])


def last_change(connection: sqlite3.Connection) -> int:
    """Id of the last row that was ever in `lookup_changes`."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'lookup_changes'").fetchone()
    return int(row[0]) if row else 0


def _image_change(connection: sqlite3.Connection, field: Field) -> int | None:
    row = connection.execute("SELECT max(upto) FROM lookup_images WHERE kind = ?", (field.name,)).fetchone()
    return int(row[0]) if row[0] is not None else None


def _under(prefix: str, parts: dict[str, Part]) -> dict[str, Part]:
    return {name.removeprefix(prefix): body for name, body in parts.items() if name.startswith(prefix)}
