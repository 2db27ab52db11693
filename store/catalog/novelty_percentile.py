"""A paper's novelty beside that of papers of its category and year, whose distances are kept while they hold.

A distance depends on earlier papers alone, and on the sample by which words are weighed. So it is measured anew only
after a paper of its date or before came, changed or went, or one of the sample.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress

from store.catalog.entity_resolution import PaperChange
from store.catalog.novelty import (
    LEAST_EARLIER,
    Nearest,
    Novelty,
    Weighed,
    WordCounts,
    distance,
    earlier_candidates,
    nearest,
    words_of,
)
from store.catalog.papers import load_by_handles
from store.errors import StoreError
from store.models import Handle, Paper
from store.storage.connection import Connection
from store.storage.database import Database
from store.turns import ASKER

COMPARED, LEAST_COMPARED = 100, 30
"""Papers of the category and year that a paper is compared with, those with the smallest handles, and without how many
nothing is said. The standard error of a share among n papers is at most 1 / (2 √n): 5 points for 100, 9 for 30."""
SAMPLE = 2000
"""Papers by which words are weighed, those with the smallest handles. A paper that comes is among them with the
probability 2000 / the papers of the store; then all distances are measured anew, so that it is not larger."""
_PAGE = 50
"""Papers of the sample that are read at once, so that the event loop is free in between."""
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
"""The letters of handles as SQLite sorts them."""


async def follow(connection: Connection, changes: Sequence[PaperChange], gone: Sequence[Paper] = ()) -> None:
    """Note, in the transaction that stores them, which distances papers that came, changed or went may change."""
    edited = [(c.before, c.after) for c in changes if not c.before or _measured(c.before) != _measured(c.after)]
    papers = [*gone, *(paper for pair in edited for paper in pair if paper), *(p for c in changes for _, p in c.merged)]
    if not papers:
        return
    async with connection.execute("SELECT handle FROM papers ORDER BY handle LIMIT 1 OFFSET ?", [SAMPLE - 1]) as rows:
        last = await rows.fetchone()
    weighs = last is None or min(paper.handle for paper in papers) <= last[0]
    dates = [""] if weighs else sorted({paper.published for paper in papers if paper.published})
    await connection.execute(
        "INSERT INTO novelty_changes (published, revision) SELECT value,"
        " (SELECT coalesce(max(revision), 0) + 1 FROM novelty_changes) FROM json_each(?) WHERE true"
        " ON CONFLICT (published) DO UPDATE SET revision = excluded.revision",
        [json.dumps(dates)],
    )


def _measured(paper: Paper) -> tuple[str, str | None, str | None]:
    return paper.title, paper.abstract, paper.published


async def novelty(db: Database, paper: Paper) -> Novelty | None:
    """How novel a paper is, in the catalogue or not; None where it lacks abstract, date or category, or the store
    lacks what to compare it with."""
    if not paper.abstract or not paper.published or not paper.category:
        return None
    revision, counts = await word_counts(db)
    found = await _nearest(db, paper, Weighed(counts)) if counts.papers >= LEAST_EARLIER else None
    if found is None:
        return None
    year = paper.published[:4]
    others = await _distances_of(db, paper.handle, paper.category, year, revision, counts)
    if len(others) < LEAST_COMPARED:
        return None
    return Novelty(
        percentile=100 * sum(other < distance(found) for other in others) // len(others),
        compared=len(others),
        category=paper.category,
        year=year,
        nearest=tuple(found),
    )


async def _nearest(db: Database, paper: Paper, known: Weighed) -> list[Nearest] | None:
    async with db.read() as connection:
        candidates = await earlier_candidates(connection, paper, known)
    return None if candidates is None else await asyncio.to_thread(nearest, paper, candidates, known)


async def _distances_of(
    db: Database, handle: Handle, category: str, year: str, revision: int, counts: WordCounts
) -> list[float]:
    """The distances of the papers that the paper of this handle is compared with."""
    group = await _kept(db, handle, category, year)
    if len(group) < LEAST_COMPARED:
        return []
    if all(holds for _, holds in group.values()):
        return _known(value for value, _ in group.values())
    # Of several who ask at once, the first measures, and the others find what was kept.
    async with db.measuring.turn():
        asker = ASKER.set(None)  # Readers of the guild's own are left to its questions.
        try:
            group = await _kept(db, handle, category, year)
            measured = await _measured_anew(db, [one for one, (_, holds) in group.items() if not holds], counts)
            if measured:
                await _keep(
                    db,
                    "INSERT OR REPLACE INTO novelty_distances (paper_id, revision, distance)"
                    " SELECT id, ?, ? FROM papers WHERE handle = ?",
                    [(revision, value, other) for other, value in measured.items()],
                )
        finally:
            ASKER.reset(asker)
    return _known(({other: value for other, (value, _) in group.items()} | measured).values())


def _known(distances: Iterable[float | None]) -> list[float]:
    return [value for value in distances if value is not None]


async def _kept(db: Database, handle: Handle, category: str, year: str) -> dict[Handle, tuple[float | None, bool]]:
    """The papers that the paper of this handle is compared with: the distance that was kept, and whether it holds."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT papers.handle, distance, paper_id IS NOT NULL AND NOT EXISTS"
            "  (SELECT 1 FROM novelty_changes AS later"
            "   WHERE later.revision > kept.revision AND later.published <= papers.published) AS holds"
            " FROM papers LEFT JOIN novelty_distances AS kept ON paper_id = papers.id"
            " WHERE category = ? AND substr(published, 1, 4) = ? AND papers.handle <> ? ORDER BY papers.handle LIMIT ?",
            [category, year, handle, COMPARED],
        ) as rows,
    ):
        return {row[0]: (row[1], bool(row[2])) async for row in rows}


