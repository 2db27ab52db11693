"""Stores for the benches: real or synthetic papers, written straight into the tables."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.storage.database import Database
from store.text.normalize import fold


@dataclass(frozen=True)
class Row:
    """One paper of a corpus."""

    id: int
    title: str
    authors: tuple[str, ...]
    year: int | None
    citations: int


def lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def corpus(path: Path) -> Iterator[Row]:
    for entry in lines(path):
        authors = tuple(dict.fromkeys(entry.get("authors") or ()))
        yield Row(entry["id"], entry["title"], authors, entry.get("year"), entry.get("citations") or 0)


def handle(kind: str, id_: int) -> str:
    digest = hashlib.blake2b(f"{kind}{id_}".encode(), digest_size=8).digest()
    return base64.b32encode(digest).decode().lower()[:13]


async def fill(db: Database, rows: Iterable[Row], batch: int = 20_000) -> None:
    """Write papers and authors; authors of one folded name are one."""
    authors: dict[str, int] = {}
    names: dict[int, str] = {}
    papers: dict[int, int] = {}
    wrote: list[tuple[int, int]] = []
    pending: list[Row] = []

    async def flush() -> None:
        async with db.write() as connection:
            await connection.executemany(
                "INSERT INTO papers (id, handle, title, published, citations, added) "
                "VALUES (?, ?, ?, ?, ?, '2026-01-01')",
                [(r.id, handle("p", r.id), r.title, str(r.year) if r.year else None, r.citations) for r in pending],
            )
        pending.clear()

    for row in rows:
        pending.append(row)
        for name in row.authors:
            key = fold(name)
            id_ = authors.setdefault(key, len(authors) + 1)
            names.setdefault(id_, name)
            papers[id_] = papers.get(id_, 0) + 1
            wrote.append((row.id, id_))
        if len(pending) == batch:
            await flush()
    await flush()
    await fill_names(db, ((id_, names[id_], papers[id_]) for id_ in names))
    async with db.write() as connection:
        await connection.executemany("INSERT OR IGNORE INTO authorships (paper_id, author_id) VALUES (?, ?)", wrote)


async def fill_names(db: Database, names: Iterable[tuple[int, str, int]]) -> None:
    """Write authors: ids, names and numbers of papers."""
    async with db.write() as connection:
        await connection.executemany(
            "INSERT INTO authors (id, handle, name, name_key, papers) VALUES (?, ?, ?, ?, ?)",
            ((id_, handle("a", id_), name, fold(name), papers) for id_, name, papers in names),
        )
