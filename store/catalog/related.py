"""Candidates for `store.catalog.similarity`: papers that share an author or rare words with a paper."""

from __future__ import annotations

import json

from store.catalog import papers
from store.catalog.similarity import Related, rank
from store.models import Handle, Paper
from store.storage.database import Database
from store.text.normalize import fold

_BY_AUTHOR = 60
_BY_WORDS = 60
_RARE_WORDS = 12


async def nearest(db: Database, paper: Paper, limit: int = 5) -> list[Related]:
    """The papers nearest to this one, at most `limit`, with the reasons."""
    async with db.read() as connection:
        async with connection.execute(
            "SELECT other.handle FROM papers AS self JOIN authorships AS mine ON mine.paper_id = self.id"
            " JOIN authorships AS theirs ON theirs.author_id = mine.author_id AND theirs.paper_id <> self.id"
            " JOIN papers AS other ON other.id = theirs.paper_id WHERE self.handle = ? GROUP BY other.id"
            " ORDER BY count(*) DESC, other.published DESC LIMIT ?",
            [paper.handle, _BY_AUTHOR],
        ) as rows:
            found: dict[Handle, None] = {row[0]: None async for row in rows}
        words = sorted({w for w in fold(paper.title).split() if len(w) > 2})
        async with connection.execute(
            "SELECT term FROM paper_word_counts JOIN json_each(?) AS word ON term = word.value ORDER BY doc LIMIT ?",
            [json.dumps(words), _RARE_WORDS],
        ) as rows:
            rare = [row[0] async for row in rows]
        for word in rare:
            async with connection.execute(
                "SELECT handle FROM paper_words JOIN papers ON papers.id = paper_words.rowid"
                " WHERE paper_words MATCH ? ORDER BY paper_words.rowid DESC LIMIT ?",
                [f'"{word}"', _BY_WORDS // len(rare)],
            ) as rows:
                found.update({row[0]: None async for row in rows})
    found.pop(paper.handle, None)
    return rank(paper, await papers.by_handles(db, list(found)), limit)
