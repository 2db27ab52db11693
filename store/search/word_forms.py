"""Forms of words: the words of the full-text index that have the same stem."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence

import aiosqlite

from store.text.stems import stem, stemmer_version

_STEMMER = "stemmer"
"""The setting with the version of the stemmer by which the stems were made."""
MOST_FORMS = 200
"""Forms of a stem that are looked for, by choice, which bounds the query: of 32,000 words of titles and abstracts, the
stem with most has 31."""


async def add(connection: aiosqlite.Connection, texts: Iterable[str]) -> None:
    """Note the stems of the words of folded texts, in the transaction that indexes them."""
    words = {word for text in texts for word in text.split()}
    await _insert(connection, await asyncio.to_thread(_stems_of, words))


def _stems_of(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(stemmed, word) for word in words if (stemmed := stem(word)) != word]


async def _insert(connection: aiosqlite.Connection, stems: Sequence[tuple[str, str]]) -> None:
    await connection.executemany("INSERT INTO word_stems (stem, word) VALUES (?, ?) ON CONFLICT DO NOTHING", stems)


async def forms(connection: aiosqlite.Connection, stems: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The words of the index that have each stem, and the stem itself, whether it is one or not."""
    found = {one: [one] for one in stems}
    async with connection.execute(
        "SELECT stem, word FROM json_each(?) AS wanted JOIN word_stems ON stem = wanted.value ORDER BY stem, word",
        [json.dumps(sorted(found))],
    ) as rows:
        async for stemmed, word in rows:
            if len(found[stemmed]) < MOST_FORMS:
                found[stemmed].append(word)
    return {stemmed: tuple(words) for stemmed, words in found.items()}


async def bring_up_to_date(connection: aiosqlite.Connection) -> bool:
    """Make the stems anew where another version of the stemmer made them; whether that was so."""
    async with connection.execute("SELECT value FROM settings WHERE key = ?", [_STEMMER]) as rows:
        row = await rows.fetchone()
    if row and row[0] == stemmer_version():
        return False
    await connection.execute("DELETE FROM word_stems")
    async with connection.execute("SELECT term FROM paper_word_counts") as rows:
        while batch := list(await rows.fetchmany(10_000)):
            await _insert(connection, await asyncio.to_thread(_stems_of, [one[0] for one in batch]))
    await connection.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [_STEMMER, stemmer_version()],
    )
    return True
