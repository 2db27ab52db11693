"""The words of titles and abstracts: their forms, by stem, and in how many papers each is."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import aiosqlite

from store.models import Frozen
from store.text.stems import stem, stemmer_version

_STEMMER = "stemmer"
"""The setting with the version of the stemmer by which the stems were made."""
MOST_FORMS = 200
"""Forms of a stem that are looked for, those in most papers first; by choice, which bounds the query: of the stems of
32,000 words of titles and abstracts, the one with most has 31."""


class WordCounts(Frozen):
    """In how many of all `papers` each of some words, or any word of some stems, is; `length` are the words of a paper.

    A stem's count is that of its words added up, as if no paper had two of them.
    """

    papers: int
    length: float
    words: Mapping[str, int]
    stems: Mapping[str, int]


async def follow(connection: aiosqlite.Connection, gone: Iterable[Sequence[str]], new: Iterable[Sequence[str]]) -> None:
    """Count the words of papers that the full-text index lost and got, given as their folded texts."""
    changes, papers, words = await asyncio.to_thread(_changes, list(gone), list(new))
    await connection.executemany(
        "INSERT INTO words (word, stem, papers) VALUES (?, ?, ?)"
        " ON CONFLICT (word) DO UPDATE SET papers = papers + excluded.papers",
        changes,
    )
    fewer = [word for word, _, number in changes if number < 0]
    await connection.execute(
        "DELETE FROM words WHERE papers = 0 AND word IN (SELECT value FROM json_each(?))", [json.dumps(fewer)]
    )
    await connection.execute("UPDATE word_totals SET papers = papers + ?, words = words + ?", [papers, words])


def _changes(
    gone: Sequence[Sequence[str]], new: Sequence[Sequence[str]]
) -> tuple[list[tuple[str, str, int]], int, int]:
    changes: Counter[str] = Counter()
    total = 0
    for texts, sign in ((gone, -1), (new, 1)):
        for of_paper in texts:
            words = " ".join(of_paper).split()
            total += sign * len(words)
            for word in set(words):
                changes[word] += sign
    rows = [(word, stem(word), number) for word, number in changes.items() if number]
    return rows, len(new) - len(gone), total


async def counts(connection: aiosqlite.Connection, words: Iterable[str] = (), stems: Iterable[str] = ()) -> WordCounts:
    """In how many papers these words are, and the words of these stems; those that none holds are left out."""
    async with connection.execute("SELECT papers, words FROM word_totals") as rows:
        ((papers, length),) = await rows.fetchall()
    async with connection.execute(
        "SELECT word, papers FROM json_each(?) AS wanted JOIN words ON word = wanted.value",
        [json.dumps(sorted(set(words)))],
    ) as rows:
        by_word = {row[0]: row[1] async for row in rows}
    async with connection.execute(
        "SELECT stem, sum(papers) AS total FROM json_each(?) AS wanted JOIN words ON stem = wanted.value GROUP BY stem",
        [json.dumps(sorted(set(stems)))],
    ) as rows:
        by_stem = {row[0]: min(row[1], papers) async for row in rows}
    return WordCounts(papers=papers, length=length / papers if papers else 0.0, words=by_word, stems=by_stem)


async def forms(connection: aiosqlite.Connection, stems: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The words of the index that have each stem, those in most papers first; where none has, the stem itself."""
    found: dict[str, list[str]] = {one: [] for one in stems}
    async with connection.execute(
        "SELECT stem, word FROM json_each(?) AS wanted JOIN words ON stem = wanted.value"
        " ORDER BY stem, papers DESC, word",
        [json.dumps(sorted(found))],
    ) as rows:
        async for stemmed, word in rows:
            if len(found[stemmed]) < MOST_FORMS:
                found[stemmed].append(word)
    return {stemmed: tuple(words) or (stemmed,) for stemmed, words in found.items()}


async def bring_up_to_date(connection: aiosqlite.Connection) -> bool:
    """Make the stems anew where another version of the stemmer made them; whether that was so.

    Of a store that counted no words yet, they are counted in the full-text index, with those of categories.
    """
    async with connection.execute("SELECT value FROM settings WHERE key = ?", [_STEMMER]) as rows:
        row = await rows.fetchone()
    if row and row[0] == stemmer_version():
        return False
    async with connection.execute("SELECT papers FROM word_totals") as rows:
        counted = await rows.fetchone()
    if counted and not counted[0]:
        await connection.execute(
            "INSERT INTO words (word, stem, papers) SELECT term, '', doc FROM paper_word_counts WHERE true"
            " ON CONFLICT (word) DO UPDATE SET papers = excluded.papers"
        )
        await connection.execute(
            "UPDATE word_totals SET papers = (SELECT count(*) FROM papers),"
            " words = (SELECT coalesce(sum(cnt), 0) FROM paper_word_counts)"
        )
    await _make_stems(connection)
    await connection.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [_STEMMER, stemmer_version()],
    )
    return True


async def _make_stems(connection: aiosqlite.Connection) -> None:
    last = ""
    while True:
        async with connection.execute(
            "SELECT word, papers FROM words WHERE word > ? ORDER BY word LIMIT 10000", [last]
        ) as rows:
            batch = [(row[0], row[1]) async for row in rows]
        if not batch:
            return
        last = batch[-1][0]
        stemmed = await asyncio.to_thread(lambda some: [(stem(word), word) for word, _ in some], batch)
        await connection.executemany("UPDATE words SET stem = ? WHERE word = ?", stemmed)
