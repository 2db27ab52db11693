"""The vectors of papers as they are stored: a signed byte for each dimension, 384 bytes a paper with MiniLM.

Rounded so, they rank the candidates of `tests.bench.related` as the model's own numbers do (NDCG%20 62.3 both).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from store.catalog.entity_resolution import PaperChange
from store.catalog.papers import load_by_handles
from store.embeddings.embedder import Vectors, text_of
from store.models import Handle, Paper
from store.storage import key_values
from store.storage.connection import Connection

_MODEL = "embedding_model"
"""The setting with the model that made the vectors."""
_SCALE = 127


def rounded(vectors: Vectors) -> NDArray[np.int8]:
    """Each number as a signed byte, in proportion to the largest of its vector."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.rint(vectors * (_SCALE / largest)), dtype=np.int8)


def restored(blob: bytes) -> Vectors:
    """The vector of stored bytes, of length 1."""
    vector = np.frombuffer(blob, dtype=np.int8).astype(np.float32)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)


async def follow(connection: Connection, changes: Sequence[PaperChange]) -> None:
    """Ask for the vectors of papers whose title or abstract changed, in the transaction that stores them."""
    changed = [(c.paper_id,) for c in changes if c.before is None or text_of(c.before) != text_of(c.after)]
    await connection.executemany(
        "INSERT INTO paper_vectors (paper_id, vector) VALUES (?, NULL)"
        " ON CONFLICT (paper_id) DO UPDATE SET vector = NULL",
        changed,
    )


async def use_model(connection: Connection, name: str) -> None:
    """Have all vectors made anew where another model made them."""
    if await key_values.get(connection, "papers_settings", _MODEL) == name:
        return
    await connection.execute("UPDATE paper_vectors SET vector = NULL WHERE vector IS NOT NULL")
    await key_values.put(connection, "papers_settings", _MODEL, name)


async def missing(connection: Connection, limit: int) -> list[tuple[int, Paper]]:
    """Papers whose vectors are still to be made, those that came last first."""
    async with connection.execute(
        "SELECT paper_id, handle FROM paper_vectors JOIN papers ON papers.id = paper_id WHERE vector IS NULL"
        " ORDER BY paper_id DESC LIMIT ?",
        [limit],
    ) as rows:
        ids = {row[1]: row[0] async for row in rows}
    found = await load_by_handles(connection, ids)
    return [(paper_id, found[handle]) for handle, paper_id in ids.items()]


async def waiting(connection: Connection, handles: Sequence[Handle]) -> set[Handle]:
    """Those of these papers whose vectors are still to be made."""
    async with connection.execute(
        "SELECT handle FROM json_each(?) AS wanted JOIN papers ON handle = wanted.value"
        " JOIN paper_vectors ON paper_id = papers.id WHERE vector IS NULL",
        [json.dumps(list(handles))],
    ) as rows:
        return {row[0] async for row in rows}


async def count_missing(connection: Connection) -> int:
    """How many papers wait for their vectors."""
    async with connection.execute("SELECT count(*) FROM paper_vectors WHERE vector IS NULL") as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 0


async def keep(
    connection: Connection, papers: Sequence[tuple[int, Paper]], vectors: Vectors
) -> list[tuple[int, bytes]]:
    """Store the vectors of papers that are still as they were when they were embedded; returns those."""
    now = await load_by_handles(connection, [paper.handle for _, paper in papers])
    kept = [
        (paper_id, vector.tobytes())
        for (paper_id, paper), vector in zip(papers, rounded(vectors), strict=True)
        if (current := now.get(paper.handle)) and text_of(current) == text_of(paper)
    ]
    await connection.executemany(
        "UPDATE paper_vectors SET vector = ? WHERE paper_id = ?", [(vector, paper_id) for paper_id, vector in kept]
    )
    return kept


async def of_handles(connection: Connection, handles: Sequence[Handle]) -> Mapping[Handle, Vectors]:
    """The vectors of these papers, of length 1, as far as they are there."""
    joined = "JOIN papers ON handle = wanted.value JOIN paper_vectors ON paper_id = papers.id"
    return await _read(connection, joined, handles)


async def of_ids(connection: Connection, ids: Sequence[int]) -> Mapping[Handle, Vectors]:
    """The same of papers that are given by their rows."""
    joined = "JOIN paper_vectors ON paper_id = wanted.value JOIN papers ON papers.id = paper_id"
    return await _read(connection, joined, ids)


async def _read(connection: Connection, joined: str, wanted: Sequence[Handle | int]) -> dict[Handle, Vectors]:
    async with connection.execute(
        f"SELECT handle, vector FROM json_each(?) AS wanted {joined} WHERE vector IS NOT NULL",  # noqa: S608  # as above
        [json.dumps(list(wanted))],
    ) as rows:
        return {row[0]: restored(row[1]) async for row in rows}
