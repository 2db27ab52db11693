"""What is common and what is rare in the store, for telling people of one name apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from store.catalog.person_evidence import Appearance, Collection, beginnings, content_words
from store.storage.connection import Connection
from store.text.arxiv_taxonomy import category_in_words
from store.text.normalize import fold
from store.text.person_names import LAST_WORD_SQL, last_word, name_key

UNSEEN_NAMES = 1000
"""Names that a store is taken to have beside its own, so that a small one does not take every name for common."""
SAMPLE = 2000
"""Papers, the newest, by which it is told how common a venue or an affiliation is."""

_GIVEN = (
    "SELECT value, (SELECT count(*) FROM authors WHERE name_key >= value || ' ' AND name_key < value || '!')"
    " FROM json_each(?1) WHERE length(value) > 1 UNION ALL"
    " SELECT value, (SELECT count(*) FROM authors WHERE name_key >= value AND name_key < value || '{')"
    " FROM json_each(?1) WHERE length(value) = 1"
)
_FAMILY = f"SELECT value, (SELECT count(*) FROM authors WHERE {LAST_WORD_SQL} = value) FROM json_each(?)"  # noqa: S608
_SAMPLE = (
    "SELECT category, max(body ->> '$.venue'), max(body ->> '$.affiliations') FROM"
    " (SELECT id, category FROM papers ORDER BY id DESC LIMIT ?) AS newest"
    " LEFT JOIN records ON paper_id = newest.id GROUP BY newest.id"
)
_WORDS = "SELECT term, doc FROM json_each(?) AS word JOIN paper_word_counts ON term = word.value"


class NameStatistics:
    """Counts of names and words, each counted once, as long as one object is used."""

    def __init__(self) -> None:
        self._names: int | None = None
        self._papers = 0
        self._given: dict[str, int] = {}
        self._family: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._places: dict[str, float] | None = None
        self._organisations: dict[str, float] = {}

    async def of_names(self, connection: Connection, names: Iterable[str]) -> Collection:
        """What is to be known of these folded names."""
        names = list(names)
        if self._names is None:
            self._names = await _number(connection, "SELECT count(*) FROM authors")
            self._papers = await _number(connection, "SELECT count(*) FROM papers")
        await _count(connection, _GIVEN, self._given, {word for name in names for word in beginnings(name)})
        await _count(connection, _FAMILY, self._family, {last_word(name) for name in names})
        return Collection(
            papers=self._papers,
            words=self._words,
            places=self._places or {},
            organisations=self._organisations,
            given=self._given,
            family=self._family,
            names=self._names + UNSEEN_NAMES,
            people=self._names,
        )

    async def of_appearances(self, connection: Connection, found: Sequence[Appearance]) -> Collection:
        """What is to be known of all that these say."""
        if self._places is None:
            await self._sample(connection)
        await _count(connection, _WORDS, self._words, {word for one in found for word in content_words(one.title)})
        return await self.of_names(connection, {name_key(name) for one in found for name in (one.name, *one.coauthors)})

    async def _sample(self, connection: Connection) -> None:
        """Count venues, categories and affiliations."""
        places: Counter[str] = Counter()
        organisations: Counter[str] = Counter()
        papers = 0
        async with connection.execute(_SAMPLE, [SAMPLE]) as rows:
            async for category, venue, affiliations in rows:
                papers += 1
                places.update({fold(place) for place in (category_in_words(category or ""), venue) if place})
                organisations.update(content_words(affiliations or ""))
        times = await _number(connection, "SELECT count(*) FROM papers") / max(1, papers)
        self._places = {place: number * times for place, number in places.items()}
        self._organisations = {word: number * times for word, number in organisations.items()}


async def _number(connection: Connection, sql: str) -> int:
    async with connection.execute(sql) as rows:
        row = await rows.fetchone()
    return int(row[0]) if row else 0


async def _count(connection: Connection, sql: str, counts: dict[str, int], words: Iterable[str]) -> None:
    """Count those of the words that were not counted before."""
    missing = sorted(set(words) - counts.keys() - {""})
    counts.update(dict.fromkeys(missing, 0))
    async with connection.execute(sql, [json.dumps(missing)]) as rows:
        counts.update({row[0]: row[1] async for row in rows})
