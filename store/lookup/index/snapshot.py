"""What a look-up keeps in memory of one kind, and how it stays level with the file.

Everything in it can be made from the tables. It is kept in the file as an image with checksums, so that opening is
quick, and catches up with what was committed since, by this or another process, from `lookup_changes`.
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

from store.lookup.index.doc_values import Traits
from store.lookup.index.fields import Kind
from store.lookup.index.posting_lists import vocabulary
from store.lookup.index.prefix_index import Prefixes
from store.lookup.index.vocabulary import Lexicon, Part
from store.text.normalize import HEAD

Progress = Callable[[str, int, int], None]

_CHUNK = 50_000
_SLICE = 1 << 20
_ROWS = (
    "SELECT t.id, t.folded, {kind.popularity}, {kind.recency} "
    "FROM {kind.texts} AS t JOIN {kind.source} AS s ON s.id = t.id ORDER BY t.id"
)


class ImageDamagedError(Exception):
    """The image in the file cannot be used."""


class Level(NamedTuple):
    """A state of the index in the file."""

    generation: int
    change: int
    """The last row of `lookup_changes` that counts."""


class Memory:
    """The parts in memory of one kind. One thread changes it at a time; others read meanwhile."""

    def __init__(self, kind: Kind, lexicon: Lexicon, prefixes: Prefixes, traits: Traits, level: Level) -> None:
        self.kind = kind
        self.lexicon = lexicon
        self.prefixes = prefixes
        self.traits = traits
        self.level = level
        self.behind = 0
        """Texts that changed since the image in the file was written."""
        self.changed = time.monotonic()
        """When something was last taken in, on the clock of `time.monotonic`."""
        self._turn = threading.Lock()

    @classmethod
    def build(cls, connection: sqlite3.Connection, kind: Kind, progress: Progress) -> Memory:
        """Make it from the tables, in one read transaction of the caller."""
        level = Level(_generation(connection, kind), last_change(connection))
        (total,) = connection.execute(f"SELECT count(*) FROM {kind.source}").fetchone()
        (top,) = connection.execute(f"SELECT coalesce(max(id), -1) FROM {kind.texts}").fetchone()
        traits = Traits(top, shapes=not kind.has_heads)
        done = 0

        def chunks() -> Iterator[tuple[Sequence[int], Sequence[str]]]:
            nonlocal done
            rows = connection.execute(_ROWS.format(kind=kind))
            while chunk := rows.fetchmany(_CHUNK):
                ids, texts, popularity, years = zip(*chunk, strict=True)
                traits.put(ids, texts, popularity, years)
                done += len(chunk)
                progress(f"Sorting {kind.name}s", done, max(done, total))
                yield ids, texts

        prefixes = Prefixes.of(chunks())
        with vocabulary(connection, kind) as table:
            words = connection.execute(f"SELECT term, doc FROM {table} WHERE substr(term, -1) <> ?", (HEAD,))
            lexicon = Lexicon.of(words)
        return cls(kind, lexicon, prefixes, traits, level)

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return self.traits.texts

    def catch_up(self, connection: sqlite3.Connection) -> bool:
        """Take in what was committed since, in a read transaction of the caller; False while another thread does.

        Raises `ImageDamagedError` where what it would need is no longer there.
        """
        if not self._turn.acquire(blocking=False):
            # Another look-up is taking it in, or an image is being made; this one goes by what there is.
            return False
        try:
            if _generation(connection, self.kind) != self.level.generation:
                raise ImageDamagedError("it was built anew")
            written = _written(connection, self.kind)
            if written is not None and written > self.level.change:
                raise ImageDamagedError("changes since were swept away")
            changes = _changes_since(connection, self.kind, self.level.change)
            if changes.ids:
                self._take_in(connection, sorted(changes.ids), changes.words)
            self.level = self.level._replace(change=changes.last)
        finally:
            self._turn.release()
        return True

    def _take_in(self, connection: sqlite3.Connection, ids: list[int], counts: Mapping[str, int]) -> None:
        rows = _rows(connection, self.kind, ids)
        self.lexicon.add({word: count for word, count in counts.items() if count})
        self.prefixes.replace({**dict.fromkeys(ids), **{row[0]: row[1] for row in rows}})
        self.traits.drop(sorted(set(ids).difference(row[0] for row in rows)))
        if rows:
            self.traits.put(*zip(*rows, strict=True))
        self.behind += len(ids)
        self.changed = time.monotonic()

    @property
    def unsorted(self) -> int:
        """Texts that are not in order yet, which every look-up has to go through."""
        return self.prefixes.unsorted

    def sort(self) -> None:
        """Put all texts in order, while look-ups and changes go on."""
        with self._turn:
            ahead = self.prefixes.begin_sorting()
        texts = ahead()
        with self._turn:
            self.prefixes.finish_sorting(texts)

    def image(self) -> tuple[Level, dict[str, bytes | memoryview]]:
        """What `load` needs, and the level that it has."""
        with self._turn:
            parts: dict[str, bytes | memoryview] = {
                f"lexicon.{name}": body for name, body in self.lexicon.dump().items()
            }
            parts |= {f"prefixes.{name}": body for name, body in self.prefixes.dump().items()}
            self.behind = 0
            parts |= {f"traits.{name}": body for name, body in self.traits.dump().items()}
            return self.level, parts

    @classmethod
    def load(cls, connection: sqlite3.Connection, kind: Kind) -> Memory:
        """Read the image and catch up, in one read transaction of the caller; raises `ImageDamagedError`."""
        change, parts = _read_image(connection, kind)
        try:
            made = cls(
                kind,
                Lexicon.load(_under("lexicon.", parts)),
                Prefixes.load(_under("prefixes.", parts)),
                Traits.load(_under("traits.", parts)),
                Level(_generation(connection, kind), change),
            )
        except (KeyError, ValueError) as error:
            raise ImageDamagedError(str(error)) from error
        made.catch_up(connection)
        return made


def _rows(connection: sqlite3.Connection, kind: Kind, ids: Sequence[int]) -> list[tuple[int, str, int, int]]:
    """Id, folded text, popularity and year of those of these texts that are there; as one row, as in `postings`."""
    (found,) = connection.execute(
        "SELECT group_concat("
        f"t.id || char(9) || t.folded || char(9) || {kind.popularity} || char(9) || {kind.recency}, char(10)) "
        f"FROM {kind.texts} AS t JOIN {kind.source} AS s ON s.id = t.id WHERE t.id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    ).fetchone()
    rows = (row.split("\t") for row in (found or "").split("\n") if row)
    return [(int(id_), folded, int(popularity), int(year)) for id_, folded, popularity, year in rows]


class Changes(NamedTuple):
    """What was committed since some change: ids of texts, by how much words' counts differ, and the last change."""

    ids: set[int]
    words: Counter[str]
    last: int


