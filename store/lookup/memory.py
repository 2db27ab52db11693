"""What a look-up keeps in memory of one kind, and how it stays level with the file.

Everything in it can be made from the tables. It is kept in the file as an image with checksums, so that opening is
quick, and catches up with what was committed since, by this or another process, from `lookup_changes`.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from store.lookup.folding import HEAD
from store.lookup.kinds import Kind
from store.lookup.lexicon import Lexicon
from store.lookup.prefixes import Prefixes
from store.lookup.traits import Traits

Progress = Callable[[str, int, int], None]

_CHUNK = 50_000


class ImageDamagedError(Exception):
    """The image in the file cannot be used."""


class Memory:
    """The parts in memory of one kind. One thread changes it at a time; others read meanwhile."""

    def __init__(self, kind: Kind, lexicon: Lexicon, prefixes: Prefixes, traits: Traits, upto: int) -> None:
        self.kind = kind
        self.lexicon = lexicon
        self.prefixes = prefixes
        self.traits = traits
        self.upto = upto
        """The last row of `lookup_changes` that is in it."""
        self.behind = 0
        """Texts that changed since the image in the file was written."""
        self._turn = threading.Lock()

    @classmethod
    def build(cls, connection: sqlite3.Connection, kind: Kind, progress: Progress) -> Memory:
        """Make it from the tables, in one read transaction of the caller."""
        upto = _last_change(connection)
        (total,) = connection.execute(f"SELECT count(*) FROM {kind.source}").fetchone()
        (top,) = connection.execute(f"SELECT coalesce(max(id), -1) FROM {kind.texts}").fetchone()
        traits = Traits(top, shapes=not kind.has_heads)
        done = 0

        def chunks() -> Iterator[tuple[Sequence[int], Sequence[str]]]:
            nonlocal done
            rows = connection.execute(_ROWS.format(kind=kind, where="ORDER BY t.id"))
            while chunk := rows.fetchmany(_CHUNK):
                ids, texts, popularity, years = zip(*chunk, strict=True)
                traits.put(ids, texts, popularity, years)
                done += len(chunk)
                progress(f"Sorting {kind.name}s", done, max(done, total))
                yield ids, texts

        prefixes = Prefixes.of(chunks())
        # Temporary, but a connection for reading only would refuse it.
        connection.execute("PRAGMA query_only = OFF")
        connection.execute(f"CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', '{kind.words}', 'row')")
        try:
            words = connection.execute("SELECT term, doc FROM temp.vocabulary")
            lexicon = Lexicon.of((word, count) for word, count in words if not word.endswith(HEAD))
        finally:
            connection.execute("DROP TABLE temp.vocabulary")
            connection.execute("PRAGMA query_only = ON")
        return cls(kind, lexicon, prefixes, traits, upto)

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return self.traits.texts

    def catch_up(self, connection: sqlite3.Connection) -> None:
        """Take in what was committed since, in a read transaction of the caller.

        Raises `ImageDamagedError` where what it would need is no longer there.
        """
        with self._turn:
            written = _written(connection, self.kind)
            if written is not None and written > self.upto:
                raise ImageDamagedError("changes since were swept away")
            ids: set[int] = set()
            counts: Counter[str] = Counter()
            upto = self.upto
            for change, kind, changed, words in connection.execute(
                "SELECT id, kind, ids, words FROM lookup_changes WHERE id > ? ORDER BY id", (self.upto,)
            ):
                upto = change
                if kind == self.kind.name:
                    ids.update(np.frombuffer(changed, np.int64).tolist())
                    counts.update(json.loads(words))
            if ids:
                self._take_in(connection, sorted(ids), counts)
            self.upto = upto

    def _take_in(self, connection: sqlite3.Connection, ids: list[int], counts: dict[str, int]) -> None:
        rows = connection.execute(
            _ROWS.format(kind=self.kind, where="WHERE t.id IN (SELECT value FROM json_each(?))"), (json.dumps(ids),)
        ).fetchall()
        self.lexicon.add({word: count for word, count in counts.items() if count})
        self.prefixes.replace({**dict.fromkeys(ids), **{row[0]: row[1] for row in rows}})
        self.traits.drop(sorted(set(ids).difference(row[0] for row in rows)))
        if rows:
            self.traits.put(*zip(*rows, strict=True))
        self.behind += len(ids)

    def image(self) -> tuple[int, dict[str, bytes]]:
        """What `load` needs, and the change that it goes up to."""
        with self._turn:
            parts = {f"lexicon.{name}": body for name, body in self.lexicon.dump().items()}
            parts |= {f"prefixes.{name}": body for name, body in self.prefixes.dump().items()}
            self.behind = 0
            parts |= {f"traits.{name}": body for name, body in self.traits.dump().items()}
            return self.upto, parts

    @classmethod
    def load(cls, connection: sqlite3.Connection, kind: Kind) -> Memory:
        """Read the image and catch up, in one read transaction of the caller; raises `ImageDamagedError`."""
        parts: dict[str, bytes] = {}
        levels = set()
        for part, upto, checksum, body in connection.execute(
            "SELECT part, upto, checksum, body FROM lookup_images WHERE kind = ?", (kind.name,)
        ):
            if zlib.crc32(body) != checksum:
                raise ImageDamagedError(f"{part} is not what was written")
            parts[part] = body
            levels.add(upto)
        if len(levels) != 1:
            raise ImageDamagedError("it is missing or of several times")
        try:
            made = cls(
                kind,
                Lexicon.load(_under("lexicon.", parts)),
                Prefixes.load(_under("prefixes.", parts)),
                Traits.load(_under("traits.", parts)),
                levels.pop(),
            )
        except (KeyError, ValueError) as error:
            raise ImageDamagedError(str(error)) from error
        made.catch_up(connection)
        return made


_ROWS = (
    "SELECT t.id, t.folded, {kind.popularity}, {kind.recency} "
    "FROM {kind.texts} AS t JOIN {kind.source} AS s ON s.id = t.id {where}"
)


def _last_change(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'lookup_changes'").fetchone()
    return int(row[0]) if row else 0


def _written(connection: sqlite3.Connection, kind: Kind) -> int | None:
    row = connection.execute("SELECT max(upto) FROM lookup_images WHERE kind = ?", (kind.name,)).fetchone()
    return int(row[0]) if row[0] is not None else None


def _under(prefix: str, parts: dict[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(prefix): body for name, body in parts.items() if name.startswith(prefix)}
