"""The words of titles and abstracts: their forms, by stem, and in how many papers each is."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from store.models import Frozen
from store.storage import key_values
from store.storage.connection import Connection
from store.text.stems import stem, stemmer_version

_STEMMER = "stemmer"
"""The setting with the version of the stemmer by which the stems were made."""
MOST_FORMS = 200
"""Forms of a stem that are looked for, those in most papers first; by choice, which bounds the query: of the stems of
32,000 words of titles and abstracts, the one with most has 31."""


class WordCounts(Frozen):
    """In how many of all `papers` each of some words is, or any word of some stems; `length` is the words of one."""

    papers: int
    length: float
    words: Mapping[str, int]
    stems: Mapping[str, int]


async def follow(connection: Connection, gone: Iterable[Sequence[str]], new: Iterable[Sequence[str]]) -> None:
    """Count the words of papers that the full-text index lost and got, given as their folded texts."""
    changes = await asyncio.to_thread(_changes, list(gone), list(new))
    await _count(connection, "words", "word, stem", [(word, stem(word), n) for word, n in changes.words.items() if n])
    await _count(connection, "stems", "stem", [(stemmed, n) for stemmed, n in changes.stems.items() if n])
    await connection.execute(
        "UPDATE word_totals SET papers = papers + ?, words = words + ?", [changes.papers, changes.length]
    )


async def _count(connection: Connection, table: str, columns: str, changes: Sequence[tuple[str | int, ...]]) -> None:
    if not changes:
        return
    key = columns.partition(",")[0]
    places = ", ".join("?" for _ in changes[0])
    await connection.executemany(
        f"INSERT INTO {table} ({columns}, papers) VALUES ({places})"  # noqa: S608  # names that are given above
        f" ON CONFLICT ({key}) DO UPDATE SET papers = papers + excluded.papers",
        changes,
    )
    fewer = [change[0] for change in changes if int(change[-1]) < 0]
    await connection.execute(
        f"DELETE FROM {table} WHERE papers = 0 AND {key} IN (SELECT value FROM json_each(?))",  # noqa: S608  # as above
        [json.dumps(fewer)],
    )


class _Changes(NamedTuple):
    """By how much the counts of words and stems, the number of papers and the length of all change."""

    words: Counter[str]
    stems: Counter[str]
    papers: int
    length: int


def _changes(gone: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> _Changes:
    words: Counter[str] = Counter()
    stems: Counter[str] = Counter()
    length = 0
    for texts, sign in ((gone, -1), (new, 1)):
        for of_paper in texts:
            every = " ".join(of_paper).split()
            length += sign * len(every)
            for word in (distinct := set(every)):
                words[word] += sign
            for stemmed in set(map(stem, distinct)):
                stems[stemmed] += sign
    return _Changes(words, stems, len(new) - len(gone), length)


async def counts(connection: Connection, words: Iterable[str] = (), stems: Iterable[str] = ()) -> WordCounts:
    """In how many papers these words are, and any word of these stems; those that none holds are left out."""
    async with connection.execute("SELECT papers, words FROM word_totals") as rows:
        ((papers, length),) = await rows.fetchall()
    return WordCounts(
        papers=papers,
        length=length / papers if papers else 0.0,
        words=await _papers_of(connection, "SELECT word, papers FROM json_each(?) JOIN words ON word = value", words),
        stems=await _papers_of(connection, "SELECT stem, papers FROM json_each(?) JOIN stems ON stem = value", stems),
    )


async def _papers_of(connection: Connection, statement: str, wanted: Iterable[str]) -> dict[str, int]:
    async with connection.execute(statement, [json.dumps(sorted(set(wanted)))]) as rows:
        return {row[0]: row[1] async for row in rows}


async def forms(connection: Connection, stems: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
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


async def bring_up_to_date(connection: Connection) -> bool:
    """Make the stems anew where another version of the stemmer made them; whether that was so.

    Of a store that counted no words yet, they are counted in the full-text index, with those of categories. The papers
    with a stem are then counted by its words, as if no paper had two of them.
    """
    if await key_values.get(connection, "papers_settings", _STEMMER) == stemmer_version():
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
    await key_values.put(connection, "papers_settings", _STEMMER, stemmer_version())
    return True


async def _make_stems(connection: Connection) -> None:
    last = ""
    by_stem: Counter[str] = Counter()
    while True:
        async with connection.execute(
            "SELECT word, papers FROM words WHERE word > ? ORDER BY word LIMIT 10000", [last]
        ) as rows:
            batch = [(row[0], row[1]) async for row in rows]
        if not batch:
            break
        last = batch[-1][0]
        stemmed = await asyncio.to_thread(lambda some: [(stem(word), word) for word, _ in some], batch)
        await connection.executemany("UPDATE words SET stem = ? WHERE word = ?", stemmed)
        for (stemmed_word, _), (_, papers) in zip(stemmed, batch, strict=True):
            by_stem[stemmed_word] += papers
    await connection.execute("DELETE FROM stems")
    await connection.executemany("INSERT INTO stems (stem, papers) VALUES (?, ?)", by_stem.items())