def _changes_since(connection: sqlite3.Connection, kind: Kind, change: int) -> Changes:
    """What was committed after this change."""
    changes = Changes(set(), Counter(), change)
    for last, of_kind, ids, words in connection.execute(
        "SELECT id, kind, ids, words FROM lookup_changes WHERE id > ? ORDER BY id", (change,)
    ):
        changes = changes._replace(last=last)
        if of_kind == kind.name:
            changes.ids.update(np.frombuffer(ids, np.int64).tolist())
            changes.words.update(json.loads(words))
    return changes


def _read_image(connection: sqlite3.Connection, kind: Kind) -> tuple[int, dict[str, Part]]:
    """The change that an image goes up to, and its parts; raises `ImageDamagedError`."""
    parts: dict[str, Part] = {}
    levels = set()
    for row, part, upto, checksum, size in connection.execute(
        "SELECT rowid, part, upto, checksum, length(body) FROM lookup_images WHERE kind = ?", (kind.name,)
    ):
        # Straight into an array of its own: bytes of that size would have to be copied, and leave holes in memory.
        body = np.empty(size, np.uint8)
        found = 0
        with connection.blobopen("lookup_images", "body", row, readonly=True) as blob:
            for start in range(0, size, _SLICE):
                piece = blob.read(min(_SLICE, size - start))
                found = zlib.crc32(piece, found)
                body[start : start + len(piece)] = np.frombuffer(piece, np.uint8)
        if found != checksum:
            raise ImageDamagedError(f"{part} is not what was written")
        parts[part] = body
        levels.add(upto)
    if len(levels) != 1:
        raise ImageDamagedError("it is missing or of several times")
    return levels.pop(), parts


def _generation(connection: sqlite3.Connection, kind: Kind) -> int:
    row = connection.execute(
        "SELECT generation FROM lookup_state WHERE kind = ? AND built_to IS NULL", (kind.name,)
    ).fetchone()
    if row is None:
        raise ImageDamagedError("it is being built")
    return int(row[0])


def last_change(connection: sqlite3.Connection) -> int:
    """The number of the last row that `lookup_changes` had."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'lookup_changes'").fetchone()
    return int(row[0]) if row else 0


def _written(connection: sqlite3.Connection, kind: Kind) -> int | None:
    row = connection.execute("SELECT max(upto) FROM lookup_images WHERE kind = ?", (kind.name,)).fetchone()
    return int(row[0]) if row[0] is not None else None


def _under(prefix: str, parts: dict[str, Part]) -> dict[str, Part]:
    return {name.removeprefix(prefix): body for name, body in parts.items() if name.startswith(prefix)}
