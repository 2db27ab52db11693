"""Titles by one first author that differ by a typing error, for papers that no key finds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

import aiosqlite
from rapidfuzz.distance import OSA

from store.models import PaperRecord
from store.text import person_names
from store.text.normalize import fold

# Chosen by hand so that parts, years and language pairs stay apart; the tests hold each from both sides.
LEAST_WORDS = 4
"""Words of a title below which a typing error could as well be another title."""
LEAST_LETTERS = 5
"""Letters of a word below which another letter makes another word."""
LETTERS_FOR_TWO = 9
"""Letters from which a word may differ in two places."""
MOST_PER_AUTHOR = 100
"""Papers of one name that are compared, the newest first: it bounds the work for the most common names."""


class TitlesByAuthor:
    """Titles in folded words with the ids of their papers, by the folded name of the first author."""

    def __init__(self) -> None:
        self._titles: dict[str, list[tuple[int, list[str]]]] = defaultdict(list)

    def add(self, author: str, paper_id: int, title: str) -> None:
        """Add a paper's title, unless its first author is not known or has `MOST_PER_AUTHOR` already."""
        if author and len(self._titles[author]) < MOST_PER_AUTHOR:
            self._titles[author].append((paper_id, fold(title).split()))

    def near(self, record: PaperRecord) -> list[int]:
        """The ids of papers whose titles are a typing error away from the record's."""
        titles = self._titles.get(folded_first_author(record))
        own = fold(record.title).split() if titles else []
        return [paper_id for paper_id, words in titles or () if is_near_duplicate(words, own)]


def folded_first_author(record: PaperRecord) -> str:
    """The folded name of the first author; empty where the source does not say who is first."""
    return fold(person_names.first_author(record.authors))


async def load_titles(connection: aiosqlite.Connection, records: Iterable[PaperRecord]) -> TitlesByAuthor:
    """The titles that the store has by the first authors of these records."""
    titles = TitlesByAuthor()
    async with connection.execute(
        "SELECT name_key, papers.id, title FROM json_each(?) AS wanted JOIN authors ON name_key = wanted.value"
        " JOIN authorships ON author_id = authors.id AND position = 1 JOIN papers ON papers.id = paper_id"
        " ORDER BY papers.id DESC",
        [json.dumps(sorted(set(map(folded_first_author, records)) - {""}))],
    ) as rows:
        async for name, paper_id, title in rows:
            titles.add(name, paper_id, title)
    return titles


def is_near_duplicate(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether titles, in folded words, differ by typing errors only: in letters of long words, or only in spaces.

    Numbers and short words must be equal, so that parts, years and versions stay apart.
    """
    if min(len(one), len(other)) < LEAST_WORDS:
        return False
    if len(one) == len(other):
        return all(a == b or _is_typing_error(a, b) for a, b in zip(one, other, strict=True))
    return "".join(one) == "".join(other)


def _is_typing_error(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    if shorter < LEAST_LETTERS or not (one.isalpha() and other.isalpha()):
        return False
    allowed = 1 if shorter < LETTERS_FOR_TWO else 2
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed
