"""Papers that are the same though a letter of the title differs: by one first author, and a typing error apart."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

import aiosqlite
from rapidfuzz.distance import OSA

from store.models import PaperRecord
from store.text import person_names
from store.text.normalize import fold

_LEAST_WORDS = 4
_EACH = 100
"""Papers of one name that are looked at, the newest first."""


class Titles:
    """Titles in folded words, with their papers, by the key of the first author's name."""

    def __init__(self) -> None:
        self._by_author: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)

    def add(self, author: str, paper_id: int, title: str) -> None:
        """Note a paper's title; nothing where nobody is known to be first."""
        if author and len(self._by_author[author]) < _EACH:
            self._by_author[author].append((paper_id, fold(title).split()))

    def near(self, record: PaperRecord) -> list[int]:
        """The papers whose titles are a typing error away from the record's."""
        of_author = self._by_author.get(first_author(record))
        title = fold(record.title).split() if of_author else []
        return [paper_id for paper_id, words in of_author or () if same_title(words, title)]


def first_author(record: PaperRecord) -> str:
    """The key of the first author's name; empty where the source does not say who is first."""
    return fold(person_names.first_author(record.authors))


async def titles_of(connection: aiosqlite.Connection, first_authors: Iterable[str]) -> Titles:
    """What the store has by these first authors."""
    titles = Titles()
    async with connection.execute(
        "SELECT name_key, papers.id, title FROM json_each(?) AS wanted JOIN authors ON name_key = wanted.value"
        " JOIN authorships ON author_id = authors.id AND position = 1 JOIN papers ON papers.id = paper_id"
        " ORDER BY papers.id DESC",
        [json.dumps(sorted(set(first_authors) - {""}))],
    ) as rows:
        async for name, paper_id, title in rows:
            titles.add(name, paper_id, title)
    return titles


def same_title(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether folded titles are a typing error apart: a letter in a word of five, two in one of nine, or only spaces.

    Numbers and short words must be equal, so that parts, years and versions stay apart.
    """
    if min(len(one), len(other)) < _LEAST_WORDS:
        return False
    if len(one) == len(other):
        return all(a == b or _typing_error(a, b) for a, b in zip(one, other, strict=True))
    return "".join(one) == "".join(other)


def _typing_error(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    if shorter < 5 or not (one.isalpha() and other.isalpha()):
        return False
    allowed = 1 if shorter < 9 else 2
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed
