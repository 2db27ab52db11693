"""Other ways to search the same texts, for comparison; those that are not installed are left out."""

from __future__ import annotations

import importlib
import os
import pwd
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rapidfuzz import fuzz, process

from store.text.normalize import fold

Texts = Sequence[str]
"""Folded, by position."""
Find = Callable[[str, str], list[int]]
"""Kind and query to positions of at most 25 texts, best first."""

LIMIT = 25
_RERANKED = 500


def peers(texts: dict[str, Texts], wanted: Sequence[str], stack: ExitStack) -> Iterator[tuple[str, Find]]:
    """The wanted peers that are installed, each built when it is its turn."""
    makers: dict[str, Callable[[dict[str, Texts]], Any]] = {
        "rapidfuzz": _rapidfuzz,
        "fts5_words": _fts5_words,
        "fts5_trigrams": _fts5_trigrams,
        "tantivy": _tantivy,
        "pg_trgm": _pg_trgm,
    }
    for name in wanted:
        find = stack.enter_context(makers[name](texts))
        if find is not None:
            yield name, find


@contextmanager
def _rapidfuzz(texts: dict[str, Texts]) -> Iterator[Find]:
    def find(kind: str, query: str) -> list[int]:
        return [at for _, _, at in process.extract(fold(query), texts[kind], scorer=fuzz.ratio, limit=LIMIT)]

    yield find


@contextmanager
def _fts5(texts: dict[str, Texts], tokenize: str) -> Iterator[sqlite3.Connection]:
    with TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "peer.db")) as connection:
        for kind, all_of_kind in texts.items():
            connection.execute(f"CREATE VIRTUAL TABLE {kind} USING fts5 (text, content = '', tokenize = '{tokenize}')")
            connection.executemany(f"INSERT INTO {kind} (rowid, text) VALUES (?, ?)", enumerate(all_of_kind))
        connection.commit()
        yield connection


@contextmanager
def _fts5_words(texts: dict[str, Texts]) -> Iterator[Find]:
    with _fts5(texts, "ascii") as connection:

        def find(kind: str, query: str) -> list[int]:
            words = [f'"{word}"' for word in fold(query).split()]
            sql = f"SELECT rowid FROM {kind} WHERE {kind} MATCH ? ORDER BY rank LIMIT {LIMIT}"
            return [row[0] for row in connection.execute(sql, (" ".join(words) + " *",))] if words else []

        yield find


@contextmanager
def _fts5_trigrams(texts: dict[str, Texts]) -> Iterator[Find]:
    with _fts5(texts, "trigram") as connection:

        def find(kind: str, query: str) -> list[int]:
            folded = fold(query)
            grams = {f'"{folded[i : i + 3]}"' for i in range(len(folded) - 2)}
            if not grams:
                return []
            sql = f"SELECT rowid FROM {kind} WHERE {kind} MATCH ? ORDER BY rank LIMIT {_RERANKED}"
            rows = [row[0] for row in connection.execute(sql, (" OR ".join(sorted(grams)),))]
            hits = process.extract(folded, [texts[kind][row] for row in rows], scorer=fuzz.ratio, limit=LIMIT)
            return [rows[at] for _, _, at in hits]

        yield find


@contextmanager
def _tantivy(texts: dict[str, Texts]) -> Iterator[Find | None]:
    try:
        tantivy = importlib.import_module("tantivy")
    except ImportError:
        yield None
        return
    indexes = {}
    for kind, all_of_kind in texts.items():
        schema = tantivy.SchemaBuilder().add_unsigned_field("at", stored=True).add_text_field("text").build()
        index = tantivy.Index(schema)
        writer = index.writer(200_000_000)
        for at, text in enumerate(all_of_kind):
            writer.add_document(tantivy.Document(at=at, text=text))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        indexes[kind] = (schema, index.searcher())

    def find(kind: str, query: str) -> list[int]:
        schema, searcher = indexes[kind]
        words = fold(query).split()
        terms = [
            (
                tantivy.Occur.Should,
                tantivy.Query.fuzzy_term_query(
                    schema, "text", word, 1 if len(word) > 2 else 0, True, word is words[-1]
                ),
            )
            for word in words
        ]
        hits = searcher.search(tantivy.Query.boolean_query(terms), LIMIT).hits if terms else []
        return [searcher.doc(address)["at"][0] for _, address in hits]

    yield find


@contextmanager
def _pg_trgm(texts: dict[str, Texts]) -> Iterator[Find | None]:
    initdb = shutil.which("initdb") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    try:
        psycopg = importlib.import_module("psycopg")
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    except (ImportError, KeyError):
        initdb = None
    if initdb is None:
        yield None
        return
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        data.mkdir()
        if os.geteuid() == 0:
            os.chown(data, user.pw_uid, user.pw_gid)

        def run(*command: str) -> None:
            subprocess.run(command, check=True, capture_output=True, user=user.pw_uid if os.geteuid() == 0 else None)

        run(initdb, "-D", str(data), "-U", "lectern", "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8")
        control = str(Path(initdb).resolve().with_name("pg_ctl"))
        options = f"-c listen_addresses='' -k {data} -c fsync=off -c maintenance_work_mem=512MB -c jit=off"
        run(control, "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
        try:
            with psycopg.connect(f"host={data} user=lectern dbname=postgres", autocommit=True) as connection:
                connection.execute("CREATE EXTENSION pg_trgm")
                for kind, all_of_kind in texts.items():
                    connection.execute(f"CREATE TABLE {kind} (at integer, text text)")
                    with connection.cursor().copy(f"COPY {kind} FROM STDIN") as copy:
                        for row in enumerate(all_of_kind):
                            copy.write_row(row)
                    connection.execute(f"CREATE INDEX ON {kind} USING gin (text gin_trgm_ops)")
                    connection.execute(f"ANALYZE {kind}")

                def find(kind: str, query: str) -> list[int]:
                    folded = fold(query)
                    sql = f"SELECT at FROM {kind} WHERE text %% %s ORDER BY similarity(text, %s) DESC LIMIT {LIMIT}"
                    return [row[0] for row in connection.execute(sql, (folded, folded))]

                yield find
        finally:
            run(control, "-D", str(data), "-m", "immediate", "stop")
