"""Novelty: how far a paper's words lie from the nearest earlier paper of the catalogue.

`docs/novelty.md` has the formula, what it follows and what it cannot see.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence

from store.catalog.content_words import content_words
from store.catalog.cosine import cosine
from store.catalog.papers import load_by_handles
from store.models import Frozen, Handle, Paper
from store.storage.connection import Connection

LEAST_EARLIER = 100
"""Earlier papers without which nothing is said, and abstracts by which words are weighed: by choice. Where there are
fewer, a paper is far from them because of what the store lacks."""
MOST_WORDS, MOST_POSTINGS = 20, 10_000
"""Words of a paper by which earlier ones are looked for, and how many papers may have them in all, which bounds the
time: of `tests.bench.novelty`, 0.88 of the papers find the very nearest of all; with half the postings 0.83, with twice
as many 0.90."""
LEAST_SHARED_WORDS = 2
"""Of these words that a candidate has, or one in its title. With 3, 0.62 are found; with 1 no more than with 2."""
TITLE_BONUS = 2
"""What a word in an earlier title counts in addition, as it is among fewer; without it, 0.58 are found."""
CANDIDATES = 60
"""Papers that are compared word for word; with 30, 0.80 are found."""


class WordCounts(Frozen):
    """In how many of a sample's `papers` each word is. `stored` is about how many papers the store has."""

    papers: int
    stored: int
    words: Mapping[str, int]

    def rarity(self, word: str) -> float:
        """The inverse document frequency, with one paper more that has every word, so that it is finite and >= 0."""
        return math.log((self.papers + 1) / (self.words.get(word, 0) + 1))

    def expected(self, word: str) -> float:
        """About how many papers of the store have the word."""
        return (self.words.get(word, 0) + 1) * self.stored / (self.papers + 1)


class Nearest(Frozen):
    """An earlier paper that is like another; `words` are those in common, the ones of most weight first."""

    paper: Paper
    similarity: float
    words: tuple[str, ...]


class Novelty(Frozen):
    """Of the papers of its category and year that a paper is `compared` with, it is farther than `percentile` percent.

    `nearest` are earlier papers, the nearest first.
    """

    percentile: int
    compared: int
    category: str
    year: str
    nearest: tuple[Nearest, ...]


class Weighed:
    """Papers that were read and weighed for one answer, so that those that are near to many are read once."""

    MOST = 1000
    """After so many it begins anew, which bounds the memory to some 15 MB."""

    def __init__(self, counts: WordCounts) -> None:
        self.counts = counts
        self._papers: dict[Handle, Paper] = {}
        self._weights: dict[Handle, dict[str, float]] = {}

    async def load(self, connection: Connection, handles: Sequence[Handle]) -> list[Paper]:
        """The papers of these handles, as they were when they were first read; unknown ones are left out."""
        if len(self._papers) > self.MOST:
            self._papers, self._weights = {}, {}
        self._papers |= await load_by_handles(connection, [one for one in handles if one not in self._papers])
        return [self._papers[one] for one in handles if one in self._papers]

    def weights(self, paper: Paper) -> dict[str, float]:
        """As the function of this name."""
        if self._papers.get(paper.handle) is not paper:  # It may be another state of the paper, or not in the store.
            return weights(paper, self.counts)
        if paper.handle not in self._weights:
            self._weights[paper.handle] = weights(paper, self.counts)
        return self._weights[paper.handle]


async def earlier_candidates(connection: Connection, paper: Paper, known: Weighed) -> list[Paper] | None:
    """The earlier papers that share most rare words with this one; None where too little is known to say.

    It depends on no paper that is not earlier, except by `counts`. A date that may be the later one is not earlier.
    """
    if not paper.abstract or not paper.published:
        return None
    earlier = {"own": paper.published}
    async with connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM papers"
        " WHERE published < :own AND published < substr(:own, 1, length(published)) ORDER BY published LIMIT :least)",
        earlier | {"least": LEAST_EARLIER},
    ) as rows:
        row = await rows.fetchone()
    if not row or row[0] < LEAST_EARLIER:
        return None
    async with connection.execute(
        "SELECT handle FROM (SELECT paper_words.rowid AS id, count(*) AS shared, sum(word.value) AS weight"
        "  FROM json_each(:words) AS word CROSS JOIN paper_words WHERE paper_words MATCH word.key GROUP BY 1)"
        " JOIN papers USING (id) WHERE shared >= :shared AND published < substr(:own, 1, length(published))"
        " ORDER BY weight DESC, handle LIMIT :limit",
        earlier | {"words": json.dumps(_searched(paper, known)), "shared": LEAST_SHARED_WORDS, "limit": CANDIDATES},
    ) as rows:
        handles: list[Handle] = [row[0] async for row in rows]
    return await known.load(connection, handles)


def _searched(paper: Paper, known: Weighed) -> dict[str, int]:
    """The words of most weight as full-text queries, each with about what it adds to a cosine, times a constant.

    Whole numbers add up to the same in any order.
    """
    own, counts = known.weights(paper), known.counts
    searched: dict[str, int] = {}
    chosen = 0
    left: float = MOST_POSTINGS
    for word in sorted(own, key=lambda word: (-own[word], word)):
        if counts.expected(word) <= left and chosen < MOST_WORDS:
            chosen += 1
            left -= counts.expected(word)
            searched[f'{{title abstract}} : "{word}"'] = round(1000 * own[word] ** 2)
            searched[f'{{title}} : "{word}"'] = round(1000 * own[word] ** 2 * TITLE_BONUS)
    return searched


def nearest(paper: Paper, candidates: Sequence[Paper], known: Weighed) -> list[Nearest]:
    """The candidates by the cosine of TF-IDF weights (Salton & Buckley 1988), the nearest first."""
    own = known.weights(paper)
    found = []
    for candidate in candidates:
        value, words = cosine(own, known.weights(candidate))
        found.append(Nearest(paper=candidate, similarity=min(1.0, round(value, 9)), words=tuple(words[:4])))
    return sorted(found, key=lambda one: (-one.similarity, one.paper.handle))


def distance(found: Sequence[Nearest]) -> float:
    """From 0, for the words of an earlier paper, to 1, where no earlier paper shares any."""
    return 1 - max((one.similarity for one in found), default=0.0)


def words_of(paper: Paper) -> Counter[str]:
    """How often each content word is in title and abstract."""
    return Counter(content_words(f"{paper.title} {paper.abstract or ''}"))


def weights(paper: Paper, counts: WordCounts) -> dict[str, float]:
    """The TF-IDF weight of each word, with the logarithm of its number."""
    return {word: (1 + math.log(n)) * counts.rarity(word) for word, n in words_of(paper).items()}