async def _measured_anew(db: Database, handles: Sequence[Handle], counts: WordCounts) -> dict[Handle, float | None]:
    measured: dict[Handle, float | None] = {}
    known = Weighed(counts)
    for one in handles:
        async with db.read() as connection:
            paper = next(iter(await known.load(connection, [one])), None)
        found = await _nearest(db, paper, known) if paper else None
        measured[one] = None if found is None else distance(found)
    return measured


async def word_counts(db: Database) -> tuple[int, WordCounts]:
    """The revision of the store, from before all that is read after it, and the counts of words as of it or later."""
    revision, kept = await _kept_counts(db)
    if kept:
        return revision, kept
    async with db.measuring.turn():
        revision, kept = await _kept_counts(db)
        return revision, kept or await _counted(db, revision)


async def _kept_counts(db: Database) -> tuple[int, WordCounts | None]:
    async with db.read() as connection:
        async with connection.execute("SELECT coalesce(max(revision), 0) FROM novelty_changes") as rows:
            revision = max([int(row[0]) async for row in rows])
        async with connection.execute(
            "SELECT counts FROM novelty_words AS kept WHERE NOT EXISTS"
            " (SELECT 1 FROM novelty_changes AS later WHERE later.published = '' AND later.revision > kept.revision)"
        ) as rows:
            kept = await rows.fetchone()
    return revision, await asyncio.to_thread(WordCounts.model_validate_json, kept[0]) if kept else None


async def _counted(db: Database, revision: int) -> WordCounts:
    async with (
        db.read() as connection,
        connection.execute("SELECT handle FROM papers ORDER BY handle LIMIT ?", [SAMPLE]) as rows,
    ):
        handles: list[Handle] = [row[0] async for row in rows]
    words: Counter[str] = Counter()
    papers = 0
    for start in range(0, len(handles), _PAGE):
        async with db.read() as connection:
            page = await load_by_handles(connection, handles[start : start + _PAGE])
        with_abstract = [paper for paper in page.values() if paper.abstract]
        papers += len(with_abstract)
        words.update(
            await asyncio.to_thread(lambda read: [word for one in read for word in words_of(one)], with_abstract)
        )
    counts = WordCounts(papers=papers, stored=stored(handles), words=words)
    await _keep(
        db,
        "INSERT OR REPLACE INTO novelty_words (id, revision, counts) VALUES (1, ?, ?)",
        [(revision, counts.model_dump_json())],
    )
    return counts


async def _keep(db: Database, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Write what was measured; where the disk is full or another program writes, it is measured again next time."""
    with suppress(StoreError):
        async with db.write_papers() as connection:
            await connection.executemany(statement, rows)


def stored(smallest: Sequence[Handle]) -> int:
    """About how many papers there are, from the smallest handles, which are even (Bar-Yossef et al. 2002).

    Counted, it would change with every paper that comes, and each distance with it.
    """
    if len(smallest) < SAMPLE:
        return len(smallest)
    share = sum(_DIGITS.index(letter) * 32.0 ** -(place + 1) for place, letter in enumerate(smallest[-1]))
    return max(len(smallest), round(SAMPLE / share))
